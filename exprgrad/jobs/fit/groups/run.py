"""Fits of groups, from the formula and the rows to one result.

Either each group is fitted for itself (`each`), or all of them together where they share parameters (`shared`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from math import nan, sqrt

import numpy as np

from exprgrad.backends.engine import Engine
from exprgrad.columns.rows import RowSource
from exprgrad.data.groups.found import Codes, Found
from exprgrad.data.groups.gathered import Gathered
from exprgrad.data.groups.labels import Labels
from exprgrad.errors import DataError, UsageError
from exprgrad.graph.lower import Model
from exprgrad.jobs.fit import messages
from exprgrad.jobs.fit.groups.each import Fits
from exprgrad.jobs.fit.groups.many.table import Fitted
from exprgrad.jobs.fit.groups.result import Group, Groups
from exprgrad.jobs.fit.groups.shared.run import SharedFit, check_shared
from exprgrad.jobs.fit.groups.shared.summary import Shared
from exprgrad.jobs.fit.inputs import split
from exprgrad.jobs.fit.problem import pose
from exprgrad.jobs.fit.request import Request, check
from exprgrad.observer import SILENT, Observer

_TOLD = 5
"""Groups that notes name."""


def fit_groups(
    model: Model,
    values: Mapping[str, float],
    source: RowSource,
    engine: Engine,
    request: Request,
    observer: Observer = SILENT,
    memory: int | None = None,
) -> Groups:
    """Fit a formula to each group of rows. `values` are as in `run.fit`, `memory` the bytes that columns may take.

    Raises UsageError for what cannot be asked for, DataError for rows without a group or without numbers. A group that
    cannot be fitted says so in the result.
    """
    check(request)
    plain = request._replace(by=(), share=())
    check_groups(request)
    labels = Labels(source, request.by)
    parameters, fixed = split(model, values, source.names, request)
    weighing = {"sigma": request.sigma, "weights": request.weights}
    problem = pose(model, source.names, parameters, fixed, **weighing)
    observer.begin(problem.names, 0)
    names = [name for name in problem.graph.inputs() if name in source.names]
    with gathered(labels, names, memory) as rows:
        if not rows.labels:
            raise DataError("the data have no rows")
        fits = Fits(model, values, rows, engine, plain, observer, request.by)
        if request.share:
            check_shared(model, problem, request, request.by)
            shared = SharedFit(model, problem, rows, engine, request, observer)
            return _shared(
                model, shared.fit(lambda: fits.in_order(problem, np.arange(len(rows.labels)))), rows, request, fixed
            )
        found = fits.in_order(problem, in_order(rows.labels))
    return Groups(
        expression=messages.formula(model),
        by=tuple(request.by),
        groups=found,
        shared={},
        fixed=dict(fixed),
        rss=found.total("rss"),
        residual_std_error=nan,
        dof=int(found.total("dof")),
        n=int(found.total("n")),
        iterations=int(found.numbers("iterations").max(initial=0)),
        stopped=next((group.stopped for group in found.beside if not group.converged), "converged"),
        method="each group for itself",
        errors="robust" if request.robust else "absolute" if request.absolute and request.sigma else "relative",
        confidence=request.confidence,
        notes=(*notes_of(found.beside, rows), *without_freedom(found)),
    )


def _shared(model: Model, found: Shared, rows: Gathered, request: Request, fixed: Mapping[str, float]) -> Groups:
    """The result of a fit with shared parameters."""
    groups = found.groups.in_order(in_order(rows.labels))
    return Groups(
        expression=messages.formula(model),
        by=tuple(request.by),
        groups=groups,
        shared=found.shared,
        fixed=dict(fixed),
        rss=found.rss,
        residual_std_error=sqrt(found.rss / found.dof) if found.dof else nan,
        dof=found.dof,
        n=found.n,
        iterations=found.ended.iterations,
        stopped=found.stopped,
        method="Levenberg-Marquardt, all groups together",
        errors="absolute" if request.absolute and request.sigma else "relative",
        confidence=request.confidence,
        shared_covariance=found.covariance,
        notes=(*found.notes, *notes_of(groups.beside, rows)),
    )


def check_groups(request: Request) -> None:
    """Raises UsageError for what groups cannot be asked for."""
    if len(set(request.by)) < len(request.by):
        raise UsageError(f"--by names {next(name for name in request.by if request.by.count(name) > 1)} twice")


def in_order(labels: Found) -> Codes:
    """The codes of groups by their labels: numbers ascend, and texts come as they are first met."""
    keys = []
    for column in labels.columns:
        if set(map(type, column)) <= {int, float}:
            keys.append(np.array(column, np.float64))
        else:
            first = {label: float(rank) for rank, label in enumerate(dict.fromkeys(column))}
            keys.append(np.array([*map(first.__getitem__, column)]))
    found: Codes = np.lexsort(keys[::-1])
    return found


@contextmanager
def gathered(labels: Labels, names: Sequence[str], memory: int | None) -> Iterator[Gathered]:
    """The rows by group, until they are no longer needed."""
    rows = Gathered(labels, names, memory)
    try:
        yield rows
    finally:
        rows.close()


def without_freedom(found: Fitted) -> list[str]:
    """What is to be said of groups with as many parameters as rows."""
    places = found.without_freedom
    if not places:
        return []
    first = found[places[0]].label
    which = first if len(places) == 1 else f"{len(places):,} groups, the first of them {first}"
    return [f"{which}: there are no degrees of freedom, so there are no standard errors: they need more rows"]


def notes_of(groups: Sequence[Group], rows: Gathered) -> list[str]:
    """What is to be said of all groups together, and of the first ones that have not converged."""
    found = []
    if rows.on_disk:
        found.append("the rows take more memory than --memory allows: they were put in order in temporary files")
    left = [group for group in groups if not group.converged]
    found += [f"{group.label}: {group.notes[0] if group.notes else group.stopped}" for group in left[:_TOLD]]
    if len(left) > _TOLD:
        found.append(f'{len(left) - _TOLD} more groups have no sound fit: see their column "stopped"')
    return found
