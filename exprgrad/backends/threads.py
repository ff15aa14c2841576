"""Pieces of work on several threads."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from os import sched_getaffinity
from typing import TypeVar

S = TypeVar("S")
T = TypeVar("T")


def on_threads(work: Callable[[S], T], pieces: Iterable[S], threads: int | None) -> Iterator[T]:
    """What `work` makes of each piece, in their order. No more pieces are in memory than threads have use for."""
    count = threads or len(sched_getaffinity(0))
    waiting: deque[Future[T]] = deque()
    with ThreadPoolExecutor(count) as pool:
        for piece in pieces:
            waiting.append(pool.submit(work, piece))
            if len(waiting) > count:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
