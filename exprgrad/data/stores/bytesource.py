"""The bytes of one file, pipe or URL: decompressed, from the start as often as they are needed, or at any place."""

from __future__ import annotations

import io
import os
import weakref
from collections.abc import Callable
from typing import IO, NamedTuple

import pyarrow as pa  # type: ignore[import-untyped]

from exprgrad.data.stores.compression import compression_by_name, compression_by_start
from exprgrad.data.stores.pipe import spool, temporary_copy
from exprgrad.data.stores.reading import Stream, read_up_to
from exprgrad.data.stores.urls import is_url
from exprgrad.errors import DataError
from exprgrad.text.escapes import visible

_SNIFFED = 4096
"""First bytes that tell the format."""


Bounds = tuple[int, int]
"""A part of a file, from one on and before another: bytes of a text, or row groups of a Parquet file."""


class Origin(NamedTuple):
    """Where a file is, also for other machines, and what tells it from another file of the same name."""

    path: str
    """From the root, or a URL."""
    size: int | None
    version: str = ""
    """The version of the content, where the store tells one."""
    ranged: bool = True
    """Whether a part can be read without what is before it."""


class ByteSource:
    """One file or pipe. `compression` is the name of one or None; `start` has the first bytes, decompressed.

    `origin` is None for a pipe; `far` says that each read is a request to another machine.
    """

    def __init__(
        self,
        name: str,
        opener: Callable[[bool], io.RawIOBase],
        origin: Origin | None = None,
        anywhere: Callable[[], pa.NativeFile] | None = None,
    ):
        """`anywhere` opens the file to be read at any place, if it can be."""
        self.name = name
        self.origin = origin
        self.far = origin is not None and is_url(origin.path)
        self._opener = opener
        self._anywhere = anywhere
        self._copy: IO[bytes] | None = None
        with opener(True) as raw:
            head = read_up_to(raw, 16, name)
        if not head:
            raise DataError(f"{visible(name)} is empty")
        self._compression = compression_by_start(head)
        self.compression = self._compression.name if self._compression else None
        expected = compression_by_name(name)
        if expected and self._compression != expected:
            raise DataError(f"{visible(name)} is not a {expected.name} file, in spite of its name")
        self.start = self.peek(_SNIFFED)
        if not self.start:
            raise DataError(f"{visible(name)} is empty")

    def peek(self, size: int) -> bytes:
        """The first bytes of the content; fewer if there are no more."""
        stream = self._decompressed(self._opener(True))
        try:
            return read_up_to(stream, size, self.name, self.compression)
        finally:
            stream.close()

    def open(self, start: int = 0, stop: int | None = None) -> Stream:
        """The content from a byte on, to its end or before another byte. A pipe that is not kept gives it once."""
        raw = self._opener(False)
        stream = self._decompressed(raw)
        if stream is raw and raw.seekable():
            raw.seek(start)
        else:
            read_up_to(stream, start, self.name, self.compression)
        return stream if stop is None else _Beginning(stream, stop - start)

    def open_anywhere(self) -> pa.NativeFile:
        """The stored bytes, to be read at any place; if need be, those of an anonymous temporary copy."""
        if self._anywhere is not None:
            return self._anywhere()
        if self._copy is None:
            self._copy = temporary_copy(self.name)
            weakref.finalize(self, self._copy.close)
            with self._opener(False) as raw:
                while block := read_up_to(raw, 1 << 20, self.name):
                    spool(self._copy, block, self.name)
        copy: io.RawIOBase = open(os.dup(self._copy.fileno()), "rb", buffering=0)  # noqa: SIM115
        copy.seek(0)
        return pa.PythonFile(copy, mode="r")

    def _decompressed(self, raw: io.RawIOBase) -> Stream:
        if self._compression is None:
            return raw
        stream: Stream = self._compression.read(raw)
        return stream


class _Beginning:
    """A stream that ends after so many bytes."""

    def __init__(self, stream: Stream, size: int):
        self._stream = stream
        self._rest = size

    def readinto(self, buffer: memoryview, /) -> int | None:
        got = self._stream.readinto(buffer[: self._rest])
        self._rest -= got or 0
        return got

    def close(self) -> None:
        self._stream.close()
