"""Sobol' points with the scrambling of Owen: each depends on the seed, its dimension and its number alone.

A binary digit of a coordinate is flipped or not by chance, independently for each value of the digits before it (Owen
1997, Ann. Stat. 25, 1541). The points stay as even as they were, and each is uniform by itself. That is so for the
first TREE digits; the others are multiplied by a random lower triangular matrix of bits, and shifted by random ones,
independently for each value of the first digits (Matousek 1998, J. Complexity 14, 527), which gives means the same
variance.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from exprgrad.errors import LimitError
from exprgrad.trials.philox import words
from exprgrad.trials.quantiles import Floats
from exprgrad.trials.sobol.directions import BITS, DIMENSIONS, directions

DIGITS = 52
"""Binary digits of a coordinate."""
TREE = 12
_STREAM = 1 << 32
"""That of the first dimension: streams of trials are far below."""


class Points:
    """The points of a cube of some dimensions, up to `directions.DIMENSIONS`. There are 2^32 of them."""

    def __init__(self, dimensions: int, seed: int) -> None:
        """Raises LimitError for too many dimensions."""
        if dimensions > DIMENSIONS:
            raise LimitError(f"Sobol' points with {dimensions:,} variables; the limit is {DIMENSIONS:,}")
        drawn = np.array([words(seed, _STREAM + k, DIGITS + (1 << TREE)) for k in range(dimensions)])
        self._dimensions = dimensions
        self._directions = _multiplied(directions(dimensions), drawn[:, :DIGITS])
        """[dimensions, BITS], of which the highest of DIGITS bits is worth 1/2"""
        self._flips = _flips(drawn[:, DIGITS:])
        """[dimensions, 2^TREE]: which digits are flipped, by the first ones"""

    def columns(self, start: int, stop: int) -> list[Floats]:
        """All coordinates [stop - start] of the points from `start` up to `stop`, whatever these are."""
        size = 1 << max(stop - start - 1, 0).bit_length()
        first = start - start % size
        places = [first, first + size] if first + size < stop else [first]
        wholes = ([self.column(k, place, size) for place in places] for k in range(self._dimensions))
        return [np.concatenate(whole)[start - first : stop - first] for whole in wholes]

    def column(self, dimension: int, start: int, count: int) -> Floats:
        """A coordinate [count] of the points from `start` on, above 0 and below 1. `count` is a power of two, and
        `start` a multiple of it."""
        numbers = self._directions[dimension]
        found = np.empty(count, dtype=np.uint64)
        found[0] = 0
        for k in range(BITS):
            if start >> k & 1:
                found[0] ^= numbers[k]
        for k in range(count.bit_length() - 1):
            half = 1 << k
            np.bitwise_xor(found[:half], numbers[k], out=found[half : 2 * half])
        found ^= self._flips[dimension].take(found >> np.uint64(DIGITS - TREE))
        column = found.astype(np.float64)
        column += 0.5
        column *= 2.0**-DIGITS
        return column


def _multiplied(plain: NDArray[np.uint64], drawn: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """The direction numbers, multiplied by a random matrix for each dimension: its row for a digit of the result has
    random bits for the higher digits, 1 for the same digit, and 0 for the lower ones. `drawn` [dimensions, DIGITS] are
    random bits."""
    found = np.zeros_like(plain)
    one = np.uint64(1)
    for digit in range(DIGITS):
        known = min(digit, BITS)
        higher = ((1 << known) - 1) << (BITS - known)
        same = 1 << (BITS - 1 - digit) if digit < BITS else 0
        mask = (drawn[:, digit] & np.uint64(higher)) | np.uint64(same)
        parity = np.bitwise_count(plain & mask[:, None]).astype(np.uint64) & one
        found |= parity << np.uint64(DIGITS - 1 - digit)
    return found


def _flips(drawn: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Which digits [dimensions, 2^TREE] are flipped of coordinates with these first digits. The flip of a digit is the
    same for all that agree in the digits before it; `drawn` are as many random words."""
    found = drawn & np.uint64((1 << (DIGITS - TREE)) - 1)
    for digit in range(TREE):
        alike = 1 << (TREE - digit)
        bits = drawn[:, ::alike] >> np.uint64(63 - digit) & np.uint64(1)
        found |= np.repeat(bits << np.uint64(DIGITS - 1 - digit), alike, axis=1)
    return found
