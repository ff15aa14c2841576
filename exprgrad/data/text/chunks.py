"""A text stream cut at row ends into chunks, which several threads parse while their order holds."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from exprgrad.data.stores.bytesource import ByteSource
from exprgrad.data.stores.reading import fill
from exprgrad.data.text.rows import last_end
from exprgrad.errors import DataError
from exprgrad.text.escapes import visible

T = TypeVar("T")
U = TypeVar("U")

CHUNK = 8 << 20
"""Bytes of a chunk: long enough to forget the cost of a call, short enough for the cache and for memory."""

LONGEST = 64 << 20
"""Bytes of the longest row."""


def chunks(
    source: ByteSource, start: int, stop: int | None, delimiter: str | None
) -> Generator[memoryview, None, None]:
    """Whole rows, some megabytes at a time, of those between two bytes; to the end without `stop`."""
    stream = source.open(start, stop)
    try:
        tail = b""
        while True:
            room = min(max(CHUNK, len(tail)), LONGEST + 1 - len(tail))  # a row longer than a chunk: the step doubles
            text = bytearray(len(tail) + room)
            place = memoryview(text)
            place[: len(tail)] = tail
            got = fill(stream, place[len(tail) :], source.name, source.compression)
            end = len(tail) + got
            if got < room:
                if end:
                    yield memoryview(text)[:end]
                return
            cut = last_end(text, end, delimiter)
            tail = bytes(place[cut:end])  # a slice of a bytearray, where memory ends, is a SystemError, too
            if cut:
                yield memoryview(text)[:cut]
            elif len(tail) > LONGEST:
                raise too_long(source.name, hint="is a quote left open?" if delimiter else "")
    finally:
        stream.close()


def too_long(name: str, hint: str = "") -> DataError:
    """A row that is not read."""
    return DataError(f"{visible(name)}: a row is longer than {LONGEST >> 20} MB", hint=hint)


def in_order(work: Callable[[T], U], items: Iterator[T], most: int = 8) -> Iterator[tuple[T, Future[U]]]:
    """Each item with its work, done on as many threads as there are processors, or `most`, in the order of the items.

    Where an item cannot be had, those before it come first.
    """
    workers = min(os.cpu_count() or 1, most)
    pending: deque[tuple[T, Future[U]]] = deque()
    refused: DataError | None = None
    with ThreadPoolExecutor(workers) as pool:
        try:
            try:
                for item in items:
                    pending.append((item, pool.submit(work, item)))
                    if len(pending) > workers:
                        yield pending.popleft()
            except DataError as error:
                refused = error
            while pending:
                yield pending.popleft()
            if refused:
                raise refused
        finally:
            for _, future in pending:
                future.cancel()


def ahead(items: Iterator[T]) -> Iterator[T]:
    """The items, the next one under way on a thread while the last is used."""
    end = object()
    with ThreadPoolExecutor(1) as pool:
        under_way = pool.submit(next, items, end)
        while (item := under_way.result()) is not end:
            under_way = pool.submit(next, items, end)
            yield item  # type: ignore[misc]
