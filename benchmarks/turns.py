"""Contenders that are measured in turns, so that a machine which is busy for a while is so for all of them."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from statistics import median
from typing import Generic, NamedTuple, TypeVar

R = TypeVar("R")


class Turns(NamedTuple, Generic[R]):
    """What came of a contender's turns."""

    cpu: float
    """Seconds of all threads, the median."""
    wall: float
    result: R
    """Of its first turn, in which it imports and compiles, and which is not measured."""


def in_turns(contenders: Mapping[str, Callable[[], R]], rounds: int) -> dict[str, Turns[R]]:
    """Each contender once in each of the rounds."""
    results = {name: work() for name, work in contenders.items()}
    cpu: dict[str, list[float]] = {name: [] for name in contenders}
    wall: dict[str, list[float]] = {name: [] for name in contenders}
    for _ in range(rounds):
        for name, work in contenders.items():
            start, clock = time.process_time(), time.perf_counter()
            work()
            cpu[name].append(time.process_time() - start)
            wall[name].append(time.perf_counter() - clock)
    return {name: Turns(median(cpu[name]), median(wall[name]), results[name]) for name in contenders}
