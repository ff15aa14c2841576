"""Groups that are fitted one by one: few of them, and those that the fit of many at once leaves."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from exprgrad.backends.engine import Engine
from exprgrad.columns.rows import Batch
from exprgrad.errors import DataError, ExprgradError, NumbersError, UsageError
from exprgrad.graph.lower import Model
from exprgrad.jobs.fit.groups.result import Group, Label
from exprgrad.jobs.fit.reduction import Floats
from exprgrad.jobs.fit.request import Request
from exprgrad.jobs.fit.result import Fit
from exprgrad.jobs.fit.run import fit


class GroupRows:
    """The rows of one group, as a row source."""

    def __init__(self, by: Mapping[str, Label], columns: Mapping[str, Floats], rows: int) -> None:
        self.by = by
        self.rows: int = rows
        self._columns = columns

    @property
    def names(self) -> Collection[str]:
        return self._columns.keys()

    def read(self, names: Sequence[str]) -> Iterator[Batch]:
        """All of them at once."""
        yield {name: self._columns[name] for name in names}

    def place(self, row: int) -> str:
        return f"row {row + 1} of the group"


def separately(
    model: Model, values: Mapping[str, float], rows: GroupRows, engine: Engine, request: Request
) -> tuple[Group, UsageError | None]:
    """The fit of one group; where there is none, the group says why. And what the fit could not be asked for."""
    try:
        found = fit(model, values, rows, engine, request).ended
    except (DataError, NumbersError, UsageError) as error:
        known = error if isinstance(error, UsageError) else None
        return Group(rows.by, {}, n=rows.rows, notes=(noted(error),)), known
    return Group(rows.by, **{name: getattr(found, name) for name in Group._fields if name in Fit._fields}), None


def noted(error: ExprgradError) -> str:
    """An error as a note of a group."""
    return f"{error.message}; {error.hint}" if error.hint else error.message
