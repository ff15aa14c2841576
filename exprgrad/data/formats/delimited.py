"""Tables as delimited text with a header line: CSV (commas) and TSV (tabs), read and written."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import closing
from itertools import chain
from typing import Any

import pyarrow as pa  # type: ignore[import-untyped]

from exprgrad.data import compute as pc
from exprgrad.data.aliases import headers_of
from exprgrad.data.batch import FileBatch
from exprgrad.data.faults import MisfitError
from exprgrad.data.formats.fields import Fields, Types
from exprgrad.data.formats.format import Encoder
from exprgrad.data.formats.kinds import REFUSALS, fits_floats, kind_of
from exprgrad.data.formats.looks import rounded_numbers, used_types
from exprgrad.data.formats.strays import check_rows, footer
from exprgrad.data.formats.texts import TextEncoder, ToText, check_types, joined, refusals, texts_of
from exprgrad.data.formats.threads import in_order
from exprgrad.data.read_options import ReadOptions
from exprgrad.data.stores.bytesource import Bounds, ByteSource
from exprgrad.data.stores.transcoding import transcoded
from exprgrad.data.text.dialect import Layout
from exprgrad.data.text.lines import Lines
from exprgrad.data.text.sniff import MOST, worked_out


def read(
    delimiter: str, source: ByteSource, options: ReadOptions, bounds: Bounds | None, types: Types | None
) -> Delimited:
    """A reader: see `format.Codec`."""
    layout = options.layout or worked_out(source, options, delimiter)
    return Delimited(source, layout, bounds, types, [name for name, _ in options.times])


def write(delimiter: str, sink: Any, schema: pa.Schema, streamed: bool) -> Encoder:
    """An encoder: see `format.Codec`."""
    check_types(schema, "CSV")
    return TextEncoder(sink, _header_line(schema.names, delimiter), _to_text(delimiter))


class Delimited:
    """A text of rows and fields, in a file or a pipe."""

    def __init__(
        self,
        source: ByteSource,
        layout: Layout,
        bounds: Bounds | None = None,
        types: Types | None = None,
        times: Sequence[str] = (),
    ):
        """All of its rows, or those of the part within `bounds`, whose columns are of these types. The columns `times`
        are of times, whatever the first rows show."""
        dialect = layout.dialect
        self.name = source.name
        self.origin = source.origin
        self.header = layout.header
        self.notes = layout.notes
        self.layout = layout
        self.lines = Lines(
            transcoded(source, dialect.encoding), dialect.delimiter, layout.begin, bounds, dialect.comment
        )
        self.first = self.lines.first
        size = source.origin.size if source.origin else None
        self._asks = dialect.totals and (bounds is None or size is None or bounds[1] >= size)
        """Whether the rows end as the file does, and may end with a total."""
        self._types = types
        self._times = headers_of(times, self.header)
        self._fields = Fields(dialect, self.header)
        numbers = (dialect.decimal, dialect.thousands, dialect.percent)
        self._keeps_texts = dialect.delimiter in ",\t" and numbers == (".", "", False)
        """Whether the texts of the fields go into a CSV as they are."""

    def batches(self, used: Sequence[str], whole: bool, texts: bool) -> Iterator[FileBatch]:
        """The used columns as numbers or times; `whole` adds all of them, `texts` as the texts that they are."""
        start = self.lines.start()
        as_used = used_types(start, self._fields, used, self._times)
        with closing(self.lines.batches()) as batches:
            last: deque[memoryview] = deque(maxlen=1)
            yield from self._batches(_keeping(batches, last), used, as_used, whole, texts)
        if last and self._asks and (fault := footer(self._fields, last[0], start)):
            raise fault

    def _batches(
        self, batches: Iterator[memoryview], used: Sequence[str], as_used: Types, whole: bool, texts: bool
    ) -> Iterator[FileBatch]:
        places = [str(self.header.index(name)) for name in used]
        everything = self._types or {}
        if whole and not everything:
            first = next(batches, None)
            if first is None:
                batch = pa.RecordBatch.from_arrays([pa.array([], pa.string())] * len(self.header), list(self.header))
                yield FileBatch([pa.array([], pa.float64())] * len(places), batch)
                return
            everything = self._shown(first, used, texts)
            batches = chain([first], batches)
        differ = [place for place in as_used if whole and pa.types.is_string(everything[place])]

        def parse(rows: memoryview) -> FileBatch:
            rows = self._fields.plain(rows)
            check_rows(self._fields, rows, everything if whole else as_used)
            columns = self._fields.columns(rows, everything if whole else as_used)
            batch = None
            if whole:
                fields = [self._written(field, texts) for field in columns.values()]
                batch = pa.RecordBatch.from_arrays(fields, list(self.header))
                columns |= self._fields.columns(rows, {place: as_used[place] for place in differ})
            rounded = tuple(rounded_numbers(rows, self._fields, columns, places))
            return FileBatch([columns[place] for place in places], batch, rounded)

        types = [everything | as_used, everything] if whole and not texts else [as_used]
        for rows, parsed in in_order(parse, batches, self._threads):
            try:
                batch = parsed.result()
            except REFUSALS:
                fault = self._misfit(self._fields.plain(rows), types, whole, texts)
                yield from self.lines.before(parse, rows, fault)
                raise fault from None
            yield batch

    def divisions(self, size: int | None) -> list[tuple[Bounds, float]]:
        """See `format.DivisibleReader`."""
        return self.lines.divisions(size)

    def count(self) -> int:
        """How many rows there are, whatever they hold."""

        def size(rows: memoryview) -> int:
            rows = self._fields.plain(rows)
            check_rows(self._fields, rows, {})
            return len(self._fields.columns(rows, {"0": pa.binary()})["0"])

        with closing(self.lines.batches()) as batches:
            return sum(counted.result() for _, counted in in_order(size, batches, self._threads))

    def _misfit(self, rows: memoryview, types: Sequence[Types], whole: bool, texts: bool = False) -> MisfitError:
        """See `misfits.misfit`, which is imported where rows are refused."""
        from exprgrad.data.formats.misfits import misfit

        return misfit(self._fields, rows, types, whole, texts)

    @property
    def _threads(self) -> int:
        """How many batches are parsed at a time, as each takes memory for all columns."""
        return max(min(MOST // len(self.header), 8), 1)

    def types(self, used: Sequence[str], texts: bool) -> Types:
        """The types of all columns in whole rows, as the first rows of the file show them."""
        return self._shown(self.lines.sample(), used, texts)

    def _shown(self, rows: memoryview, used: Sequence[str], texts: bool) -> Types:
        """The types that these rows show. A used column is float64, as later rows may be no whole numbers, unless its
        numbers are so long that float64 would change them."""
        everything = dict.fromkeys(map(str, range(len(self.header))), pa.string())
        if texts:
            return everything
        rows = self._fields.plain(rows)
        try:
            columns = self._fields.columns(rows, everything)
        except REFUSALS:
            raise self._misfit(rows, [{}], whole=True) from None
        floats = {str(self.header.index(name)) for name in used}
        numerals = self._fields.numerals
        found: Types = {}
        for name, column in columns.items():
            plain = numerals.plain(column)
            is_float = name in floats and fits_floats(plain, numerals.no_values)
            found[name] = pa.float64() if is_float else kind_of(plain, numerals.no_values)
        return found

    def _written(self, field: pa.Array, texts: bool) -> pa.Array:
        """A column of whole rows as it goes on: as texts, or null for an empty one."""
        if not pa.types.is_string(field.type):
            return field
        if texts:
            if not self._keeps_texts and self._fields.numerals.changed(field).any():
                raise pa.ArrowInvalid("a number in another dialect")
            return field if self._keeps_texts else self._fields.numerals.in_csv(field)
        return _without_empty(field)


def _keeping(batches: Iterator[memoryview], last: deque[memoryview]) -> Iterator[memoryview]:
    """The batches; the last one stays in `last`."""
    for rows in batches:
        last.append(rows)
        yield rows


def _without_empty(column: pa.Array) -> pa.Array:
    """Texts with null for an empty field."""
    return pc.if_else(pc.equal(column, ""), None, column)


def _header_line(names: list[str], delimiter: str) -> bytes:
    """The header as the first line."""
    special = set('"\r\n' + delimiter)
    shown = ['"' + name.replace('"', '""') + '"' if special & set(name) else name for name in names]
    return (delimiter.join(shown) or '""').encode("utf-8", "surrogatepass") + b"\n"


def _to_text(delimiter: str) -> ToText:
    """Rows as CSV, quoted only where a text needs it; null is an empty field."""
    import pyarrow.csv as pacsv  # type: ignore[import-untyped]

    options = pacsv.WriteOptions(include_header=False, quoting_style="none", delimiter=delimiter)

    def encode(batch: pa.RecordBatch) -> Any:
        alone = batch.num_columns == 1
        plain = [not alone and _needs_no_quotes(column, delimiter) for column in batch.columns]
        if all(plain):
            sink = pa.BufferOutputStream()
            pacsv.write_csv(batch, sink, options)
            return sink.getvalue()
        columns = []
        for name, column, simple in zip(batch.schema.names, batch.columns, plain, strict=True):
            with refusals(name, "CSV"):
                texts = texts_of(column)
            columns.append(texts if simple else _quoted_texts(texts, delimiter, alone))
        return joined(columns, delimiter)

    return encode


def _needs_no_quotes(column: pa.Array, delimiter: str) -> bool:
    """Whether no field needs quotes, at a glance: False is "perhaps"."""
    if not pa.types.is_string(column.type):
        return bool(pa.types.is_primitive(column.type))
    _, offsets, data = column.buffers()
    if data is None:
        return True
    first, end = (
        int.from_bytes(offsets[4 * i : 4 * i + 4], "little") for i in (column.offset, column.offset + len(column))
    )
    characters = bytes(data[first:end])
    return not any(special.encode() in characters for special in ('"', delimiter, "\n", "\r"))


def _quoted_texts(texts: pa.Array, delimiter: str, alone: bool) -> pa.Array:
    """The fields, quoted where they must be: an empty one too if it is `alone`, as an empty line is no row."""
    texts = pc.fill_null(texts, "") if alone else texts
    special = pc.match_substring_regex(texts, f'["\\r\\n{delimiter}]' + ("|^$" if alone else ""))
    quotes = pc.binary_join_element_wise('"', pc.replace_substring(texts, '"', '""'), '"', "")
    return pc.if_else(special, quotes, texts)
