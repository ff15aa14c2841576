"""Places along a column where the response does something: peaks and dips of smoothed data, and its steepest rises."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from exprgrad.jobs.fit.reduction import Floats

_MOST = 12


class Place(NamedTuple):
    """Where, how wide, and how much of the response."""

    where: float
    width: float
    height: float


def places(x: Floats, y: Floats) -> list[Place]:
    """The places, the highest first."""
    order = np.argsort(x, kind="stable")
    x, y = x[order], y[order]
    reach = float(np.ptp(x))
    if not reach > 0 or not np.ptp(y) > 0 or len(x) < 4:
        return []
    found: list[Place] = []
    for width in sorted({1, 3, max(3, len(x) // 40 | 1), max(3, len(x) // 15 | 1)}):
        smooth = _smoothed(y, width)
        for sign in (1.0, -1.0):
            found += _peaks(x, sign * smooth)
        slope = np.abs(np.gradient(smooth, np.linspace(0, 1, len(x))))
        steep = int(np.argmax(slope))
        rise = float(np.ptp(smooth))
        if not 0 < rise < np.inf:
            continue
        found.append(Place(float(x[steep]), reach * rise / max(float(slope[steep]), rise) / 4, rise / 3))
    found.sort(key=lambda place: -place.height)
    kept: list[Place] = []
    for place in found:
        if all(abs(place.where - other.where) > 0.25 * min(place.width, other.width) for other in kept):
            kept.append(place)
    return kept[:_MOST]


def _smoothed(y: Floats, width: int) -> Floats:
    if width == 1:
        return y
    padded = np.concatenate([np.full(width // 2, y[0]), y, np.full(width // 2, y[-1])])
    found: Floats = np.convolve(padded, np.ones(width) / width, mode="valid")
    return found


def _peaks(x: Floats, y: Floats) -> list[Place]:
    """Peaks with their prominence: how far one has to go down from it to get higher."""
    inner = np.flatnonzero((y[1:-1] > y[:-2]) & (y[1:-1] >= y[2:])) + 1
    found = []
    for peak in inner[np.argsort(-y[inner])][:40]:
        above = np.flatnonzero(y > y[peak])
        left = above[above < peak].max(initial=0)
        right = above[above > peak].min(initial=len(y) - 1)
        foot = max(y[left : peak + 1].min(), y[peak : right + 1].min())
        height = float(y[peak] - foot)
        half = y[peak] - height / 2
        low, high = peak, peak
        while low > 0 and y[low] > half:
            low -= 1
        while high < len(y) - 1 and y[high] > half:
            high += 1
        found.append(Place(float(x[peak]), float(x[high] - x[low]) / 2.355 or float(np.ptp(x)) / len(x), height))
    return sorted(found, key=lambda place: -place.height)[:_MOST]
