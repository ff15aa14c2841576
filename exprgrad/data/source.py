"""A table as a row source: its columns under the names that an expression gives them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
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


def headers_of(
    variables: Iterable[str], names: Names, chosen: Mapping[str, str], without: Collection[str] = ()
) -> dict[str, str]:
    """The header of each variable that is a column: the one that is `chosen` for it, else the one that is called so, by
    itself or by its alias. Those in `without` are columns only where they are chosen."""
    found = {name: header for name in variables if name not in without and (header := names.find(name)) is not None}
    return {**found, **chosen}
