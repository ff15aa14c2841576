"""A result with other intervals than those of its standard errors."""

from __future__ import annotations

from math import inf

import numpy as np

from exprgrad.backends.engine import Engine
from exprgrad.columns.rows import RowSource
from exprgrad.errors import NumbersError
from exprgrad.jobs.fit.intervals import contour
from exprgrad.jobs.fit.intervals.bootstrap import Refit, estimates
from exprgrad.jobs.fit.intervals.held import LowerMinimumError, Minimum
from exprgrad.jobs.fit.intervals.profile import End, ends
from exprgrad.jobs.fit.intervals.result import Contour, Intervals
from exprgrad.jobs.fit.reduction import Floats
from exprgrad.jobs.fit.request import Request
from exprgrad.jobs.fit.result import Fit
from exprgrad.observer import Observer
from exprgrad.text.numbers import format_number

SYMMETRIC = "symmetric"
_MANY = 0.05
"""Of the resamples, from which those that have no fit make the intervals doubtful."""


def profiled(result: Fit, minimum: Minimum, *, contours: bool) -> Fit:
    """The result with profile intervals. A fit without degrees of freedom has none."""
    if not result.converged or result.dof < 1 or not minimum.unit > 0:
        return _without(result)
    parameters, notes, open_ends, endless = dict(result.parameters), list(result.notes), [], set()
    for index, (name, estimate) in enumerate(result.parameters.items()):
        size = estimate.std_error if estimate.std_error > 0 else abs(estimate.value) or 1.0
        try:
            found = ends(minimum, index, size)
        except LowerMinimumError as lower:
            return result._replace(stopped="stuck", notes=(*notes, _start_there(result, lower.values)))
        parameters[name] = estimate._replace(low=found[0].value, high=found[1].value)
        for which, end in zip(("low", "high"), found, strict=True):
            if end.why != "crossing":
                open_ends.append(f"{which} {name}")
                endless |= {name} if end.why == "open" else set()
                notes.append(_said(name, which, end, result.confidence))
    regions: tuple[Contour, ...] = ()
    if contours:
        dof = result.dof if result.errors == "relative" else inf
        try:
            regions, pairs = contour.contours(
                minimum, list(result.parameters), np.array(result.covariance), result.confidence, dof, endless
            )
        except LowerMinimumError as lower:
            return result._replace(stopped="stuck", notes=(*notes, _start_there(result, lower.values)))
        notes += _of_regions(regions, pairs)
    return result._replace(
        parameters=parameters,
        notes=tuple(notes),
        intervals=Intervals("profile", open=tuple(open_ends), contours=regions),
    )


def _of_regions(regions: tuple[Contour, ...], pairs: int) -> list[str]:
    """What is to be said of joint regions."""
    found = []
    if pairs > len(regions):
        found.append(f"of {pairs} pairs of parameters the regions of the {len(regions)} that correlate most are drawn")
    for region in regions:
        if region.open:
            both = " and ".join(region.names)
            found.append(f"the region of {both} is drawn as far as it has a boundary: it is open, or ends at a bound")
    return found


def _without(result: Fit) -> Fit:
    """The result where there are no intervals to be had, and why."""
    if not result.converged:
        return result
    why = "there are as many parameters as rows" if result.dof < 1 else "the model meets each row exactly"
    return result._replace(notes=(*result.notes, f"there are no other intervals: {why}"))


def _said(name: str, which: str, end: End, confidence: float) -> str:
    """Why an end is no crossing."""
    level = f"{format_number(100 * confidence)}%"
    if end.why == "bound":
        return f"the interval of {name} ends at the bound {format_number(end.value)}: it does not get to {level} before"
    where = "above" if which == "high" else "below"
    return f"the interval of {name} has no end {where}: however far {name} goes, the fit is not worse at {level}"


def _start_there(result: Fit, values: Floats) -> str:
    starts = " ".join(f"--{name} {value:.10g}" for name, value in zip(result.parameters, values, strict=False))
    return f"not converged: the profile found a lower minimum; start there: {starts}"


def bootstrapped(
    result: Fit, refit: Refit, source: RowSource, engine: Engine, request: Request, observer: Observer
) -> Fit:
    """The result with bootstrap intervals. Raises NumbersError where fewer than two resamples have a fit."""
    if not result.converged or result.dof < 1:
        return _without(result)
    found = estimates(refit, source, engine, request.resamples, request.seed, observer)
    failed = request.resamples - len(found)
    if len(found) < 2:
        what = f"{failed} of {request.resamples} resamples of the rows have no fit: there are too few rows"
        raise NumbersError(what, hint="leave out --intervals, or take --intervals profile")
    tail = (1 - request.confidence) / 2
    low, high = np.quantile(found, [tail, 1 - tail], axis=0)
    parameters = {
        name: estimate._replace(low=float(low[k]), high=float(high[k]))
        for k, (name, estimate) in enumerate(result.parameters.items())
    }
    notes = list(result.notes)
    if failed > _MANY * request.resamples:
        notes.append(
            f"{failed} of {request.resamples} resamples of the rows have no fit: "
            "without them the intervals may be too narrow"
        )
    intervals = Intervals("bootstrap", request.resamples, request.seed, failed)
    return result._replace(parameters=parameters, notes=tuple(notes), intervals=intervals)
