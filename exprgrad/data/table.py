"""A table of columns in one or more files, or a pipe, read in batches."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pyarrow as pa  # type: ignore[import-untyped]

from exprgrad.data.aliases import Names
from exprgrad.data.batch import Column, Told, numbers
from exprgrad.data.faults import MisfitError, out_of_memory, quoted
from exprgrad.data.formats.foreign.unread import refusal
from exprgrad.data.formats.format import Format, NestedReader, Reader
from exprgrad.data.formats.registry import FORMATS, format_at, format_named
from exprgrad.data.read_options import FROM_THE_FILE, TIME_UNITS, ReadOptions
from exprgrad.data.rows import conformed
from exprgrad.data.stores.bytesource import Bounds, ByteSource
from exprgrad.data.stores.opening import open_source
from exprgrad.data.stores.urls import is_url
from exprgrad.data.times import UNITS
from exprgrad.errors import DataError, ExprgradError, UsageError
from exprgrad.text.escapes import visible
from exprgrad.text.spelling import did_you_mean

NULLS = ("error", "skip", "nan")
"""What can be done with a null in a column that is used."""

_REQUESTS = 16
"""Files at URLs that are opened at the same time: most of that time is waiting."""


class Table:
    """Named columns of equal length. The files are read anew for each pass; nothing is held in memory."""

    def __init__(self, readers: Sequence[Reader], nulls: str, options: ReadOptions = FROM_THE_FILE):
        self.readers = readers
        self.options = options
        self.nulls = nulls
        self.header = readers[0].header
        self.names = _names(readers[0])
        self.found = Told()
        """What the rows showed that the user is to know."""
        self._units = {self.names.find(name) or name: unit for name, unit in options.times}

    def with_nulls(self, nulls: str) -> Table:
        """The same files, with another way with nulls."""
        if nulls == self.nulls:
            return self
        table = Table(self.readers, nulls, self.options)
        table.found = self.found
        return table

    def columns(self, names: Sequence[str]) -> Iterator[dict[str, Column]]:
        """Batches of the named columns, float64 [rows], in the order of the rows; only these are read.

        Raises DataError at once for a column that is missing or ambiguous, and while reading for anything that is not
        a number, with its file, row and column. In a part of a text, before which the rows are not counted, the error
        is a MisfitError.
        """
        self.check(names)
        return (columns for _, _, columns in self._batches(names, whole=False, texts=True))

    def rows(self, names: Sequence[str], *, texts: bool = True) -> Iterator[tuple[pa.RecordBatch, dict[str, Column]]]:
        """Batches of whole rows, under the header of the first file, each with its named columns as in `columns`.

        The fields of a CSV stay the texts that they were. Without `texts`, for an output that has types, they have
        the types that the first rows show. If there are no rows, one empty batch shows the columns.
        """
        self.check(names)
        for reader in self.readers[1:]:
            if reader.header != self.header:
                for name in self.header:
                    if reader.header.count(name) != 1:
                        what = "no column" if name not in reader.header else f"{reader.header.count(name)} columns"
                        raise DataError(f"{visible(reader.name)} has {what} {quoted(name)}, which the first file has")
        return self._rows(names, texts)

    @property
    def notes(self) -> list[str]:
        """What was worked out about how the files are to be read, each once, for the user."""
        return list(dict.fromkeys(note for reader in self.readers for note in reader.notes))

    @property
    def told(self) -> list[str]:
        """What the rows showed that the user is to know, each once: more while they are read."""
        return self.found.notes

    def check(self, names: Sequence[str], nowhere: type[ExprgradError] = DataError) -> None:
        """Raises DataError if a file does not have each of the named columns once; `nowhere` for a name that the first
        file does not have."""
        for reader in self.readers:
            counts = Counter(_columns(reader))
            for name in names:
                count = counts[name]
                if count == 0:
                    known = _names(reader)
                    hint = did_you_mean(name, [*known.header, *known.aliases], f"it has {known.listed()}", '"{}"')
                    fault = nowhere if reader is self.readers[0] else DataError
                    raise fault(f"{visible(reader.name)} has no column {quoted(name)}", hint=hint)
                if count > 1:
                    others = _names(reader).apart()
                    hint = f"leave out its header, by --skip-lines, and give others: --names {others}"
                    hint = getattr(reader, "twice", hint)
                    raise DataError(f"{visible(reader.name)} has {count} columns {quoted(name)}", hint=hint)

    def _rows(self, names: Sequence[str], texts: bool) -> Iterator[tuple[pa.RecordBatch, dict[str, Column]]]:
        schema: pa.Schema | None = None
        empty: tuple[pa.RecordBatch, dict[str, Column]] | None = None
        for reader, batch, columns in self._batches(names, True, texts):
            assert batch is not None
            if not batch.num_rows:
                empty = empty or (batch, columns)
                continue
            if schema is None and tuple(batch.schema.names) == self.header:
                schema = batch.schema
            elif schema is None:
                schema = pa.schema([batch.schema.field(name) for name in self.header])
            yield conformed(schema, batch, reader.name), columns
        if schema is None and empty is not None:
            yield empty

    def _batches(
        self, names: Sequence[str], whole: bool, texts: bool
    ) -> Iterator[tuple[Reader, pa.RecordBatch | None, dict[str, Column]]]:
        for reader in self.readers:
            count = 0
            try:
                for batch in reader.batches(names, whole, texts):
                    try:
                        rows, columns = numbers(names, batch, self.nulls, self._units, self.found)
                    except DataError as error:
                        raise DataError(f"{visible(reader.name)}: {error.message}") from None
                    count += batch.length
                    if whole or (len(next(iter(columns.values()))) if columns else batch.length):
                        yield reader, rows, columns
            except MemoryError:
                raise out_of_memory(reader.name, count) from None
            except MisfitError as misfit:
                misfit.row += count
                raise misfit if reader.first is None else misfit.at(reader.name, reader.first) from None


def open_table(
    paths: Sequence[str],
    *,
    nulls: str = "error",
    options: ReadOptions = FROM_THE_FILE,
    again: Callable[[], bool] = lambda: False,
) -> Table:
    """The table that the files make together, in this order; "-" is standard input.

    `nulls` says what a null in a used column does: "error", "skip" (the row is dropped) or "nan". `options` say how
    the files are to be read. When the rows are read, `again` is asked whether they will be read once more: then a pipe
    is copied to a temporary file. Raises DataError if a file cannot be read, UsageError for a wrong option.
    """
    if not paths:
        raise UsageError("no data file")
    if paths.count("-") > 1:
        raise UsageError("standard input can be one of the data files only once")
    check_nulls(nulls)

    heeded = {"format", "times"}

    def opened(path: str) -> Reader:
        source = open_source(path, again=again)
        reader = open_reader(source, options)
        heeded.update(_format(source, options).heeds)
        return reader

    for _, unit in options.times:
        if unit not in UNITS:
            raise UsageError(f"no such unit of time: {visible(unit)}", hint=f"give {', '.join(TIME_UNITS)}")
    if len(paths) > 1 and all(map(is_url, paths)):
        pool = ThreadPoolExecutor(_REQUESTS)
        try:
            table = Table(list(pool.map(opened, paths)), nulls, options)
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
    else:
        table = Table([opened(path) for path in paths], nulls, options)
    _check_heeded(options, heeded, table)
    check_times(table)
    return table


def check_times(table: Table) -> None:
    """Raises UsageError for a column to be read as times that is not there."""
    for name, _ in table.options.times:
        if table.names.find(name) is None:
            known = [*table.header, *table.names.aliases]
            hint = did_you_mean(name, known, f"the columns are {table.names.listed()}", '"{}"')
            raise UsageError(f"no column {quoted(name)} to read as times", hint=hint)


def check_nulls(nulls: str) -> None:
    """Raises UsageError for what is no way with nulls."""
    if nulls not in NULLS:
        raise UsageError(f"no such way with nulls: {visible(str(nulls))}", hint=f"give {', '.join(NULLS)}")


def open_reader(source: ByteSource, options: ReadOptions, bounds: Bounds | None = None, types: Any = None) -> Reader:
    """A reader of a file, or of the part within `bounds`, whose columns are of such `types`."""
    try:
        if (refused := refusal(source)) is not None:
            raise refused
        return _format(source, options).codec().read(source, options, bounds, types)
    except MemoryError:
        raise out_of_memory(source.name) from None


def _columns(reader: Reader) -> list[str]:
    """The header, and the fields of records within rows."""
    return [*reader.header, *(reader.nested if isinstance(reader, NestedReader) else ())]


def _names(reader: Reader) -> Names:
    return Names(_columns(reader))


def _format(source: ByteSource, options: ReadOptions) -> Format:
    if options.format:
        return format_named(options.format)
    return format_at(source.name, source.start, source.member)


def _check_heeded(options: ReadOptions, heeded: Collection[str], table: Table) -> None:
    """Raises UsageError for an option that says nothing about any of the files."""
    for field, value in options._asdict().items():
        if value != getattr(FROM_THE_FILE, field) and field not in heeded:
            flag = f"--{field.replace('_', '-')}" if field != "header" else "--header-row" if value else "--no-header"
            file = visible(table.readers[0].name) if len(table.readers) == 1 else "any of the files"
            formats = (known.name for known in FORMATS.values() if field in known.heeds)
            raise UsageError(f"{flag} says nothing about {file}", hint=f"it is for the formats {', '.join(formats)}")
