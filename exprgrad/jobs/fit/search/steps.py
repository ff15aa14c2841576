"""How far a parameter that only moves where the model jumps can go before the model of any row is another."""

from __future__ import annotations

from math import inf

import numpy as np

from exprgrad.jobs.fit.problem import Problem
from exprgrad.jobs.fit.reduction import Floats, Reducer
from exprgrad.jobs.fit.search.data.sample import ROWS, Sample, drawn
from exprgrad.text.numbers import format_number

_FINER = 30
"""Places between two that are looked at together, some times over: 10 times leave 14 digits."""
_TIMES = 12


def alike(sample: Sample, values: Floats, k: int) -> tuple[float, float]:
    """From where to where a parameter leaves the model as it is in each row; infinite where it does to all sides."""
    return -_reach(sample, values, k, -1.0) + values[k], _reach(sample, values, k, 1.0) + values[k]


def _reach(sample: Sample, values: Floats, k: int, sign: float) -> float:
    """How far to one side."""

    def same(lengths: Floats) -> int:
        """How many of these, which grow, leave the model as it is."""
        points = np.tile(values, (len(lengths) + 1, 1))
        points[1:, k] += sign * lengths
        models = np.empty((len(points), sample.rows))
        models[:] = sample.at(points, [sample.problem.model.output])[0]
        equal = ((models[1:] == models[0]) | (np.isnan(models[1:]) & np.isnan(models[0]))).all(axis=1)
        return len(lengths) if equal.all() else int(np.argmin(equal))

    size = max(abs(float(values[k])), max(float(np.abs(column).max()) for column in sample.columns.values()), 1e-300)
    steps = np.minimum(size * 10.0 ** np.arange(-15, 7, 0.5), 1e300)
    count = same(steps)
    if count == len(steps):
        return inf
    low, high = (float(steps[count - 1]) if count else 0.0), float(steps[count])
    for _ in range(_TIMES):
        between = np.linspace(low, high, _FINER + 2)
        count = same(between[1:-1])
        low, high = float(between[count]), float(between[count + 1])
    return low


def said(problem: Problem, reducer: Reducer, values: Floats) -> list[str]:
    """Why the parameters that only move jumps have no standard error: a note for each."""
    found = []
    columns = drawn(problem, reducer.source, reducer.rows) if reducer.rows <= ROWS and any(problem.still) else None
    for k, parameter in enumerate(problem.parameters):
        if not problem.still[k] or parameter.low == parameter.high:
            continue
        what = f"{parameter.name} has no standard error, as it only moves where the model jumps"
        if columns is not None:
            low, high = alike(Sample(problem, columns), values, k)
            ends = [format_number(float(f"{end:.6g}")) for end in (low, high)]
            if np.isfinite(high - low):
                what += f": from {ends[0]} to {ends[1]} the model is the same in each row"
            else:
                side = (
                    f"up to {ends[1]}" if np.isfinite(high) else f"from {ends[0]} on" if np.isfinite(low) else "at all"
                )
                what += f"; it is not determined by the data: {side} the model is the same in each row"
        found.append(what)
    return found
