"""Fits of all groups, each for itself.

Many groups are fitted at once, in pieces on several threads, by the loop of `many.descent`. What this leaves (groups
that end in no minimum, or of which something is to be said), what is too long for it, and requests that it does not
know are fitted one by one, as a fit without groups is. So each answer is that of the fit of the group's rows alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import inf

import numpy as np

from exprgrad.backends.engine import Engine
from exprgrad.backends.threads import on_threads
from exprgrad.data.groups.gathered import Gathered, Part
from exprgrad.errors import UsageError
from exprgrad.graph.lower import Model
from exprgrad.jobs.fit.groups.many.fits import Many, knows
from exprgrad.jobs.fit.groups.many.pieces import pieces
from exprgrad.jobs.fit.groups.many.table import QUALITY, Context, Fitted, Table
from exprgrad.jobs.fit.groups.result import Group
from exprgrad.jobs.fit.groups.separate import GroupRows, separately
from exprgrad.jobs.fit.problem import Problem
from exprgrad.jobs.fit.reduction import Flags
from exprgrad.jobs.fit.request import Request
from exprgrad.observer import Observer

_LONGEST = 1 << 13
"""Rows of a group that may be one of many."""
_SAMPLES = 5
"""Groups that are searched for their minimum from anywhere before the others start from what was found."""
_WORSE = 4.0
"""How much more of its squares, at the most, may be left of a group that started there."""


class Fits:
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
        self.model, self.values, self.rows, self.by = model, values, rows, by
        self.engine, self.request, self.observer = engine, request, observer
        self.found: dict[int, Group] = {}
        """The groups that are fitted one by one, and those that cannot be, by code."""
        self.tables: list[Table] = []
        """The others."""
        self.missing = np.ones(len(rows.labels), bool)
        """Which groups are not fitted yet, by code."""
        self.usage: UsageError | None = None
        """What a group could not be asked for."""
        self.limits = inf, inf
        """What of the squares of a group may be left where its start was that of other groups, and how large the
        variance of its residuals may be: either is enough."""

    def in_order(self, problem: Problem, order: Sequence[int]) -> Fitted:
        """The fits of all groups, by their codes in this order. `problem` is that of one group."""
        known = self.request.where or self.request.tie or self.request.prior
        least = 1 if known else len(problem.parameters)
        many = None
        if knows(self.model, self.request) and len(self.missing) > 1:
            many = Many(self.model, problem, self.engine, self.request, self.rows.rows)
            if not many.started:
                many = self._sampled(many)
        for part in self.rows.parts():
            sizes = np.diff(part.starts)
            for k in np.flatnonzero(sizes < least).tolist():
                self._too_few(int(part.groups[k]), int(sizes[k]), least)
            if many is not None:
                self._many(many, part, (sizes >= least) & (sizes <= _LONGEST))
            for k in np.flatnonzero(self.missing[part.groups]).tolist():
                self._one(part, k)
        if self.usage is not None and not self.tables and not any(each.parameters for each in self.found.values()):
            raise self.usage
        absolute = self.request.absolute and self.request.sigma is not None
        context = Context(self.by, problem.names, self.request.confidence, inf if absolute else None)
        table = Table.joined(self.tables) if self.tables else None
        return Fitted(order, self.rows.labels, table, self.found, context)

    def _many(self, many: Many, part: Part, chosen: Flags) -> None:
        """Fit the chosen groups at once; keep those of which nothing more is to be said."""
        chosen &= self.missing[part.groups]
        count = 0
        given = pieces(part, chosen)
        for table in map(many.fit, given) if many.threaded else on_threads(many.fit, given, self.engine.threads):
            kept = table.take(self._good(table)) if self.limits[0] < inf else table
            if len(kept.codes):
                self.tables.append(kept)
                self.missing[kept.codes] = False
            count += len(table.codes)
            self.observer.look(count, len(self.missing))

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

    def _good(self, table: Table) -> Flags:
        unexplained, variance = self.limits
        adjusted, error = (table.quality[QUALITY.index(name)] for name in ("adjusted_r2", "residual_std_error"))
        good: Flags = ~((adjusted < 1 - unexplained) & (error**2 > variance))
        return good

    def _too_few(self, code: int, rows: int, least: int) -> None:
        what = f"{least} parameters cannot be fitted to {rows} row{'s' * (rows != 1)}; fix some with --fix NAME"
        self._keep(code, Group(self._label(code), {}, n=rows, notes=(what,)))

    def _one(self, part: Part, k: int) -> Group:
        """The fit of one group, alone."""
        code = int(part.groups[k])
        first, last = int(part.starts[k]), int(part.starts[k + 1])
        columns = {name: np.ascontiguousarray(column[first:last]) for name, column in part.columns.items()}
        rows = GroupRows(self._label(code), columns, last - first)
        group, error = separately(self.model, self.values, rows, self.engine, self.request)
        self.usage = self.usage or error
        self._keep(code, group)
        self.observer.look(int((~self.missing).sum()), len(self.missing))
        return group

    def _keep(self, code: int, group: Group) -> None:
        self.found[code], self.missing[code] = group, False

    def _label(self, code: int) -> dict[str, float | int | str]:
        return dict(zip(self.by, self.rows.labels[code], strict=True))
