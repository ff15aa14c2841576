"""The peers that `benchmarks.kernels` times, a module each, behind one interface.

Every module has `load(workload, columns, threads) -> Kernel`, which raises AbsentError where the peer is not
installed or has nothing for that many threads, and `version() -> str`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


class AbsentError(Exception):
    """The peer cannot run this: the text says why."""


@dataclass(frozen=True)
class Kernel:
    """What is timed: the value, and the value with its gradient in the parameters' order (None if it has none)."""

    value: Callable[[], float]
    gradient: Callable[[], tuple[float, list[float]]] | None
