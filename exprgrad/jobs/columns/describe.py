"""What a table holds, by a pass over its rows; another one for each column of texts that begins with numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Sequence

from exprgrad.data.batch import FileBatch
from exprgrad.data.contents import Contents, cells, is_number, numbers_in, surely_no_numbers
from exprgrad.data.faults import MisfitError
from exprgrad.data.formats.nested import field_of
from exprgrad.data.table import Table
from exprgrad.jobs.columns.result import Column, Overview

FIRST = 5
"""Rows that are shown."""


def describe(table: Table, watch: Callable[[int], None] = lambda rows: None) -> Overview:
    """The columns under the header of the first file, and the first rows; `watch` is told how many rows were read.

    Raises DataError for what cannot be read, and where a further file lacks a column of the first.
    """
    table.rows([])  # checks that the files have the same columns
    others: set[str] = set()
    while True:
        seen = _Pass(table, others)
        misfit = seen.run(watch)
        if misfit is None:
            break
        others.add(misfit)
    names = tuple(reader.name for reader in table.readers)
    return Overview(names, tuple(table.notes), seen.rows, tuple(seen.columns()), tuple(seen.first))


class _Pass:
    """A pass over the rows, in which some columns are known to hold `others` than numbers."""

    def __init__(self, table: Table, others: Collection[str]) -> None:
        self.rows = 0
        self.first: list[tuple[object, ...]] = []
        self._table = table
        self._others = others
        units = {table.names.find(name): unit for name, unit in table.options.times}
        self._names = table.names.header
        """The header, and the fields of records within rows."""
        self._twice = {name for name, count in Counter(self._names).items() if count > 1}
        """The names of several columns: none of them can be asked for by it."""
        self._contents = [Contents(table.options.missing, units.get(name, "s")) for name in self._names]

    def columns(self) -> list[Column]:
        """What was found."""
        alias_of = self._table.names.alias_of
        return [
            Column(name, alias_of.get(name, ""), found.type, found.missing, *found.ends)
            for name, found in zip(self._names, self._contents, strict=True)
        ]

    def run(self, watch: Callable[[int], None]) -> str | None:
        """All of the rows; or, at the first value that is no number in a column that could be one of numbers, the name
        of this column. Raises DataError for what cannot be read."""
        for reader in self._table.readers:
            before = self.rows
            used: list[str] = []
            try:
                used = self._numbers(next(reader.batches([], True, True), None))
                for batch in reader.batches(used, True, True):
                    self._add(used, batch, reader.header == self._table.header)
                    watch(self.rows)
            except MisfitError as misfit:
                fields = [name for name in used if misfit.column and name.startswith(f"{misfit.column}.")]
                if misfit.column in used or fields:
                    return misfit.column if misfit.column in used else fields[0]
                misfit.row += self.rows - before
                raise misfit if reader.first is None else misfit.at(reader.name, reader.first) from None
        return None

    def _numbers(self, first: FileBatch | None) -> list[str]:
        """The columns that could hold numbers, as some first rows show."""
        if first is None or first.whole is None:
            return []
        without = {*self._others, *self._twice, *surely_no_numbers(first.whole)}
        return [name for name in self._names if name not in without]

    def _add(self, used: Sequence[str], batch: FileBatch, same: bool) -> None:
        """Some rows; whether their file has the `same` header as the first."""
        whole, numbers = batch.whole, dict(zip(used, batch.used, strict=True))
        assert whole is not None
        self.rows += batch.length
        header = self._table.header
        columns = [*(whole if same else whole.select(list(header))).columns]
        columns += [numbers[name] if name in numbers else field_of(whole, name) for name in self._names[len(header) :]]
        for name, column, contents in zip(self._names, columns, self._contents, strict=True):
            if name in numbers and is_number(numbers[name].type):
                contents.add_numbers(numbers[name], column)
            elif name in self._twice and (found := numbers_in(column, self._table.options.missing)) is not None:
                contents.add_numbers(found, column)
            else:
                contents.add_others(column)
        self.first += cells(columns, FIRST - len(self.first))
