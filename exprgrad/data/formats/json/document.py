"""Tables as JSON documents: an array of objects, the rows, read and written; or an object of arrays, the columns, read.

The rows go through `ndjson`: all that holds there holds here.
"""

from __future__ import annotations

import json
from functools import partial
from typing import Any

import pyarrow as pa  # type: ignore[import-untyped]

from exprgrad.data.formats.format import Encoder
from exprgrad.data.formats.json.lines import ArrayLines, ColumnLines
from exprgrad.data.formats.json.ndjson import Ndjson
from exprgrad.data.formats.json.text import write as write_lines
from exprgrad.data.read_options import ReadOptions
from exprgrad.data.stores.bytesource import Bounds, ByteSource

_BOM = b"\xef\xbb\xbf"
_FIRST = 1 << 20
"""Bytes in which the first line of a file with one object a line most likely ends."""


def read(source: ByteSource, options: ReadOptions, bounds: Bounds | None, types: pa.Schema | None) -> Ndjson:
    """A reader: see `format.Codec`. A file with one object a line may be called .json, too."""
    start = source.start.removeprefix(_BOM).lstrip()
    if start.startswith(b"{"):
        if _is_ndjson(source):
            return Ndjson(source, bounds, types)
        return _Rows(source.through(partial(ColumnLines, name=source.name)))
    return _Rows(source.through(partial(ArrayLines, name=source.name)))


def _is_ndjson(source: ByteSource) -> bool:
    """Whether the first line is an object by itself, and not one of arrays, or with rows in one, alone in its file."""
    start = source.peek(_FIRST).removeprefix(_BOM).lstrip()
    line, _, rest = start.partition(b"\n")
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return bool(rest.lstrip().startswith(b"{"))
    return bool(rest.strip()) or not (
        all(isinstance(value, list) for value in found.values())
        or any(isinstance(value, list) and value and isinstance(value[0], dict) for value in found.values())
    )


class _Rows(Ndjson):
    """The rows of a document, which is read from front to back."""

    def divisions(self, size: int | None) -> list[tuple[Bounds, float]]:
        return []


def write(sink: Any, schema: pa.Schema, streamed: bool) -> Encoder:
    """An encoder: see `format.Codec`."""
    return _Array(sink, schema, streamed)


class _Array:
    """Writes an array with an object a line."""

    def __init__(self, sink: Any, schema: pa.Schema, streamed: bool) -> None:
        self._sink = sink
        self._before = b"[\n"
        self._encoder = write_lines(_Joined(self), schema, streamed)

    def write(self, batch: pa.RecordBatch) -> None:
        self._encoder.write(batch)

    def put(self, lines: bytes) -> None:
        """Whole lines, with an object each: no line ends within one."""
        if lines:
            self._sink.write(self._before + lines[:-1].replace(b"\n", b",\n"))
            self._before = b",\n"

    def close(self) -> None:
        self._encoder.close()
        self._sink.write(b"[]\n" if self._before == b"[\n" else b"\n]\n")


class _Joined:
    """What the lines are written to."""

    def __init__(self, array: _Array) -> None:
        self._array = array

    def write(self, lines: Any) -> None:
        self._array.put(bytes(lines))
