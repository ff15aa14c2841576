"""Groups that share parameters: from the formula and the rows to one result.

Each pass goes over all rows, piece by piece, and keeps one triangle a group. Where not all parameters have starts, or
the descent from these leads nowhere, it begins where the fits of each group for itself ended.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from exprgrad.backends.engine import Engine
from exprgrad.data.groups.found import Label
from exprgrad.data.groups.gathered import Gathered
from exprgrad.errors import DataError, NumbersError, UsageError
from exprgrad.graph.lower import Model
from exprgrad.jobs.fit.groups.far import here
from exprgrad.jobs.fit.groups.many.facts import Looks
from exprgrad.jobs.fit.groups.many.fits import columned, knows
from exprgrad.jobs.fit.groups.many.pieces import pieces
from exprgrad.jobs.fit.groups.result import Group
from exprgrad.jobs.fit.groups.shared.arrow import Arrow, Vector
from exprgrad.jobs.fit.groups.shared.descent import Together
from exprgrad.jobs.fit.groups.shared.passes import Over, Passes
from exprgrad.jobs.fit.groups.shared.summary import Shared, Taking, summed
from exprgrad.jobs.fit.levenberg import Options
from exprgrad.jobs.fit.problem import Problem
from exprgrad.jobs.fit.reduction import Floats
from exprgrad.jobs.fit.request import Request
from exprgrad.observer import Observer


def check_shared(model: Model, problem: Problem, request: Request, by: Sequence[str]) -> None:
    """Raises UsageError for parameters that cannot be shared."""
    for name in request.share:
        if name in problem.fixed:
            raise UsageError(f"{name} keeps its value in all groups", hint="leave it out of --share")
        if name not in problem.names:
            raise UsageError(f"the model has no parameter {name} to share", hint=f"it has {', '.join(problem.names)}")
    if set(problem.names) <= set(request.share):
        what = f"with all of {', '.join(problem.names)} shared, the groups are fitted as one"
        raise UsageError(what, hint="this is the plain fit: leave out --by and --share")
    if not knows(model, request._replace(share=(), by=())):
        what = "parameters are shared in plain least squares: no robust loss, ties, constraints, priors or sums of rows"
        raise UsageError(what, hint=f"leave out --share, and each group of {', '.join(by)} is fitted for itself")


class SharedFit:
    """The fit of groups with shared parameters."""

    def __init__(
        self,
        model: Model,
        problem: Problem,
        rows: Gathered,
        engine: Engine,
        request: Request,
        observer: Observer,
    ) -> None:
        """`problem` is that of one group."""
        self.problem, self.rows, self.request = problem, rows, request
        self.observer = observer
        own = [k for k, name in enumerate(problem.names) if name not in request.share]
        self.order = [*own, *(problem.names.index(name) for name in request.share)]
        """The places of the groups' own parameters in the problem, then those of the shared ones."""
        self.own = len(own)
        self.names = [problem.names[k] for k in self.order]
        passes = Passes(model, problem, here(engine), request, self.order, rows.rows)
        self.look = Looks(columned(model, problem), engine, rows.rows)
        self.failed: dict[int, Group] = {}
        """The groups that cannot take part."""
        self.observed = np.zeros(len(self.rows.labels), np.int64)
        self.squares, self.power = np.zeros(len(self.rows.labels)), np.zeros(len(self.rows.labels))
        self._look()
        self.part = np.array([code for code in range(len(self.rows.labels)) if code not in self.failed], np.int64)
        """The codes of the groups that do."""
        self.over = Over(passes, rows, list(self.failed), engine)

    def fit(self, separate: Callable[[], Sequence[Group]]) -> Shared:
        """`separate` fits each group for itself. Raises DataError where there are too few rows, NumbersError where the
        model is not finite at the start."""
        if not len(self.part):
            raise DataError(next(iter(self.failed.values())).notes[0])
        rows, count = int(self.observed[self.part].sum()), self.own * len(self.part) + len(self.order) - self.own
        if rows < count:
            what = f"{count} parameters, shared ones and those of each group, cannot be fitted to {rows} rows"
            raise DataError(what, hint="share more of them")
        low, high = (
            np.array([getattr(p, end) for p in self.problem.parameters])[self.order] for end in ("low", "high")
        )
        ends = [Vector(limit[: self.own], limit[self.own :]) for limit in (low, high)]
        descents = Together(self.reduce, ends[0], ends[1], rows, self.observer)
        options = Options(self.request.max_iterations, self.request.tolerance)
        given = [self.problem.parameters[k].start for k in self.order]
        ended = None
        if all(start is not None for start in given):
            ended = descents.descend(
                self._clipped(np.tile(np.array(given, np.float64), (len(self.part), 1)), ends), options
            )
        if ended is None or ended.stopped != "converged":
            start = self._from(separate(), given)
            other = descents.descend(self._clipped(start, ends), options)
            if ended is None or other.stopped == "converged":
                ended = other
        if ended.stopped == "non-finite":
            which = self._label(int(self.part[int(np.argmin(np.isfinite(ended.arrow.costs)))]))
            where = ", ".join(f"{name} = {value}" for name, value in which.items())
            raise NumbersError(f"the model is not finite at the start, in the group {where}", hint="give other starts")
        taking = Taking(self.part, self.observed[self.part], self.squares[self.part], self.power[self.part])
        return summed(ended, ends, taking, self.failed, self.names, self.rows.labels, self.request)

    def _label(self, code: int) -> dict[str, Label]:
        """What makes a group."""
        return dict(zip(self.request.by, self.rows.labels[code], strict=True))

    def reduce(self, values: Vector) -> Arrow:
        """A pass over all rows."""
        size = len(self.order) + 1
        triangles, costs = np.zeros((len(self.rows.labels), size, size)), np.zeros(len(self.rows.labels))
        whole = np.empty((size - 1, len(self.rows.labels)))
        for k, row in enumerate(self.order):
            whole[row, self.part] = values.own[:, k] if k < self.own else values.shared[k - self.own]

        for groups, upper, cost in self.over(whole):
            triangles[groups], costs[groups] = upper, cost
        return Arrow(triangles[self.part], costs[self.part], self.own)

    def _look(self) -> None:
        """Count the rows of each group, and leave out the groups that have too few, or rows that are no numbers."""
        for part in self.rows.parts():
            for piece in pieces(part, np.ones(len(part.groups), bool)):
                known = self.look(piece)
                self.observed[piece.groups] = known.observed
                self.squares[piece.groups], self.power[piece.groups] = known.squares, known.power
                few = known.observed < self.own
                for k in np.flatnonzero(few | ~known.sound).tolist():
                    code, rows = int(piece.groups[k]), int(known.observed[k])
                    what = f"its {self.own} own parameters cannot be fitted to {rows} row{'s' * (rows != 1)}"
                    what = what if few[k] else "its responses or their weights are not all finite numbers above 0"
                    self.failed[code] = Group(self._label(code), {}, n=rows, notes=(what,))

    def _from(self, alone: Sequence[Group], given: Sequence[float | None]) -> Floats:
        """Starts from the fits of each group for itself [groups, p]; what these leave open is the median of them."""
        found = np.full((len(self.part), len(self.order)), np.nan)
        for k, code in enumerate(self.part.tolist()):
            group = alone[code]
            if group.converged:
                found[k] = [group.parameters[name].value for name in self.names]
        if not np.isfinite(found).any():
            raise DataError("no group alone determines all parameters", hint="give starts to all of them")
        medians = np.nanmedian(found, axis=0)
        found = np.where(np.isfinite(found), found, medians)
        found[:, self.own :] = medians[self.own :]
        for k, start in enumerate(given):
            if start is not None and k >= self.own:
                found[:, k] = start
        return found

    def _clipped(self, values: Floats, ends: Sequence[Vector]) -> Vector:
        low, high = ends
        return Vector(
            np.clip(values[:, : self.own], low.own, high.own), np.clip(values[0, self.own :], low.shared, high.shared)
        )
