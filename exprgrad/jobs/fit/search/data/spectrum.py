"""What a wave of each of many frequencies explains of values in rows, by products of matrices or a fast transform.

A wave is a sine, a cosine and a constant. With the sums S of w*exp(i*f*x), of w*exp(2*i*f*x) and of w*y*exp(i*f*x) over
the rows, its least squares are a formula (Zechmeister and Kürster 2009, Astronomy & Astrophysics 496).
"""

from __future__ import annotations

from collections.abc import Callable
from math import pi
from typing import Any

import numpy as np

from exprgrad.jobs.fit.reduction import Floats

_TOGETHER = 256
"""Frequencies, the steps between which are waves that all blocks of so many share."""


class Spectrum:
    """The powers of one grid of frequencies."""

    def __init__(self, grid: Floats, weight: Floats, sums: Callable[[Floats, int], Any]) -> None:
        """`sums(v, k)` are those of v*exp(i*k*f*x) over the rows, for each f of the grid."""
        self.grid, self.weight, self.sums = grid, weight, sums
        total = float(weight.sum())
        one, two = sums(weight, 1), sums(weight, 2)
        self.cosine, self.sine = one.real / total, one.imag / total
        self.cc = (total + two.real) / 2 - total * self.cosine**2
        self.ss = (total - two.real) / 2 - total * self.sine**2
        self.cs = two.imag / 2 - total * self.cosine * self.sine

    def centred(self, y: Floats) -> Floats:
        """Without the weighted mean."""
        found: Floats = y - (self.weight @ y) / self.weight.sum()
        return found

    def squares(self, y: Floats) -> float:
        """Around the mean."""
        return float(self.weight @ self.centred(y) ** 2)

    def powers(self, y: Floats) -> Floats:
        """What a wave of each frequency explains of the squares around the mean."""
        pulled = self.sums(self.weight * self.centred(y), 1)
        c, s = pulled.real, pulled.imag
        det = self.cc * self.ss - self.cs**2
        good = (det > 1e-9 * self.cc * self.ss) & (self.cc > 0) & (self.ss > 0)
        power = (self.ss * c**2 - 2 * self.cs * c * s + self.cc * s**2) / np.where(good, det, 1)
        return np.where(good, power, 0.0)


def spectrum(x: Floats, weight: Floats, first: float, count: int, step: float = 0.0) -> Spectrum:
    """At `count` frequencies from the first on, that far apart; by default at its multiples."""
    step = step or first
    x = x - x.mean()
    together = min(_TOGETHER, count)
    blocks = first + step * together * np.arange(-(-count // together))
    steps = np.exp(1j * step * np.arange(together)[:, None] * x)
    waves = np.exp(1j * blocks[:, None] * x)

    def sums(values: Floats, turns: int) -> Any:
        return ((waves**turns * values) @ (steps**turns).T).reshape(-1)[:count]

    grid: Floats = first + step * np.arange(count, dtype=np.float64)
    return Spectrum(grid, weight, sums)


def even_spectrum(x: Floats, weight: Floats, step: float, fine: int) -> Spectrum:
    """Up to the highest frequency that rows at multiples of a step tell apart, `fine` to the width of a peak."""
    place = np.round((x - x.min()) / step).astype(np.int64)
    size = 1 << int(np.ceil(np.log2(2 * fine * (int(place.max()) + 1))))

    def sums(values: Floats, turns: int) -> Any:
        whole = np.conj(np.fft.fft(np.bincount(place, weights=values, minlength=size)))
        return whole[turns * np.arange(1, size // 2) % size]

    grid: Floats = 2 * pi / size / step * np.arange(1, size // 2, dtype=np.float64)
    return Spectrum(grid, weight, sums)
