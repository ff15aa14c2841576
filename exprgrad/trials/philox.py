"""Uniform numbers from a generator that counts: Philox4x64-10.

It is the one of Salmon, Moraes, Dror and Shaw (2011, "Parallel random numbers: as easy as 1, 2, 3", SC11). A number
depends on its seed, its stream and its place alone, so rows can be made in any division and any order.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

GROUP = 4
"""Numbers that one value of the counter gives: a start is a multiple of it."""
_LEAST = 2.0**-54
_NARROW = 1 - 2.0**-53


def uniforms(seed: int, stream: int, start: int, count: int) -> NDArray[np.float64]:
    """The numbers [count] of a stream from the place `start` on, which is a multiple of GROUP: above 0 and below 1,
    with 53 bits. Seed and stream are below 2^64.

    The key of the generator is (seed, stream), and the counter of the number at a place t is 1 + t // 4.
    """
    bits = np.random.Philox(key=np.array([seed, stream], dtype=np.uint64), counter=start // GROUP)
    found = np.random.Generator(bits).random(count)
    found *= _NARROW
    found += _LEAST
    return found


def words(seed: int, stream: int, count: int) -> NDArray[np.uint64]:
    """The first words [count] of 64 random bits of a stream. Seed and stream are below 2^64."""
    return np.random.Philox(key=np.array([seed, stream], dtype=np.uint64)).random_raw(count)
