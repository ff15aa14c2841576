"""Arrays of NumPy as tables: .npy with one of them, .npz with several. Objects, which could run programs, are refused.

An array with fields has a column for each, one of two dimensions the columns c1, c2, …, and one of one dimension c1, or
its own name in an .npz file. Nothing is believed of what a header says of the size.
"""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from math import prod
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa  # type: ignore[import-untyped]
from numpy.lib import format as npyformat
from numpy.typing import NDArray

from exprgrad.data.batch import FileBatch
from exprgrad.data.faults import quoted, unreadable
from exprgrad.data.formats.columnar import file_batch, uncompressed
from exprgrad.data.formats.foreign.npy_columns import arrow_of
from exprgrad.data.formats.nested import paths_of
from exprgrad.data.read_options import ReadOptions
from exprgrad.data.stores.bytesource import Bounds, ByteSource
from exprgrad.data.stores.reading import read_up_to
from exprgrad.errors import DataError, LimitError
from exprgrad.text.escapes import visible

_BYTES = 8 << 20
"""Bytes of a batch, about."""
_MOST = 100_000
"""Columns of an array."""
_LONGEST = 1 << 20
"""Bytes of a header."""


class Shape(NamedTuple):
    """What a header says of an array."""

    kind: np.dtype[Any]
    dimensions: tuple[int, ...]
    by_columns: bool
    """Whether the columns stand one after the other (Fortran order), and not the rows."""
    begin: int
    """The byte at which the numbers begin."""

    @property
    def rows(self) -> int:
        return self.dimensions[0] if self.dimensions else 1

    @property
    def row_size(self) -> int:
        return int(self.kind.itemsize) * prod(self.dimensions[1:])


def read(source: ByteSource, options: ReadOptions, bounds: Bounds | None, types: object) -> Arrays:
    """A reader: see `format.Codec`."""
    return Arrays(source, options)


