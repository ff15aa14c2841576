"""Files at URLs: read from the start as often as needed, or at any place.

A store gives ranges of bytes: `web` those of web servers, `buckets` those of object stores.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Protocol

import pyarrow as pa  # type: ignore[import-untyped]

from exprgrad.data.stores.streams import read_up_to
from exprgrad.data.stores.urls import BUCKETS, WEB, Url, parsed
from exprgrad.errors import DataError
from exprgrad.text.escapes import visible

FIRST = 1 << 16
"""Bytes that are asked for at once: they tell the format, and the names of most columns."""
_BLOCK = 1 << 20
"""Bytes that are asked for at the least where a file is read here and there."""


class Store(Protocol):
    """A file somewhere else. Raises UnreadableError where it, or a part of it, does not come as it should."""

    name: str
    """What messages call it."""
    size: int | None
    """None where it is not told."""
    version: str
    """Is another one when the content is, as far as the place tells."""
    ranged: bool
    """Whether there is a quick way to any place."""
    start: bytes
    """The first bytes: FIRST of them, or all."""

    def open(self, start: int, end: int | None) -> io.RawIOBase:
        """The bytes from one on, before another, or to the end."""
        ...


def opened(address: str) -> Store:
    """The file at a URL. Raises UnreadableError if there is none to be read."""
    url = _known(address)
    if url.scheme in WEB:
        from exprgrad.data.stores.web import WebFile

        return WebFile(url)
    from exprgrad.data.stores.buckets import BucketFile

    return BucketFile(url)


def matching(address: str) -> list[str]:
    """The URLs that a URL stands for: those that fit it where it is a pattern, sorted. Raises DataError where it
    cannot be one, UnreadableError where no list is to be had."""
    url = _known(address)
    if url.scheme in BUCKETS:
        from exprgrad.data.stores import buckets

        return buckets.matching(url)
    if any(character in url.path for character in "*["):
        what = f"{visible(url.shown)} is a pattern, and web servers do not say which files they have"
        raise DataError(what, hint="give each URL; * and [ that belong to a name are written %2A and %5B")
    return [address]


def _known(address: str) -> Url:
    url = parsed(address)
    if url.scheme not in WEB + BUCKETS:
        what = f"cannot read {visible(url.shown)}: there is nothing to read {visible(url.scheme)}:// with"
        raise DataError(what, hint="give a file, or a URL with http, https, s3, gs or file")
    return url


class Forward(io.RawIOBase):
    """A store's bytes in one stream, opened when more than its start is asked for."""

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
    """A store's bytes by ranges."""

    def __init__(self, store: Store):
        super().__init__(store)
        self._block = store.start
        self._first = 0
        """Where the block begins that was fetched last."""

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
    """What opens a store to be read at any place, if it can be."""
    if store.size is not None and store.size == len(store.start):
        return lambda: pa.BufferReader(store.start)
    return (lambda: pa.PythonFile(Anywhere(store), mode="r")) if store.ranged else None
