"""Spherical Bessel functions."""

from __future__ import annotations

import math
from math import nan


def _series(order: int, x: float) -> float:
    """Power series (DLMF 10.53.1)."""
    term = 1.0
    for k in range(1, order + 1):
        term *= x / (2 * k + 1)
    ratio, total, k = 1.0, 0.0, 0
    while abs(ratio) > 1e-18:
        k += 1
        ratio *= -x * x / (2 * k * (2 * (order + k) + 1))
        total += ratio
    return term + term * total


def spherical_bessel(n: float, x: float) -> float:
    """Power series for small x; upward recurrence from sin(x)/x for x > n, downward between (DLMF 10.51.1)."""
    if not (0 <= n <= 1000 and n == math.floor(n)) or x != x:
        return nan
    if math.isinf(x):
        return 0.0
    if x < 0:
        return -spherical_bessel(n, -x) if n % 2 else spherical_bessel(n, -x)
    order = int(n)
    if x * x < 2 * order + 1:
        return _series(order, x)
    before, value = math.cos(x) / x, math.sin(x) / x
    if x > order:
        for k in range(order):
            before, value = value, (2 * k + 1) * (value / x) - before
        return value
    # Miller's algorithm (DLMF 3.6): downward from far above, then scaled to the larger of j_0 and j_1.
    above, here, wanted = 0.0, 1e-290, 0.0
    for k in range(order + 30 + int(math.sqrt(40.0 * order)), 0, -1):
        above, here = here, (2 * k + 1) * (here / x) - above
        if k - 1 == order:
            wanted = here
        if abs(here) > 1e200:
            above, here, wanted = above * 1e-200, here * 1e-200, wanted * 1e-200
    first = value / x - before
    return wanted * (value / here if abs(here) > abs(above) else first / above)