class Arrays:
    """The arrays of a file side by side."""

    notes: tuple[str, ...] = ()
    first = 0

    def __init__(self, source: ByteSource, options: ReadOptions) -> None:
        self.name = source.name
        self.origin = source.origin
        self._source = source
        self._is_archive = source.start.startswith(b"PK")
        with self._told():
            self._shapes = self._found(options.sheet)
        empty = pa.RecordBatch.from_arrays(
            *self._columns([np.empty((0, *s.dimensions[1:]), s.kind) for s in self._shapes.values()])
        )
        self._schema = empty.schema
        self.header = tuple(self._schema.names)
        self.nested = paths_of(self._schema).keys()

    def batches(self, used: Sequence[str], whole: bool, texts: bool) -> Iterator[FileBatch]:
        """The used columns in the types of the file."""
        widest = max(shape.row_size for shape in self._shapes.values())
        size = max(_BYTES // max(widest, 1), 1)
        rows = next(iter(self._shapes.values())).rows
        with self._told(), ExitStack() as files:
            streams = [files.enter_context(self._opened(name)) for name in self._shapes]
            for start in range(0, rows, size):
                count = min(size, rows - start)
                taken = zip(streams, self._shapes.values(), strict=True)
                arrays = [self._rows(stream, shape, start, count) for stream, shape in taken]
                yield file_batch(pa.RecordBatch.from_arrays(*self._columns(arrays)), used, whole)
            for stream, shape in zip(streams, self._shapes.values(), strict=True):
                if self._take(stream, 1):  # the rows of Fortran order end with the last column, too
                    what = f"{visible(self.name)} holds more than the {shape.rows:,} rows that its header tells"
                    raise DataError(what, hint="is it several arrays? write them with np.savez")
        if whole and not rows:
            yield file_batch(pa.RecordBatch.from_pylist([], self._schema), used, whole)

    def _found(self, wanted: str | None) -> dict[str, Shape]:
        """The arrays that are the columns."""
        if not self._is_archive:
            with self._opened("") as stream:
                return {"": self._checked("", self._shape(stream))}
        with self._archive() as archive:
            names = [
                info.filename.removesuffix(".npy") for info in archive.infolist() if info.filename.endswith(".npy")
            ]
        if wanted is not None and wanted not in names:
            raise DataError(f"{visible(self.name)} has no array {quoted(wanted)}", hint=f"it has {_listed(names)}")
        shapes: dict[str, Shape] = {}
        for name in names if wanted is None else [wanted]:
            with self._opened(name) as stream:
                shapes[name] = self._shape(stream)
        if wanted is None and len(shapes) > 1:
            left = [name for name, shape in shapes.items() if not shape.dimensions]
            shapes = {name: shape for name, shape in shapes.items() if shape.dimensions}
            if left:
                self.notes = (f"{visible(self.name)}: {_listed(left)} left out, as no rows",)
        if not shapes:
            raise DataError(f"{visible(self.name)} holds no array")
        sizes = {name: shape.dimensions for name, shape in shapes.items()}
        if len(shapes) > 1 and (len(set(sizes.values())) > 1 or any(len(size) > 1 for size in sizes.values())):
            shown = ", ".join(f"{quoted(name)} {'×'.join(map(str, size))}" for name, size in list(sizes.items())[:8])
            what = f"{visible(self.name)}: the arrays do not make one table: {shown}"
            raise DataError(what, hint="choose one: --sheet NAME")
        return {name: self._checked(name, shape) for name, shape in shapes.items()}

    def _checked(self, name: str, shape: Shape) -> Shape:
        which = f"the array {quoted(name)}" if name else "the array"
        if shape.kind.hasobject:
            what = f"{visible(self.name)}: {which} holds Python objects, which could run any program and are not read"
            raise DataError(what, hint="write it as numbers: a.astype(float)")
        if len(shape.dimensions) > 2 or (shape.kind.names and len(shape.dimensions) > 1):
            size = "×".join(map(str, shape.dimensions))
            raise DataError(f"{visible(self.name)}: {which} is no table, {size}", hint="write a.reshape(len(a), -1)")
        if not shape.row_size:
            raise DataError(f"{visible(self.name)}: {which} holds nothing")
        if prod(shape.dimensions[1:]) > _MOST:
            raise LimitError(
                f"{visible(self.name)} has {prod(shape.dimensions[1:]):,} columns, and {_MOST:,} are the most"
            )
        return shape

    def _columns(self, arrays: Sequence[NDArray[Any]]) -> tuple[list[pa.Array], list[str]]:
        """The columns in rows of the arrays, and their names."""
        columns: list[pa.Array] = []
        names: list[str] = []
        for name, array in zip(self._shapes, arrays, strict=True):
            alone = not name or len(self._shapes) == 1
            if array.dtype.names:
                names += [field if alone else f"{name}.{field}" for field in array.dtype.names]
                columns += [arrow_of(field, array[field], self.name) for field in array.dtype.names]
            elif array.ndim == 2:
                names += [f"c{place}" for place in range(1, array.shape[1] + 1)]
                columns += [arrow_of(f"c{place + 1}", array[:, place], self.name) for place in range(array.shape[1])]
            else:
                names.append(name or "c1")
                columns.append(arrow_of(name or "c1", array, self.name))
        return columns, names

    def _shape(self, stream: Any) -> Shape:
        """What the header says, which stands at the beginning of a stream."""
        start = self._take(stream, 8)
        major = start[6] if len(start) == 8 else 0
        if not start.startswith(b"\x93NUMPY") or major not in (1, 2, 3):
            raise DataError(f"{visible(self.name)} is not a NumPy file, or is damaged")
        width = 2 if major == 1 else 4
        packed = self._take(stream, width)
        (size,) = struct.unpack("<H" if major == 1 else "<I", packed.ljust(width, b"\0"))
        if size > _LONGEST:
            raise DataError(f"{visible(self.name)}: the header of an array is longer than {_LONGEST >> 20} MB")
        text = self._take(stream, size)
        if major == 3:  # which is version 2 in UTF-8
            text = text.decode("utf-8").encode("latin-1", "backslashreplace")
        parse = npyformat.read_array_header_1_0 if major == 1 else npyformat.read_array_header_2_0
        file = io.BytesIO(struct.pack("<H" if major == 1 else "<I", len(text)) + text)
        try:
            dimensions, by_columns, kind = parse(file, max_header_size=_LONGEST)
        except MemoryError:
            raise
        except Exception:  # numpy lets out whatever the parser of Python raises
            raise ValueError from None
        if any(size < 0 for size in dimensions):
            raise ValueError
        return Shape(kind, tuple(dimensions), by_columns and len(dimensions) > 1, 8 + width + size)

    def _rows(self, stream: Any, shape: Shape, start: int, count: int) -> NDArray[Any]:
        """Some rows, which come next in the stream."""
        inner = shape.dimensions[1:]
        if not shape.by_columns:
            data = self._take(stream, count * shape.row_size)
            self._expect(data, count * shape.row_size)
            return np.frombuffer(data, shape.kind).reshape((count, *inner))
        columns = np.empty((inner[0], count), shape.kind)
        size = shape.kind.itemsize
        for place in range(inner[0]):
            stream.seek(shape.begin + (place * shape.rows + start) * size)
            data = self._take(stream, count * size)
            self._expect(data, count * size)
            columns[place] = np.frombuffer(data, shape.kind)
        return columns.T

    def _expect(self, data: bytes, size: int) -> None:
        if len(data) < size:
            raise DataError(f"{visible(self.name)} is cut short, or its header is damaged")

    def _take(self, stream: Any, size: int) -> bytes:
        """The next bytes; fewer where the stream ends. No more memory is taken than there are bytes."""
        blocks = []
        while size > 0 and (block := self._read(stream, min(size, _BYTES))):
            blocks.append(block)
            size -= len(block)
        return blocks[0] if len(blocks) == 1 else b"".join(blocks)

    def _read(self, stream: Any, size: int) -> bytes:
        if hasattr(stream, "read"):
            block: bytes = stream.read(size)
            return block
        return read_up_to(stream, size, self.name, self._source.compression)

    @contextmanager
    def _opened(self, name: str) -> Iterator[Any]:
        """An array from its header on, or from its numbers on when the header is known."""
        shapes = getattr(self, "_shapes", {})
        if self._is_archive:
            with self._archive() as archive, archive.open(f"{name}.npy") as stream:
                self._take(stream, shapes[name].begin if name in shapes else 0)
                yield stream
        elif name in shapes and shapes[name].by_columns:
            with uncompressed(self._source, "NumPy").open_anywhere() as stream:
                yield stream
        else:
            with closing(self._source.open(shapes[name].begin if name in shapes else 0)) as stream:
                yield stream

    @contextmanager
    def _archive(self) -> Iterator[zipfile.ZipFile]:
        with uncompressed(self._source, "NumPy").open_anywhere() as file, zipfile.ZipFile(file) as archive:
            yield archive

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Within it, what is said of damaged bytes is a DataError."""
        import zlib

        try:
            yield
        except OSError as error:
            raise unreadable(self.name, error) from None
        except (
            *(zipfile.BadZipFile, EOFError, zlib.error, struct.error, pa.ArrowException),
            *(ValueError, RuntimeError, LookupError, OverflowError, TypeError),
        ) as error:
            if isinstance(error, pa.ArrowMemoryError):
                raise
            raise DataError(f"{visible(self.name)} is not a NumPy file, or is damaged") from None


def _listed(names: Sequence[str]) -> str:
    return ", ".join(quoted(name) for name in names[:8]) + (", …" if len(names) > 8 else "")
