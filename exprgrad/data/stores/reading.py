"""Reading so many bytes of a stream, and the errors where that fails."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from typing import Protocol

from exprgrad.data.faults import unreadable
from exprgrad.errors import DataError
from exprgrad.text.escapes import visible


class Stream(Protocol):
    """Bytes to be read once, from front to back."""

    def readinto(self, buffer: memoryview, /) -> int | None: ...
    def close(self) -> None: ...


class Blocks(io.RawIOBase):
    """A stream of the bytes that an iterator gives, block after block."""

    def __init__(self, blocks: Iterator[bytes], close: Callable[[], None] = lambda: None) -> None:
        """`close` is called when the stream is closed."""
        self._blocks = blocks
        self._close = close
        self._rest = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview, /) -> int:  # type: ignore[override]
        """Raises what the iterator raises."""
        while not self._rest:
            block = next(self._blocks, None)
            if block is None:
                return 0
            self._rest = memoryview(block)
        part = self._rest[: len(buffer)]
        buffer[: len(part)] = part
        self._rest = self._rest[len(part) :]
        return len(part)

    def close(self) -> None:
        self._close()
        super().close()


def fill(stream: Stream, buffer: memoryview, name: str, compression: str | None = None) -> int:
    """Read until the buffer is full or the stream ends; gives the number of bytes.

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
        raise failed(error, name, compression) from None
    return size


def failed(error: OSError, name: str, compression: str | None) -> DataError:
    """The error for what cannot be read, or not be unpacked: then it has no number of the system's."""
    if error.errno is not None or compression is None:
        return unreadable(name, error)
    fate = "are cut short" if "truncated" in str(error).lower() else "are damaged"
    return DataError(f"{visible(name)}: the {compression} data {fate}")


def read_up_to(stream: Stream, size: int, name: str, compression: str | None = None) -> bytes:
    """The next bytes; fewer only at the end of the stream."""
    buffer = memoryview(bytearray(size))
    return bytes(buffer[: fill(stream, buffer, name, compression)])
