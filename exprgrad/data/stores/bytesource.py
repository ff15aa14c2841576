"""The bytes of one file, pipe or URL: decompressed, from the start as often as they are needed, or at any place."""

from __future__ import annotations

import io
import os
import weakref
from collections.abc import Callable
from copy import copy
from shutil import rmtree
from typing import IO, NamedTuple

import pyarrow as pa  # type: ignore[import-untyped]

from exprgrad.data.stores.compression import compression_by_name, compression_by_start
from exprgrad.data.stores.pipe import spool, temporary_copy, temporary_folder
from exprgrad.data.stores.reading import Stream, failed, read_up_to
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

    `origin` is None for a pipe; `far` says that each read is a request to another machine; `member` is the name of the
    file within, where it is a zip archive.
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
        self._change: Callable[[Stream], Stream] | None = None
        self._unchanged: ByteSource | None = None
        self._copy: IO[bytes] | None = None
        self._path: str | None = None
        with opener(True) as raw:
            head = read_up_to(raw, 16, name)
        if not head:
            raise DataError(f"{visible(name)} is empty")
        self._compression = compression_by_start(head)
        expected = compression_by_name(name)
        if expected and self._compression != expected:
            raise DataError(f"{visible(name)} is not a {expected.name} file, in spite of its name")
        self.member = self._member()
        if self._compression and self._compression.anywhere and self.member is None:
            self._compression = None
        self.compression = self._compression.name if self._compression else None
        self.start = self.peek(_SNIFFED)
        if not self.start:
            raise DataError(f"{visible(name)} is empty")

    def peek(self, size: int) -> bytes:
        """The first bytes of the content; fewer if there are no more."""
        stream = self._content(True)
        try:
            return read_up_to(stream, size, self.name, self.compression)
        finally:
            stream.close()

    def open(self, start: int = 0, stop: int | None = None) -> Stream:
        """The content from a byte on, to its end or before another byte. A pipe that is not kept gives it once."""
        stream = self._content(False)
        if isinstance(stream, io.RawIOBase) and self._compression is None and stream.seekable():
            stream.seek(start)
        else:
            read_up_to(stream, start, self.name, self.compression)
        return stream if stop is None else _Beginning(stream, stop - start)

    def through(self, change: Callable[[Stream], Stream]) -> ByteSource:
        """The same source, whose content is what a stream makes of it."""
        changed = copy(self)
        changed._unchanged = self  # whose temporary copy it shares
        changed._change = change
        changed.start = changed.peek(_SNIFFED)
        return changed

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
        return pa.PythonFile(self._stored(False), mode="r")

    def _stored(self, peek: bool) -> io.RawIOBase:
        """The stored bytes from their start: those of the temporary copy, if there is one."""
        if self._copy is None:
            return self._opener(peek)
        copy: io.RawIOBase = open(os.dup(self._copy.fileno()), "rb", buffering=0)  # noqa: SIM115
        copy.seek(0)
        return copy

    def on_disk(self) -> str:
        """The path of a file with the stored bytes, for what opens files itself: this one, or a private copy, which
        goes when the source does."""
        if self.origin is not None and not self.far:
            return self.origin.path
        if self._path is None:
            folder = temporary_folder(self.name)
            weakref.finalize(self, rmtree, folder, ignore_errors=True)
            self._path = os.path.join(folder, "copy")
            with open(self._path, "wb", buffering=0) as file, self._stored(False) as raw:
                while block := read_up_to(raw, 1 << 20, self.name):
                    spool(file, block, self.name)
        return self._path

    def _content(self, peek: bool) -> Stream:
        """The content from its start."""
        stream = self._decompressed(peek)
        return stream if self._change is None else self._change(stream)

    def _decompressed(self, peek: bool) -> Stream:
        if self._compression is None:
            return self._stored(peek)
        try:
            raw = self.open_anywhere() if self._compression.anywhere else self._stored(peek)
            stream: Stream = self._compression.read(raw)
        except OSError as error:
            raise failed(error, self.name, self._compression.name) from None
        return stream

    def _member(self) -> str | None:
        if self._compression is None or not self._compression.anywhere:
            return None
        from exprgrad.data.stores.unpacked import member_of

        with self.open_anywhere() as archive:
            return member_of(archive, self.name, "FILE" if self.origin is None or self.far else self.name)


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
