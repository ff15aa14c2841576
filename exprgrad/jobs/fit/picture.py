"""What is drawn of a fit: rows of the data, the curve through them, and its confidence band.

With J the model's derivatives with respect to the parameters at a point (exact, not differences) and C the covariance
of the parameters, the band is f +- t*sqrt(J C J'), t being the quantile of the parameters' own intervals (Bates and
Watts 1988, Nonlinear Regression Analysis and Its Applications, 2.3.2): where the mean lies, not where new rows would.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import inf

import numpy as np

from exprgrad.backends.engine import Engine
from exprgrad.backends.prepared import Prepared
from exprgrad.columns.memory import Columns
from exprgrad.columns.rows import RowSource
from exprgrad.functions.table import MIXING
from exprgrad.graph.lower import Model
from exprgrad.graph.reach import cone
from exprgrad.jobs.fit.after.band import known, spread
from exprgrad.jobs.fit.messages import formula
from exprgrad.jobs.fit.problem import Parameter, Problem, pose
from exprgrad.jobs.fit.reduction import Floats, Rows
from exprgrad.jobs.fit.result import Band, Fit, Fitted
from exprgrad.jobs.fit.statistics import quantile
from exprgrad.notation.infix import write

SHOWN = 1_000
"""Rows of which none is left out; of more, at least so many are shown, and at most twice as many."""
_POINTS = 201
"""Along the curve."""


def picture(model: Model, result: Fit, source: RowSource, engine: Engine) -> Fitted:
    """One pass over the rows, of which no more are kept than are drawn."""
    parameters = [Parameter(name, estimate.value) for name, estimate in result.parameters.items()]
    problem = pose(model, source.names, parameters, result.fixed)
    graph, values = problem.graph, {**result.fixed, **{p.name: float(p.start or 0.0) for p in parameters}}
    used = cone(graph, [model.output])
    names = [name for name, node in graph.inputs().items() if node in used and name in source.names]
    folds = any(graph.operations[node] in MIXING for node in used)
    along = names[0] if len(names) == 1 and not folds else ""
    nodes = [problem.response, model.output, graph.inputs()[along] if along else problem.response]
    shown, stride, rows, reach = sample(Rows(problem, nodes, source, engine, result.n).blocks(values))
    if not names:
        shown[:, 2] = 1.0 + stride * np.arange(len(shown))
        along, reach = "row", (1.0, float(rows))
    return Fitted(
        formula=formula(model),
        response=write(graph, problem.response, limit=40),
        variable=along,
        points=shown[:, 2] if along else (),
        observed=shown[:, 0],
        predicted=shown[:, 1],
        rows=rows,
        confidence=result.confidence,
        curve=_band(problem, result, values, along, reach) if along and reach[0] <= reach[1] else None,
    )


def sample(blocks: Iterable[Floats]) -> tuple[Floats, int, int, tuple[float, float]]:
    """Every n-th row of blocks [rows, nodes]; n, the number of all rows, and the reach of the last column in them."""
    kept: list[Floats] = []
    stride, size, rows, low, high = 1, 0, 0, inf, -inf
    for block in blocks:
        kept.append(block[-rows % stride :: stride].copy())
        size += len(kept[-1])
        rows += len(block)
        finite = block[np.isfinite(block[:, -1]), -1]
        low, high = min(low, finite.min(initial=inf)), max(high, finite.max(initial=-inf))
        while size > 2 * SHOWN:
            kept, stride = [np.concatenate(kept)[::2]], 2 * stride
            size = len(kept[0])
    return np.concatenate(kept), stride, rows, (float(low), float(high))


def _band(problem: Problem, result: Fit, values: dict[str, float], along: str, reach: tuple[float, float]) -> Band:
    grid = 2 * np.linspace(reach[0] / 2, reach[1] / 2, _POINTS)
    source = Columns({along: grid})
    prepared = Prepared(problem.graph, [problem.model.output, *problem.jacobian], source, Engine())
    columns = [prepared.spread(value, _POINTS) for value in prepared.run(source, values).values]
    middle, *slopes = (np.asarray(column, dtype=np.float64) for column in columns)
    jacobian, covariance = np.stack(slopes, axis=1), np.array(result.covariance)
    # Where there are no errors, nan stays; elsewhere it is for parameters at a bound.
    without = result.stopped in ("singular", "separated") or result.dof <= 0
    error = spread(jacobian, known(covariance, singular=without))
    half = quantile(result.confidence, result.dof if result.errors == "relative" else inf) * error
    return Band(grid, middle, middle - half, middle + half)
