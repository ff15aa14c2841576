"""The bytes of files and pipes, decompressed, from the start as often as they are needed."""

from __future__ import annotations

import io
import os
import stat
import sys
import tempfile
import weakref
from collections.abc import Callable
from typing import IO, NamedTuple, Protocol

import pyarrow as pa  # type: ignore[import-untyped]

from exprgrad.data.faults import unreadable
from exprgrad.data.stores.urls import is_url
from exprgrad.errors import DataError, OutputError, UsageError
from exprgrad.text.escapes import visible

_MAGIC = {b"\x1f\x8b": "gzip", b"\x28\xb5\x2f\xfd": "zstd"}
_SUFFIXES = {".gz": "gzip", ".zst": "zstd", ".zstd": "zstd"}
_IN_MEMORY = 1 << 26
"""Bytes of a pipe that are kept in memory; more go to a temporary file."""
_SNIFFED = 4096
"""First bytes that tell the format."""


class Stream(Protocol):
    """Bytes to be read once, front to back."""

    def readinto(self, buffer: memoryview, /) -> int | None: ...
    def close(self) -> None: ...


class Origin(NamedTuple):
    """Where a file is, for other machines too, and how another one of the same name is told."""

    path: str
    """From the root, or a URL."""
    size: int | None
    version: str = ""
    """What a store says of the content, as far as it does."""
    ranged: bool = True
    """Whether a part can be read without what is before it."""


