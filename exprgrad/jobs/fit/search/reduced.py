"""The fit of a model without its redundant parameters, in the place of one that has no single answer."""

from __future__ import annotations

from collections.abc import Sequence
from math import nan

import numpy as np

from exprgrad.graph.lower import Model
from exprgrad.graph.reach import cone
from exprgrad.jobs.fit.result import Estimate, Fit
from exprgrad.jobs.fit.search.redundant import Group
from exprgrad.notation.infix import write
from exprgrad.simplify.simplify import simplify
from exprgrad.text.numbers import format_number

_SHOWN = 100
"""Characters of a formula that a note repeats."""


def widened(fit: Fit, groups: Sequence[Group], names: Sequence[str], model: Model, fixed: dict[str, float]) -> Fit:
    """A fit with some parameters held, as one of all `names`: those have their value and no error, and notes say why.
    `fixed` are the numbers that were fixed before."""
    held = {name: value for group in groups for name, value in group.held.items()}
    parameters = {name: fit.parameters.get(name) or Estimate(held[name], nan, nan, nan, nan, nan) for name in names}
    covariance = np.full((len(names), len(names)), nan)
    kept = [k for k, name in enumerate(names) if name not in held]
    covariance[np.ix_(kept, kept)] = np.array(fit.covariance)
    shown = ", ".join(f"{name} = {format_number(value)}" for name, value in held.items())
    reduced = _formula(model, held)
    notes = [*(group.said() for group in groups)]
    notes[-1] += f"; shown is the fit with {shown}" + (f", {reduced}" if reduced else "")
    return fit._replace(
        parameters=parameters,
        fixed=fixed,
        covariance=tuple(tuple(map(float, row)) for row in covariance),
        stopped="singular" if fit.converged else fit.stopped,
        notes=(*notes, *fit.notes),
    )


def _formula(model: Model, held: dict[str, float]) -> str:
    """The formula with these values put in, where that is simpler: without any of their names."""
    assert model.response is not None
    graph, (response, output) = simplify(model.graph, [model.response, model.output], held)
    if any(graph.name(node) in held for node in cone(graph, [output])):
        return ""
    text = f"{write(graph, response)} ~ {write(graph, output)}"
    return text if len(text) <= _SHOWN else ""
