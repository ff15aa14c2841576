"""What a store of files far away offers, and two ways to read one: from front to back, and at any place.

`web` has the store of web servers, `buckets` that of object stores; `schemes` says which URL is whose.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Protocol

import pyarrow as pa  # type: ignore[import-untyped]

from exprgrad.data.stores.reading import read_up_to

FIRST = 1 << 16
"""Bytes that are asked for at once: they tell the format, and the names of most columns."""
_BLOCK = 1 << 20
"""Bytes that a request asks for at the least where a file is read here and there."""


class Store(Protocol):
    """A file far away. Raises UnreadableError where it, or some of it, does not come as it should."""

    name: str
    """What messages call it."""
    size: int | None
    """Bytes; None where the store does not tell."""
    version: str
    """Changes when the content changes, as far as the store tells."""
    ranged: bool
    """Whether the bytes at any place can be asked for."""
    start: bytes
    """The first FIRST bytes, or all if there are fewer."""

    def open(self, start: int, end: int | None) -> io.RawIOBase:
        """The bytes from one on and before another, or to the end."""
        ...


class Forward(io.RawIOBase):
    """The bytes of a store from front to back, in one stream that is opened when more than the start is asked for."""

    def __init__(self, store: Store):
        self._store = store
        self._position = 0
        self._body: io.RawIOBase | None = None

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._position

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        if whence == io.SEEK_END and self._store.size is None:
            raise io.UnsupportedOperation("its end is not known")
        position = offset + (0, self._position, self._store.size or 0)[whence]
        if position != self._position:
            self._position = position
            self._end_body()
        return position

    def readinto(self, buffer: memoryview, /) -> int:  # type: ignore[override]
        store = self._store
        if self._position < len(store.start):
            block = store.start[self._position : self._position + len(buffer)]
            buffer[: len(block)] = block
            got = len(block)
        elif store.size is not None and self._position >= store.size:
            got = 0
        else:
            self._body = self._body or store.open(self._position, None)
            got = self._body.readinto(buffer) or 0
        self._position += got
        return got

    def close(self) -> None:
        self._end_body()
        super().close()

    def _end_body(self) -> None:
        if self._body is not None:
            self._body.close()
            self._body = None


class Anywhere(Forward):
    """The bytes of a store at any place, fetched in blocks; the last block is kept."""

    def __init__(self, store: Store):
        super().__init__(store)
        self._block = store.start
        self._first = 0
        """Where the last block begins."""

    def readinto(self, buffer: memoryview, /) -> int:  # type: ignore[override]
        assert self._store.size is not None
        wanted = min(len(buffer), self._store.size - self._position)
        if wanted <= 0:
            return 0
        if not 0 <= self._position - self._first <= len(self._block) - wanted:
            end = min(self._position + max(wanted, _BLOCK), self._store.size)
            with self._store.open(self._position, end) as body:
                self._block = read_up_to(body, end - self._position, self._store.name)
                self._first = self._position
        offset = self._position - self._first
        buffer[:wanted] = self._block[offset : offset + wanted]
        self._position += wanted
        return wanted


def anywhere(store: Store) -> Callable[[], pa.NativeFile] | None:
    """A function that opens a store to be read at any place; None if that cannot be done."""
    if store.size is not None and store.size == len(store.start):
        return lambda: pa.BufferReader(store.start)
    return (lambda: pa.PythonFile(Anywhere(store), mode="r")) if store.ranged else None
