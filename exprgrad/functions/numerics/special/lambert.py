"""The principal branch of Lambert's W function (DLMF 4.13)."""

from __future__ import annotations

import math
from math import inf, nan

_END = 0.36787944117144233, -1.2428753672788363e-17  # 1/e
_SERIES = tuple((k - 1.0) / math.factorial(k) for k in range(28, 1, -1))


def _above_end(x: float) -> float:
    """1 + lambertw(x) = v for x < -1/4, where it is a small difference: of 1 + (v - 1)*e^v, a series of positive terms
    in v, we know the value 1 + e*x."""
    wanted = math.e * ((x + _END[0]) + _END[1])
    p = math.sqrt(2.0 * wanted)
    v = p * (1.0 - p * (1.0 / 3.0 - p * (11.0 / 72.0 - p * (43.0 / 540.0 - p * (769.0 / 17280.0)))))
    for _ in range(3):
        total = 0.0
        for coefficient in _SERIES:
            total = total * v + coefficient
        v -= (total * v * v - wanted) / (v * math.exp(v))
    return v


def lambertw(x: float) -> float:
    """The w >= -1 with w*e^w = x, by two steps of fourth order (Fritsch, Shafer and Crowley 1973)."""
    if x < -0.25:
        if x > -_END[0]:
            return _above_end(x) - 1.0
        return -1.0 if x == -_END[0] else nan
    if abs(x) < 1e-8:
        return x - x * x
    if not x < inf:
        return x
    size = math.log1p(x)
    w = size * (1.0 - math.log1p(size) / (2.0 + size))
    for _ in range(3):
        excess = math.log(x / w) - w
        q = 2.0 * (1.0 + w) * (1.0 + w + excess / 1.5)
        w += w * (excess / (1.0 + w)) * ((q - excess) / (q - 2.0 * excess))
    return w


def lambertw_slope(x: float) -> float:
    """exp(-w)/(1 + w) with w = lambertw(x)."""
    if x < -0.25:
        if x > -_END[0]:
            v = _above_end(x)
            return math.exp(1.0 - v) / v
        return inf if x == -_END[0] else nan
    w = lambertw(x)
    if x < 0.5:
        return math.exp(-w) / (1.0 + w)
    return w / x / (1.0 + w) if x < inf else 1.0 / x
