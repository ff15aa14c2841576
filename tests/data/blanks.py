"""A small data format, which docs/adding-a-data-format.md shows: numbers between blanks, under a line of names."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence
from typing import Any

import pyarrow as pa

from exprgrad.data.batch import FileBatch
from exprgrad.data.faults import not_a_number
from exprgrad.data.formats.format import Codec, Encoder, Format
from exprgrad.data.formats.texts import TextEncoder, check_types
from exprgrad.data.read_options import ReadOptions
from exprgrad.data.stores.bytesource import Bounds, ByteSource
from exprgrad.data.text.batches import batches


def read(source: ByteSource, options: ReadOptions, bounds: Bounds | None, types: object) -> Blanks:
    return Blanks(source)


class Blanks:
    first = 0
    notes = ()

    def __init__(self, source: ByteSource) -> None:
        self.name, self.origin = source.name, source.origin
        self._source = source
        lines = io.BytesIO(source.start)
        line = next(line for line in lines if not line.startswith(b"#"))
        self._begin = lines.tell()
        self.header = tuple(line.decode().split())

    def batches(self, used: Sequence[str], whole: bool, texts: bool) -> Iterator[FileBatch]:
        for rows in batches(self._source, self._begin, None, delimiter=None):
            table = [line.split() for line in bytes(rows).splitlines()]
            columns = {name: [row[k] for row in table] for k, name in enumerate(self.header)}
            names = self.header if whole else used
            arrays = {name: pa.array(list(_numbers(name, columns[name]))) for name in names}
            batch = pa.RecordBatch.from_pydict(arrays) if whole else None
            yield FileBatch([arrays[name] for name in used], batch)


def _numbers(name: str, fields: Sequence[bytes]) -> Iterator[float]:
    for row, field in enumerate(fields):
        try:
            yield float(field)
        except ValueError:
            raise not_a_number(row, name, field.decode()) from None


def write(sink: Any, schema: pa.Schema, streamed: bool) -> Encoder:
    check_types(schema, "CSV")
    return TextEncoder(sink, " ".join(schema.names).encode() + b"\n", _lines)


def _lines(batch: pa.RecordBatch) -> bytes:
    columns = [map(repr, column.to_pylist()) for column in batch.columns]
    return "".join(" ".join(row) + "\n" for row in zip(*columns, strict=True)).encode()


BLANKS = Format(
    "blanks",
    (".blanks",),
    lambda: Codec(read, write),
    look=re.compile(rb"# blanks\n"),
    compressible=True,
)
