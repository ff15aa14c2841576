"""Pipes give their bytes once, so bytes that may be needed again are kept; many of them in a temporary file."""

from __future__ import annotations

import io
import tempfile
import weakref
from collections.abc import Callable
from typing import IO

from exprgrad.data.faults import unreadable
from exprgrad.errors import DataError, OutputError
from exprgrad.text.escapes import visible

_IN_MEMORY = 1 << 26
"""Bytes of a pipe that are kept in memory; more go to a temporary file."""


class Pipe:
    """A pipe that can be read again as far as it was kept: what a first look has read, or all of it if `again()`."""

    def __init__(self, raw: IO[bytes], name: str, again: Callable[[], bool]):
        self.name = name
        self._raw = raw
        self._again = again
        self._kept: IO[bytes] = tempfile.SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115 - closed by the next line
        weakref.finalize(self, self._kept.close)
        self._kept_size = 0
        self._size = 0

    def open(self, peek: bool) -> io.RawIOBase:
        """The content from the start. With `peek` what is read is kept."""
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
            spool(self._kept, block, self.name)
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


def temporary_copy(name: str) -> IO[bytes]:
    """An anonymous file for the bytes of the file of this name."""
    try:
        return tempfile.TemporaryFile(buffering=0)
    except OSError as error:
        raise OutputError(f"no temporary file for {visible(name)}: {error.strerror}") from None


def temporary_folder(name: str) -> str:
    """A folder that is only for this user, for the bytes of the file of this name."""
    try:
        return tempfile.mkdtemp(prefix="exprgrad-")
    except OSError as error:
        raise OutputError(f"no temporary folder for {visible(name)}: {error.strerror}") from None


def spool(copy: IO[bytes], block: bytes, name: str) -> None:
    """Append all of a block to a temporary copy (one unbuffered write may take some of it only)."""
    rest = memoryview(block)
    try:
        while rest:
            rest = rest[copy.write(rest) :]
    except OSError as error:
        raise OutputError(
            f"no room for a temporary copy of {visible(name)} in {tempfile.gettempdir()}: {error.strerror}",
            hint="set TMPDIR to a folder with more",
        ) from None