class Source:
    """One file or pipe. `compression` is "gzip", "zstd" or None; `start` its first bytes, decompressed.

    `origin` is None for a pipe; `far` says that reading takes requests to another machine.
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
        self.compression = next((codec for magic, codec in _MAGIC.items() if head.startswith(magic)), None)
        expected = _SUFFIXES.get(os.path.splitext(name)[1].lower())
        if expected and self.compression != expected:
            raise DataError(f"{visible(name)} is not a {expected} file, in spite of its name")
        self.start = self.peek(_SNIFFED)
        if not self.start:
            raise DataError(f"{visible(name)} is empty")

    def peek(self, size: int) -> bytes:
        """The first bytes of the content, fewer if there are no more."""
        stream = self._decompressed(self._opener(True))
        try:
            return read_up_to(stream, size, self.name, self.compression)
        finally:
            stream.close()

    def open(self, start: int = 0, stop: int | None = None) -> Stream:
        """The content from a byte on, to its end or before another; a pipe that is not kept gives it once."""
        raw = self._opener(False)
        stream = self._decompressed(raw)
        if stream is raw and raw.seekable():
            raw.seek(start)
        else:
            read_up_to(stream, start, self.name, self.compression)
        return stream if stop is None else _Slice(stream, stop - start)

    def open_anywhere(self) -> pa.NativeFile:
        """The bytes as they are stored, at any place; if need be, those of an anonymous temporary copy."""
        if self._anywhere is not None:
            return self._anywhere()
        if self._copy is None:
            self._copy = _temporary(self.name)
            weakref.finalize(self, self._copy.close)
            with self._opener(False) as raw:
                while block := read_up_to(raw, 1 << 20, self.name):
                    _spool(self._copy, block, self.name)
        copy: io.RawIOBase = open(os.dup(self._copy.fileno()), "rb", buffering=0)  # noqa: SIM115
        copy.seek(0)
        return pa.PythonFile(copy, mode="r")

    def _decompressed(self, raw: io.RawIOBase) -> Stream:
        if self.compression is None:
            return raw
        stream: Stream = pa.CompressedInputStream(pa.PythonFile(raw, mode="r"), self.compression)
        return stream


def open_source(path: str, *, again: Callable[[], bool], name: str = "") -> Source:
    """A file, also at a URL, or standard input for "-"; a pipe's content is kept for further passes where `again` says
    so by the time that it is read. `name` is what messages call it, by default its path.

    Raises DataError for a file that is missing, empty, a folder or not to be read.
    """
    if path == "-":
        if sys.stdin is None:
            raise UsageError("standard input is closed")
        pipe = Pipe(sys.stdin.buffer, "standard input", again)
        return Source(pipe.name, pipe.open)
    if is_url(path):
        return _remote(path)
    if not path:
        raise DataError("no file has an empty name")
    try:
        raw = open(path, "rb", buffering=0)  # noqa: SIM115
    except OSError as error:
        raise unreadable(name or path, error) from None
    except ValueError:  # a null character in the name
        raise DataError(f"cannot read {visible(name or path)}: no file can have this name") from None
    status = os.fstat(raw.fileno())
    if not stat.S_ISREG(status.st_mode):
        pipe = Pipe(raw, path, again)
        weakref.finalize(pipe, raw.close)
        return Source(path, pipe.open)
    raw.close()

    def reopen(peek: bool) -> io.RawIOBase:
        try:
            return open(path, "rb", buffering=0)
        except OSError as error:
            raise unreadable(name or path, error) from None

    return Source(name or path, reopen, Origin(os.path.abspath(path), status.st_size), lambda: pa.OSFile(path))


def _remote(url: str) -> Source:
    from exprgrad.data.stores.remote import Forward, anywhere, opened

    store = opened(url)
    origin = Origin(url, store.size, store.version, store.ranged)
    return Source(store.name, lambda peek: Forward(store), origin, anywhere(store))


class _Slice:
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


class Pipe:
    """What was read from a pipe for a first look, or all of it if `again()`, can be read again."""

    def __init__(self, raw: IO[bytes], name: str, again: Callable[[], bool]):
        self.name = name
        self._raw = raw
        self._again = again
        self._kept: IO[bytes] = tempfile.SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115 - closed by the next line
        weakref.finalize(self, self._kept.close)
        self._kept_size = 0
        self._size = 0

    def open(self, peek: bool) -> io.RawIOBase:
        """The content from the start; what `peek` reads is kept."""
        if self._size > self._kept_size:
            raise DataError(f"{visible(self.name)} can be read only once", hint="write it to a file first")
        return _PipeReader(self, keep=peek or self._again())

    def read_at(self, position: int, size: int, keep: bool) -> bytes:
        """At most `size` bytes, at least one before the end."""
        if position < self._kept_size:
            self._kept.seek(position)
            return self._kept.read(min(size, self._kept_size - position))
        read = getattr(self._raw, "read1", self._raw.read)
        try:
            block: bytes = read(size) or b""
        except OSError as error:
            raise unreadable(self.name, error) from None
        self._size += len(block)
        if keep:
            self._kept.seek(0, io.SEEK_END)
            _spool(self._kept, block, self.name)
            self._kept_size += len(block)
        return block


class _PipeReader(io.RawIOBase):
    def __init__(self, pipe: Pipe, keep: bool):
        self._pipe = pipe
        self._keep = keep
        self._position = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview, /) -> int:  # type: ignore[override]
        block = self._pipe.read_at(self._position, len(buffer), self._keep)
        buffer[: len(block)] = block
        self._position += len(block)
        return len(block)


def fill(stream: Stream, buffer: memoryview, name: str, compression: str | None = None) -> int:
    """Read until the buffer is full or the stream ends: the number of bytes.

    Raises DataError where the medium fails or the compressed data are damaged.
    """
    size = 0
    try:
        while size < len(buffer):
            got = stream.readinto(buffer[size:])
            if not got:
                break
            size += got
    except OSError as error:
        if error.errno is not None or compression is None:
            raise unreadable(name, error) from None
        fate = "are cut short" if "truncated" in str(error).lower() else "are damaged"
        raise DataError(f"{visible(name)}: the {compression} data {fate}") from None
    return size


def read_up_to(stream: Stream, size: int, name: str, compression: str | None = None) -> bytes:
    """The next bytes, fewer only at the end."""
    buffer = memoryview(bytearray(size))
    return bytes(buffer[: fill(stream, buffer, name, compression)])


def _temporary(name: str) -> IO[bytes]:
    try:
        return tempfile.TemporaryFile(buffering=0)
    except OSError as error:
        raise OutputError(f"no temporary file for {visible(name)}: {error.strerror}") from None


def _spool(copy: IO[bytes], block: bytes, name: str) -> None:
    """Append to a temporary copy, all of it (an unbuffered write may take a part only)."""
    rest = memoryview(block)
    try:
        while rest:
            rest = rest[copy.write(rest) :]
    except OSError as error:
        raise OutputError(
            f"no room for a temporary copy of {visible(name)} in {tempfile.gettempdir()}: {error.strerror}",
            hint="set TMPDIR to a folder with more",
        ) from None
