"""A table as a row source: its columns under the names that an expression gives them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from exprgrad.errors import UsageError

if TYPE_CHECKING:
    from exprgrad.binding import Lowered
    from exprgrad.data.aliases import Names
    from exprgrad.data.batch import Column
    from exprgrad.data.table import Table


class TableSource:
    """The variables that are columns of a table: see `columns.rows.RowSource`."""

    rows: int | None = None
    """Not known before all are read."""

    def __init__(self, table: Table, columns: Mapping[str, str]) -> None:
        """`columns` gives the header of each variable. Raises DataError where the table has no such column."""
        self.table = table
        self.columns = dict(columns)
        self.watch: Callable[[int], None] = lambda rows: None
        """Is told how many rows have been read so far."""
        table.check(list(self.columns.values()))

    @property
    def names(self) -> Collection[str]:
        return self.columns.keys()

    def read(self, names: Sequence[str]) -> Iterator[dict[str, Column]]:
        headers = {name: self.columns[name] for name in names}
        rows = 0
        for batch in self.table.columns(list(dict.fromkeys(headers.values()))):
            yield {name: batch[header] for name, header in headers.items()}
            rows += len(next(iter(batch.values())))
            self.watch(rows)

    def place(self, row: int) -> str:
        return f"row {row + 1:,} of the data"


def bound_headers(
    lowered: Lowered,
    names: Names,
    chosen: Mapping[str, str],
    bound: Collection[str],
    more: Iterable[str] = (),
) -> dict[str, str]:
    """The header of each variable of a program that is a column: the one that is `chosen` for it, by header, alias or
    position, else the one that is called so, unless the program declares it; and of the columns `more`.

    Raises UsageError where a variable is `bound`, too, and for a name that is no variable.
    """
    for name in chosen:
        if name not in lowered.variables and name not in lowered.model.constants:
            raise lowered.unknown(name)
    variables = set(lowered.variables)
    for name in dict.fromkeys(bound):
        if name in chosen or (name in variables and names.find(name) is not None):
            what = f"{name} is given a value and is a column of the data, too"
            raise UsageError(what, hint="leave out the value, or rename one of the two")
    kept = {*(parameter.name for parameter in lowered.model.parameters), *lowered.model.constants}
    called = {name: names.find(name) for name in lowered.variables if name not in kept}
    found = {name: header for name, header in called.items() if header is not None}
    found |= {name: names.chosen(column) for name, column in chosen.items()}
    return found | {name: names.find(name) or name for name in more if name not in found}
