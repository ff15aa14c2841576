"""Fits of groups, from the formula and the rows to one result.

Many groups are fitted at once, in chunks on several threads, by the loop of `descent`. What this leaves (groups that
end in no minimum, or of which something is to be said), what is too long for it, and requests that it does not know are
fitted one by one, as a fit without groups is. So each answer is that of the fit of the group's rows alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from math import inf, nan, sqrt

import numpy as np

from exprgrad.backends.engine import Engine
from exprgrad.columns.rows import RowSource
from exprgrad.data.groups.gathered import Gathered, Part
from exprgrad.data.groups.labels import Labels
from exprgrad.errors import DataError, UsageError
from exprgrad.functions.numerics.ieee import plain_sum
from exprgrad.graph.lower import Model
from exprgrad.jobs.fit import messages
from exprgrad.jobs.fit.groups.chunk import LONGEST, chunks
from exprgrad.jobs.fit.groups.many import Many, knows, on_threads
from exprgrad.jobs.fit.groups.result import Group, Groups, Label
from exprgrad.jobs.fit.groups.separate import GroupRows, separately
from exprgrad.jobs.fit.groups.shared import Shared, SharedFit, check_shared
from exprgrad.jobs.fit.inputs import split
from exprgrad.jobs.fit.problem import Problem, pose
from exprgrad.jobs.fit.reduction import Flags
from exprgrad.jobs.fit.request import Request, check
from exprgrad.observer import SILENT, Observer

_TOLD = 5
"""Groups that notes name."""
_SAMPLES = 5
"""Groups that are searched for their minimum from anywhere before the others start from what was found."""
_WORSE = 4.0
"""How much more of its squares, at the most, may be left of a group that started there."""


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
    check_groups(engine, request)
    labels = Labels(source, request.by)
    parameters, fixed = split(model, values, source.names, request)
    weighing = {"sigma": request.sigma, "weights": request.weights}
    problem = pose(model, source.names, parameters, fixed, **weighing)
    observer.begin(problem.names, 0)
    names = [name for name in problem.graph.inputs() if name in source.names]
    with gathered(labels, names, memory) as rows:
        if not rows.labels:
            raise DataError("the data have no rows")
        fits = _Fits(model, values, rows, engine, plain, observer, request.by)
        if request.share:
            check_shared(model, problem, request, request.by)
            shared = SharedFit(model, problem, rows, engine, request, observer, fits.labels)
            return _shared(model, shared.fit(lambda: fits.by_code(problem)), rows, request, fixed)
        alone = fits.by_code(problem)
        found = [alone[code] for code in in_order(rows.labels)]
    ended = next((group.stopped for group in found if not group.converged), "converged")
    fitted = [group for group in found if group.parameters]
    return Groups(
        expression=messages.formula(model),
        by=tuple(request.by),
        groups=tuple(found),
        shared={},
        fixed=dict(fixed),
        rss=plain_sum(group.rss for group in fitted),
        residual_std_error=nan,
        dof=sum(int(group.dof) for group in fitted),
        n=sum(int(group.n) for group in fitted),
        iterations=max((group.iterations for group in found), default=0),
        stopped=ended,
        method="each group for itself",
        errors="robust" if request.robust else "absolute" if request.absolute and request.sigma else "relative",
        confidence=request.confidence,
        notes=tuple(notes_of(found, rows)),
    )


def _shared(model: Model, found: Shared, rows: Gathered, request: Request, fixed: Mapping[str, float]) -> Groups:
    """The result of a fit with shared parameters."""
    groups = [found.groups[code] for code in in_order(rows.labels)]
    return Groups(
        expression=messages.formula(model),
        by=tuple(request.by),
        groups=tuple(groups),
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
        notes=(*found.notes, *notes_of([group for group in groups if group.notes], rows)),
    )


def check_groups(engine: Engine, request: Request) -> None:
    """Raises UsageError for what groups cannot be asked for."""
    if engine.cluster is not None:
        raise UsageError("groups are not fitted on a cluster", hint="leave out --cluster, or --by")
    if len(set(request.by)) < len(request.by):
        raise UsageError(f"--by names {next(name for name in request.by if request.by.count(name) > 1)} twice")


def in_order(labels: Sequence[tuple[Label, ...]]) -> list[int]:
    """The codes of groups by their labels: numbers ascend, and texts come as they are first met."""
    ranks: list[dict[Label, float]] = []
    for column in zip(*labels, strict=True):
        first = {label: float(rank) for rank, label in enumerate(dict.fromkeys(column))}
        numbers = all(isinstance(label, int | float) for label in column)
        ranks.append({label: float(label) for label in first} if numbers else first)
    keys = [tuple(rank[label] for rank, label in zip(ranks, each, strict=True)) for each in labels]
    return sorted(range(len(keys)), key=keys.__getitem__)


@contextmanager
def gathered(labels: Labels, names: Sequence[str], memory: int | None) -> Iterator[Gathered]:
    """The rows by group, until they are no longer needed."""
    rows = Gathered(labels, names, memory)
    try:
        yield rows
    finally:
        rows.close()


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


class _Fits:
    """The fits of all groups, each for itself."""

    def __init__(
        self,
        model: Model,
        values: Mapping[str, float],
        rows: Gathered,
        engine: Engine,
        request: Request,
        observer: Observer,
        by: Sequence[str],
    ) -> None:
        self.model, self.values, self.rows = model, values, rows
        self.engine, self.request, self.observer = engine, request, observer
        self.labels = [dict(zip(by, label, strict=True)) for label in rows.labels]
        self.found: dict[int, Group] = {}
        self.usage: UsageError | None = None
        """What a group could not be asked for."""
        self.limits = inf, inf
        """What of the squares of a group may be left where its start was that of other groups, and how large the
        variance of its residuals may be: either is enough."""

    def by_code(self, problem: Problem) -> list[Group]:
        """The fit of each group, by its code."""
        known = self.request.where or self.request.tie or self.request.prior
        least = 1 if known else len(problem.parameters)
        many = None
        if knows(self.model, self.request) and len(self.labels) > 1:
            many = Many(self.model, problem, self.engine, self.request, self.rows.rows)
            if not many.started:
                many = self._sampled(many)
        for part in self.rows.parts():
            sizes = np.diff(part.starts)
            for k in np.flatnonzero(sizes < least).tolist():
                self._too_few(int(part.groups[k]), int(sizes[k]), least)
            if many is not None:
                self._many(many, part, (sizes >= least) & (sizes <= LONGEST))
            for k in range(len(part.groups)):
                if int(part.groups[k]) not in self.found:
                    self._one(part, k)
        groups = [self.found[code] for code in range(len(self.labels))]
        if self.usage is not None and not any(group.parameters for group in groups):
            raise self.usage
        return groups

    def _many(self, many: Many, part: Part, chosen: Flags) -> None:
        """Fit the chosen groups at once; keep those of which nothing more is to be said."""
        chosen &= ~np.isin(part.groups, list(self.found))
        for made in on_threads(lambda chunk: many.fit(chunk, self.labels), chunks(part, chosen), self.engine.threads):
            self.found |= {code: group for code, group in made.items() if self._good(group)}
            self.observer.look(len(self.found), len(self.labels))

    def _sampled(self, many: Many) -> Many | None:
        """Many groups with the starts that a search found for a few of them; None where it found none. What a start of
        another group leads to counts only if it leaves about as little as the search did: else the group is searched,
        too."""
        part = next(iter(self.rows.parts()))
        which = np.unique(np.linspace(0, len(part.groups) - 1, _SAMPLES).astype(int)).tolist()
        found = [self._one(part, k) for k in which if part.starts[k + 1] - part.starts[k] > len(many.starts[0])]
        good = [group for group in found if group.converged and group.adjusted_r2 > 0]
        if not good:
            return None
        many.starts = np.array([[estimate.value for estimate in group.parameters.values()] for group in good])
        unexplained = max(1 - group.adjusted_r2 for group in good)
        self.limits = min(_WORSE * unexplained, 1.0), _WORSE * max(group.residual_std_error**2 for group in good)
        return many

    def _good(self, group: Group) -> bool:
        unexplained, variance = self.limits
        return not (group.adjusted_r2 < 1 - unexplained and group.residual_std_error**2 > variance)

    def _too_few(self, code: int, rows: int, least: int) -> None:
        what = f"{least} parameters cannot be fitted to {rows} row{'s' * (rows != 1)}; fix some with --fix NAME"
        self.found[code] = Group(self.labels[code], {}, n=rows, notes=(what,))

    def _one(self, part: Part, k: int) -> Group:
        """The fit of one group, alone."""
        code = int(part.groups[k])
        first, last = int(part.starts[k]), int(part.starts[k + 1])
        columns = {name: np.ascontiguousarray(column[first:last]) for name, column in part.columns.items()}
        rows = GroupRows(self.labels[code], columns, last - first)
        group, error = separately(self.model, self.values, rows, self.engine, self.request)
        self.usage = self.usage or error
        self.found[code] = group
        self.observer.look(len(self.found), len(self.labels))
        return group
