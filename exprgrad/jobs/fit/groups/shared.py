"""Groups that share parameters: from the formula and the rows to one result.

Each pass goes over all rows, chunk by chunk, and keeps one triangle a group. Where not all parameters have starts, or
the descent from these leads nowhere, it begins where the fits of each group for itself ended.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from math import nan, sqrt
from typing import NamedTuple

import numpy as np

from exprgrad.backends.engine import Engine
from exprgrad.data.groups.gathered import Gathered
from exprgrad.data.groups.labels import Codes, Label
from exprgrad.errors import DataError, NumbersError, UsageError
from exprgrad.graph.lower import Model
from exprgrad.jobs.fit import statistics
from exprgrad.jobs.fit.groups.arrow import Arrow, Vector
from exprgrad.jobs.fit.groups.chunk import Chunk, chunks
from exprgrad.jobs.fit.groups.kernels import Kernel
from exprgrad.jobs.fit.groups.many import columned, knows, on_threads
from exprgrad.jobs.fit.groups.result import Group
from exprgrad.jobs.fit.groups.summary import estimates, facts
from exprgrad.jobs.fit.groups.together import Ended, Together
from exprgrad.jobs.fit.levenberg import Options
from exprgrad.jobs.fit.problem import Problem
from exprgrad.jobs.fit.reduction import Flags, Floats
from exprgrad.jobs.fit.request import Request
from exprgrad.jobs.fit.result import Estimate
from exprgrad.observer import Observer

_PASSES = 30


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


class Shared(NamedTuple):
    """What was found of all groups."""

    groups: list[Group]
    """By their codes."""
    shared: dict[str, Estimate]
    covariance: tuple[tuple[float, ...], ...]
    ended: Ended
    rss: float
    dof: int
    n: int
    stopped: str
    notes: list[str]


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
        labels: list[dict[str, Label]],
    ) -> None:
        """`problem` is that of one group, `labels` says what makes each."""
        self.problem, self.rows, self.request, self.labels = problem, rows, request, labels
        self.threads, self.observer = engine.threads, observer
        own = [k for k, name in enumerate(problem.names) if name not in request.share]
        self.order = [*own, *(problem.names.index(name) for name in request.share)]
        """The places of the groups' own parameters in the problem, then those of the shared ones."""
        self.own = len(own)
        self.names = [problem.names[k] for k in self.order]
        wide = columned(model, problem.columns, problem.parameters, problem.fixed, request)
        nodes = [*(wide.reweighted[k] for k in self.order), wide.pull]
        self.kernel = Kernel(wide, nodes, engine, rows.rows * _PASSES)
        self.facts = Kernel(wide, [wide.response, wide.weight], engine, rows.rows)
        self.absolute = request.absolute and request.sigma is not None
        self.failed: dict[int, Group] = {}
        """The groups that cannot take part."""
        self.kept: list[Chunk] | None = None
        self.observed = np.zeros(len(labels), np.int64)
        self.squares, self.power = np.zeros(len(labels)), np.zeros(len(labels))
        self._look()
        self.part = np.array([code for code in range(len(labels)) if code not in self.failed], np.int64)
        """The codes of the groups that do."""

    def fit(self, separate: Callable[[], list[Group]]) -> Shared:
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
            which = self.labels[int(self.part[int(np.argmin(np.isfinite(ended.arrow.costs)))])]
            where = ", ".join(f"{name} = {value}" for name, value in which.items())
            raise NumbersError(f"the model is not finite at the start, in the group {where}", hint="give other starts")
        return self._summed(ended, ends)

    def reduce(self, values: Vector) -> Arrow:
        """A pass over all rows."""
        size = len(self.order) + 1
        triangles, costs = np.zeros((len(self.labels), size, size)), np.zeros(len(self.labels))
        whole = np.empty((len(self.labels), size - 1))
        where = np.zeros(len(self.labels), np.int64)
        where[self.part] = np.arange(len(self.part))
        whole[self.part[:, None], self.order[: self.own]] = values.own
        whole[:, self.order[self.own :]] = values.shared

        def made(chunk: Chunk) -> tuple[Codes, Floats, Floats]:
            with np.errstate(all="ignore"):
                found = chunk.reduce(self.kernel, whole[chunk.groups])
                upper = np.zeros((len(chunk.groups), size, size))
                upper[:, :-1, :-1], upper[:, :-1, -1] = found.triangle, found.rotated
                upper[:, -1, -1] = 0.0  # what no step changes
                return chunk.groups, upper, found.cost

        for groups, upper, cost in on_threads(made, self._chunks(), self.threads):
            triangles[groups], costs[groups] = upper, cost
        return Arrow(triangles[self.part], costs[self.part], self.own)

    def _chunks(self) -> Iterator[Chunk]:
        """All groups that take part. Chunks of rows in memory are made once."""
        if self.kept is not None:
            yield from self.kept
            return
        kept: list[Chunk] = []
        for part in self.rows.parts():
            for chunk in chunks(part, ~np.isin(part.groups, list(self.failed))):
                if not self.rows.on_disk:
                    kept.append(chunk)
                yield chunk
        self.kept = None if self.rows.on_disk else kept

    def _look(self) -> None:
        """Count the rows of each group, and leave out the groups that have too few, or rows that are no numbers."""
        for part in self.rows.parts():
            for chunk in chunks(part, np.ones(len(part.groups), bool)):
                known = facts(self.problem, self.facts, chunk)
                self.observed[chunk.groups] = known.observed
                self.squares[chunk.groups], self.power[chunk.groups] = known.squares, known.power
                few = known.observed < self.own
                for k in np.flatnonzero(few | ~known.sound).tolist():
                    code, rows = int(chunk.groups[k]), int(known.observed[k])
                    what = f"its {self.own} own parameters cannot be fitted to {rows} row{'s' * (rows != 1)}"
                    what = what if few[k] else "its responses or their weights are not all finite numbers above 0"
                    self.failed[code] = Group(self.labels[code], {}, n=rows, notes=(what,))

    def _from(self, alone: list[Group], given: Sequence[float | None]) -> Floats:
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

    def _summed(self, ended: Ended, ends: Sequence[Vector]) -> Shared:
        """The statistics: the covariance is that of the whole arrow."""
        values, (low, high) = ended.values, ends
        at_bounds = [~((v > a) & (v < b)) for v, a, b in zip(values, low, high, strict=True)]
        arrow = ended.arrow.held(at_bounds[0], at_bounds[1])
        with np.errstate(all="ignore"):
            own, shared = arrow.eliminated(0.0, arrow.sizes()).covariance()
        _blank(own, arrow.still.own)
        _blank(shared[None], arrow.still.shared[None])
        lost = np.isnan(np.einsum("gii->gi", own)) & ~at_bounds[0]
        rss, rows = ended.arrow.cost, int(self.observed[self.part].sum())
        dof = rows - sum(int((~each).sum()) for each in at_bounds) + int(lost.sum())
        least = max(rss, statistics.ROUNDING**2 * float(self.power[self.part].sum()))
        variance = 1.0 if self.absolute else least / dof if dof else nan
        own, shared = own * variance, shared * variance
        idle = [
            name
            for name, one in zip(self.names[self.own :], np.isnan(np.diag(shared)) & ~at_bounds[1], strict=True)
            if one
        ]
        stopped = "singular" if idle and ended.stopped == "converged" else ended.stopped
        freedom = np.inf if self.absolute or not dof else float(dof)
        level = self.request.confidence
        owned = estimates(values.own, np.einsum("gii->gi", own), np.full(len(self.part), freedom), level)
        together = estimates(values.shared[None], np.diag(shared)[None], np.array([freedom]), level)[0]
        groups = [self.failed.get(code) for code in range(len(self.labels))]
        costs, squares = ended.arrow.costs, self.squares[self.part]
        for k, code in enumerate(self.part.tolist()):
            left = int(self.observed[code]) - self.own
            groups[code] = Group(
                self.labels[code],
                dict(zip(self.names[: self.own], owned[k], strict=True)),
                rss=float(costs[k]),
                residual_std_error=sqrt(costs[k] / left) if left > 0 else nan,
                r2=float(1 - costs[k] / squares[k]) if squares[k] > 0 else nan,
                dof=left,
                n=int(self.observed[code]),
                iterations=ended.iterations,
                stopped="singular" if lost[k].any() and stopped == "converged" else stopped,
                covariance=tuple(map(tuple, own[k].tolist())),
                notes=tuple(
                    f"{name} is not determined by the rows of the group"
                    for name in np.array(self.names[: self.own])[lost[k]]
                ),
            )
        notes = [f"{' and '.join(idle)}: not determined by the data"] if idle else []
        for name, held in zip(self.names, np.append(at_bounds[0].any(axis=0), at_bounds[1]).tolist(), strict=True):
            notes += [f"{name} is at its bound: it has no standard error there"] if held else []
        if ended.stopped in ("iterations", "stuck"):
            stuck = "not converged: no step leads lower; try other starts"
            cut = f"not converged in {ended.iterations} iterations: see --max-iterations, or try other starts"
            notes.append(stuck if ended.stopped == "stuck" else cut)
        if stopped == "converged" and (self.failed or lost.any()):
            stopped = "singular" if lost.any() else "failed"
        return Shared(
            [group for group in groups if group is not None],
            dict(zip(self.names[self.own :], together, strict=True)),
            tuple(map(tuple, shared.tolist())),
            ended, rss, dof, rows, stopped, notes,
        )  # fmt: skip


def _blank(covariances: Floats, which: Flags) -> None:
    """Take out parameters that have none [groups, p, p]."""
    covariances[which[:, :, None] | which[:, None, :]] = np.nan
