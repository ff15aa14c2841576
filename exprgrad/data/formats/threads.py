"""Work that is done ahead on threads, while its order is kept."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from exprgrad.errors import DataError

T = TypeVar("T")
U = TypeVar("U")


def in_order(work: Callable[[T], U], items: Iterator[T], most: int = 8) -> Iterator[tuple[T, Future[U]]]:
    """Each item with its work, in the order of the items. As many threads work as there are processors, or `most`, and
    as many items wait for them, so that no thread does while the answers are used.

    Where the next item cannot be had, the error comes after the items before it.
    """
    workers = min(os.cpu_count() or 1, most)
    pending: deque[tuple[T, Future[U]]] = deque()
    refused: DataError | None = None
    with ThreadPoolExecutor(workers) as pool:
        try:
            try:
                for item in items:
                    pending.append((item, pool.submit(work, item)))
                    if len(pending) > 2 * workers:
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
    """The items; a thread fetches the next one while the last is used."""
    end = object()
    with ThreadPoolExecutor(1) as pool:
        under_way = pool.submit(next, items, end)
        while (item := under_way.result()) is not end:
            under_way = pool.submit(next, items, end)
            yield item  # type: ignore[misc]
