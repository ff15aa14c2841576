"""Profile and bootstrap intervals of a fit by maximum likelihood."""

from __future__ import annotations

from collections.abc import Callable
from math import inf, sqrt
from typing import NamedTuple

import numpy as np

from exprgrad.backends.engine import Engine
from exprgrad.errors import DataError
from exprgrad.jobs.fit import statistics
from exprgrad.jobs.fit.intervals.bootstrap import Resampled, on_one
from exprgrad.jobs.fit.intervals.held import Minimum
from exprgrad.jobs.fit.intervals.least_squares import determined
from exprgrad.jobs.fit.intervals.refine import bootstrapped, profiled
from exprgrad.jobs.fit.levenberg import Options
from exprgrad.jobs.fit.likelihood.descent import Descender
from exprgrad.jobs.fit.likelihood.model import Posed, numbers
from exprgrad.jobs.fit.likelihood.rows import Facts
from exprgrad.jobs.fit.reduction import Floats, Reduced
from exprgrad.jobs.fit.request import Request
from exprgrad.jobs.fit.result import Fit
from exprgrad.observer import SILENT, Observer

_DESCENT = Options(iterations=200, factor=1.0)


def refined(
    result: Fit, posed: Posed, descender: Descender, engine: Engine, request: Request, observer: Observer
) -> Fit:
    """The result with the intervals that are asked for."""
    low, high = (np.array([getattr(each, end) for each in posed.problem.parameters]) for end in ("low", "high"))
    values = np.array([estimate.value for estimate in result.parameters.values()])
    facts, reducer = descender.facts, descender.reducer
    if request.intervals == "profile":
        scaled = _Scaled(descender, result.likelihood.scale) if posed.free_scale and result.likelihood else None
        reduce: Callable[[Floats], Reduced] = reducer.reduce
        if scaled is not None:
            reduce = scaled.reduce
            values, low, high = np.append(values, 0.0), np.append(low, -inf), np.append(high, inf)
        elif posed.choice.family.scaled:
            reducer.scale = 1.0
        quantile = statistics.quantile(request.confidence, inf)
        cost = reduce(values).cost
        minimum = Minimum(reduce, values, low, high, cost, 1.0, quantile, facts.rows)
        return profiled(result, minimum, contours=request.contours)
    refit = Refit(posed, facts, values, on_one(engine))
    return bootstrapped(result, refit, reducer.source, engine, request, observer)


class Refit(NamedTuple):
    """See `intervals.bootstrap.Refit`."""

    posed: Posed
    facts: Facts
    values: Floats
    """Where the fits begin."""
    engine: Engine

    @property
    def rows(self) -> int:
        """How many there are."""
        return self.facts.rows

    @property
    def columns(self) -> list[str]:
        """Those that the formula uses."""
        problem = self.posed.problem
        return [name for name in problem.graph.inputs() if name in problem.columns]

    def of(self, resampled: Resampled) -> Callable[[], Floats | None]:
        """Descents over the rows that are drawn."""
        parameters = self.posed.problem.parameters
        low, high = (np.array([getattr(each, end) for each in parameters]) for end in ("low", "high"))
        again = Descender(self.posed, self.facts, resampled, self.engine, _DESCENT, SILENT)

        degrees = self.posed.degrees

        def refit() -> Floats | None:
            self.posed.at_degrees(degrees)
            again.reducer.forget()
            try:
                found = again.descend(self.values)
            except DataError:  # the rows that were drawn are met exactly
                return None
            if found.separated is not None or not determined(found.descent, low, high):
                return None
            return found.descent.values

        return refit


class _Scaled:
    """-2*log L of Student's distribution with the logarithm of its scale as one more parameter, in units of the fit's
    scale. The two kinds of parameters have no expected information in common, so that the triangle of one is below
    that of the other (Lange, Little and Taylor 1989, J. Am. Stat. Assoc. 84)."""

    def __init__(self, descender: Descender, scale: float) -> None:
        self.descender, self.scale = descender, scale
        descender.reducer.scale = scale
        degrees = descender.posed.choice.degrees
        self.root = sqrt(2 * descender.facts.weight * degrees / (degrees + 3))

    def reduce(self, place: Floats) -> Reduced:
        values, shift = place[:-1], float(place[-1])
        reducer, weight = self.descender.reducer, self.descender.facts.weight
        reducer.scale = self.scale * float(np.exp(shift))
        found = reducer.reduce(values)
        (squares,) = self.descender.spread.at(numbers(self.descender.posed, values, reducer.scale))
        count = len(values)
        triangle, rotated = np.zeros((count + 1, count + 1)), np.zeros(count + 1)
        triangle[:count, :count], rotated[:count] = found.triangle, found.rotated
        triangle[count, count], rotated[count] = self.root, (squares - weight) / self.root
        cost = found.cost + 2 * weight * shift
        return Reduced(triangle, rotated, cost if cost > -inf else inf)
