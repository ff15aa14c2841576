"""Pieces of work on all threads, whose results come in their order."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from typing import TypeVar

R = TypeVar("R")


def in_order(work: Callable[[int], R], places: Sequence[int], threads: int | None = None) -> Iterator[R]:
    """What the work gives for each place, in the order of the places, on so many threads; None for all that the process
    may use. Two results a thread are under way at the most."""
    threads = threads or len(os.sched_getaffinity(0))
    if threads == 1 or len(places) <= 1:
        yield from map(work, places)
        return
    left = iter(places)
    with ThreadPoolExecutor(threads) as pool:
        waiting: deque[Future[R]] = deque()
        try:
            while True:
                for place in islice(left, 2 * threads - len(waiting)):
                    waiting.append(pool.submit(work, place))
                if not waiting:
                    return
                yield waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()
