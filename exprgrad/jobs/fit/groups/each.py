"""Fits of all groups, each for itself.

Many groups are fitted at once, in pieces on several threads, by the loop of `many.descent`. What this leaves (groups
that end in no minimum, or of which something is to be said), what is too long for it, and requests that it does not
know are fitted one by one, as a fit without groups is. So each answer is that of the fit of the group's rows alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import inf

import numpy as np

from exprgrad.backends.engine import Engine
from exprgrad.backends.threads import on_threads
from exprgrad.data.groups.found import Codes
from exprgrad.data.groups.gathered import Gathered, Part
from exprgrad.errors import UsageError
from exprgrad.graph.lower import Model
from exprgrad.jobs.fit.groups.far import Alone, AtOnce, OneByOne, alone, here, in_lots, sent
from exprgrad.jobs.fit.groups.many.fits import Many, knows
from exprgrad.jobs.fit.groups.many.pieces import pieces
from exprgrad.jobs.fit.groups.many.table import QUALITY, Context, Fitted, Table
from exprgrad.jobs.fit.groups.result import Group
from exprgrad.jobs.fit.groups.separate import noted
from exprgrad.jobs.fit.messages import too_few
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

    def in_order(self, problem: Problem, order: Codes) -> Fitted:
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
            self._alone(part)
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
        tables: Iterator[Table]
        if self.engine.cluster is not None:
            errand = AtOnce(self.model, many.problem, here(self.engine), self.request, self.rows.rows, many.starts)
            tables = self.engine.cluster.answers(errand, sent(part, chosen), ())
        else:
            given = pieces(part, chosen)
            tables = map(many.fit, given) if many.threaded else on_threads(many.fit, given, self.engine.threads)
        for table in tables:
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
        self._keep(code, Group(self._label(code), {}, n=rows, notes=(noted(too_few(least, rows)),)))

    def _alone(self, part: Part) -> None:
        """Fit those groups of a part that are still missing, one by one."""
        left = np.flatnonzero(self.missing[part.groups]).tolist()
        if self.engine.cluster is None:
            for k in left:
                self._one(part, k)
            return
        one_by_one = OneByOne(self.model, self.values, here(self.engine), self.request)
        given, codes = (self._rows_of(part, k) for k in left), iter(part.groups[left].tolist())
        for lot in self.engine.cluster.answers(one_by_one, in_lots(given), ()):
            for group, error in lot:
                self._known(next(codes), group, error)

    def _one(self, part: Part, k: int) -> Group:
        """The fit of one group, alone."""
        one_by_one = OneByOne(self.model, self.values, here(self.engine), self.request)
        group, error = one_by_one.fit(self._rows_of(part, k))
        self._known(int(part.groups[k]), group, error)
        return group

    def _rows_of(self, part: Part, k: int) -> Alone:
        return alone(part, k, self._label(int(part.groups[k])))

    def _known(self, code: int, group: Group, error: UsageError | None) -> None:
        self.usage = self.usage or error
        self._keep(code, group)
        self.observer.look(int((~self.missing).sum()), len(self.missing))

    def _keep(self, code: int, group: Group) -> None:
        self.found[code], self.missing[code] = group, False

    def _label(self, code: int) -> dict[str, float | int | str]:
        return dict(zip(self.by, self.rows.labels[code], strict=True))
