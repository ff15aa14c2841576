"""Fits of many groups as arrays. What a person reads of a group is made of them when it is asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from math import isnan
from typing import NamedTuple, overload

import numpy as np
from numpy.typing import NDArray

from exprgrad.data.groups.found import Codes
from exprgrad.jobs.fit import statistics
from exprgrad.jobs.fit.groups.result import Group, Label
from exprgrad.jobs.fit.reduction import Floats
from exprgrad.jobs.fit.result import AT_BOUND, Estimate

QUALITY = ("rss", "residual_std_error", "r2", "adjusted_r2", "aic", "bic")
"""Numbers of `result.Group`."""


class Table(NamedTuple):
    """Fits that ended in the same way, in any order."""

    codes: Codes
    """[groups]"""
    values: Floats
    """[p, groups]"""
    covariance: Floats
    """[p, p, groups]; nan for a parameter at a bound"""
    quality: Floats
    """The numbers of QUALITY [6, groups]."""
    dof: NDArray[np.int64]
    """As the others, [groups]."""
    observed: NDArray[np.int64]
    iterations: NDArray[np.int64]
    notes: Mapping[int, tuple[str, ...]]
    """Those of groups that have any, by code."""

    def take(self, which: NDArray[np.int64] | NDArray[np.bool_]) -> Table:
        """Some of them."""
        return self._replace(**{name: getattr(self, name)[..., which] for name in _ARRAYS})

    @classmethod
    def joined(cls, tables: Sequence[Table]) -> Table:
        """All of them; there is one at least."""
        if len(tables) == 1:
            return tables[0]
        notes = {code: note for table in tables for code, note in table.notes.items()}
        arrays = {name: np.concatenate([getattr(table, name) for table in tables], axis=-1) for name in _ARRAYS}
        return tables[0]._replace(notes=notes, **arrays)


_ARRAYS = Table._fields[:-1]


class Context(NamedTuple):
    """What all groups of a table have in common."""

    by: Sequence[str]
    """The columns that make the groups."""
    names: Sequence[str]
    """Those of the parameters."""
    confidence: float
    freedom: float | None
    """Degrees of freedom of the errors: infinite where sigmas are known, not only relative to one another; None where
    each group has those of its own rows."""
    stopped: str = "converged"
    """How the fits ended."""


class Fitted(Sequence[Group]):
    """The groups of a fit, in order. Those of tables are made when they are asked for."""

    def __init__(
        self,
        order: Codes,
        labels: Sequence[tuple[Label, ...]],
        table: Table | None,
        others: Mapping[int, Group],
        context: Context,
    ) -> None:
        """`order` are the codes of the groups, `labels` and `others` are by code; others count before the table."""
        self.order, self.labels, self.table, self.others, self.context = order, labels, table, others, context

    def __len__(self) -> int:
        return len(self.order)

    @overload
    def __getitem__(self, index: int) -> Group: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Group, ...]: ...
    def __getitem__(self, index: int | slice) -> Group | tuple[Group, ...]:
        if isinstance(index, slice):
            return tuple(map(self._made, self.order[index].tolist()))
        return self._made(int(self.order[index]))

    def __iter__(self) -> Iterator[Group]:
        return map(self._made, self.order.tolist())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and tuple(self) == tuple(other)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return repr(tuple(self))

    def beside_these(self, others: Mapping[int, Group]) -> Fitted:
        """The same with other groups that count before the table."""
        return Fitted(self.order, self.labels, self.table, others, self.context)

    def in_order(self, order: Codes) -> Fitted:
        """The same in another order of the codes."""
        return Fitted(order, self.labels, self.table, self.others, self.context)

    @property
    def beside(self) -> list[Group]:
        """Those that are no part of the table, in order."""
        return [self.others[code] for code in self.order.tolist() if code in self.others] if self.others else []

    def numbers(self, name: str) -> Floats:
        """The rss, dof, n or iterations of all groups that were fitted, in order."""
        found, fitted = np.zeros(len(self.labels)), np.ones(len(self.labels), bool)
        if (table := self.table) is not None:
            columns = {"rss": table.quality[0], "dof": table.dof, "n": table.observed, "iterations": table.iterations}
            found[table.codes] = columns[name]
        for code, group in self.others.items():
            found[code], fitted[code] = getattr(group, name), bool(group.parameters)
        return found[self.order[fitted[self.order]]] if self.others else found[self.order]

    @property
    def without_freedom(self) -> list[int]:
        """The places, in order, of the groups that have as many parameters as rows."""
        codes = [code for code, group in self.others.items() if group.parameters and group.dof <= 0]
        if self.table is not None:
            codes += [code for code in self.table.codes[self.table.dof <= 0].tolist() if code not in self.others]
        found: list[int] = np.flatnonzero(np.isin(self.order, codes)).tolist()
        return found

    def total(self, name: str) -> float:
        """These numbers added up, one after the other."""
        numbers = self.numbers(name)
        return float(np.add.accumulate(numbers)[-1]) if len(numbers) else 0.0

    @cached_property
    def _columns(self) -> _Columns:
        assert self.table is not None
        table, context = self.table, self.context
        variances = np.stack([table.covariance[i, i] for i in range(len(table.values))])
        freedom = (
            table.dof.astype(np.float64) if context.freedom is None else np.full(len(table.codes), context.freedom)
        )
        made = estimates(table.values, variances, freedom, context.confidence)
        covariance = table.covariance.transpose(2, 0, 1).tolist()
        counts = zip(table.dof.tolist(), table.observed.tolist(), table.iterations.tolist(), strict=True)
        places = {code: k for k, code in enumerate(table.codes.tolist())}
        return _Columns(places, made, table.quality.T.tolist(), list(counts), covariance)

    def _made(self, code: int) -> Group:
        if code in self.others:
            return self.others[code]
        columns, table = self._columns, self.table
        assert table is not None
        k = columns.places[code]
        rss, error, r2, adjusted, aic, bic = columns.quality[k]
        parameters = dict(zip(self.context.names, map(Estimate._make, columns.estimates[k]), strict=True))
        covariance = tuple(map(tuple, columns.covariance[k]))
        dof, n, iterations = columns.counts[k]
        by = dict(zip(self.context.by, self.labels[code], strict=True))
        stopped = self.context.stopped
        if stopped == "converged" and dof > 0 and any(isnan(row[i]) for i, row in enumerate(covariance)):
            stopped = AT_BOUND
        return Group(
            by, parameters, rss, error, r2, adjusted, aic, bic, dof, n, iterations, stopped,
            covariance, table.notes.get(code, ()),
        )  # fmt: skip


class _Columns(NamedTuple):
    """The numbers of a table as Python's, group by group."""

    places: dict[int, int]
    """Where the group of a code stands."""
    estimates: list[list[list[float]]]
    quality: list[list[float]]
    counts: list[tuple[int, int, int]]
    """Degrees of freedom, rows, iterations."""
    covariance: list[list[list[float]]]


def estimates(values: Floats, variances: Floats, dof: Floats, confidence: float) -> list[list[list[float]]]:
    """The numbers of `result.Estimate` for each parameter of each group: `statistics.estimate` for all [p, groups];
    `dof` [groups] is infinite for the normal distribution."""
    from scipy.special import ndtr, stdtr

    with np.errstate(all="ignore"):
        errors = np.sqrt(variances)
        t = values / errors
        normal = np.isinf(dof)
        p = 2 * np.where(normal, ndtr(-np.abs(t)), stdtr(np.where(normal, 1.0, dof), -np.abs(t)))
        known, which = np.unique(dof, return_inverse=True)
        half = np.array([statistics.quantile(confidence, float(each)) for each in known])[which] * errors
        found: list[list[list[float]]] = (
            np.stack([values, errors, t, p, values - half, values + half]).transpose(2, 1, 0).tolist()
        )
    return found
