"""Frequencies of data: by the periodogram of Lomb and Scargle, which does not need even spacings.

At each frequency a sine, a cosine and a constant are fitted, and the power is what they explain (Zechmeister and
Kürster 2009, Astronomy & Astrophysics 496, "floating mean"). The strongest is taken away, and the rest looked at again.
"""

from __future__ import annotations

import numpy as np

from exprgrad.jobs.fit.reduction import Floats

_MOST = 4096
"""Frequencies of one look."""
_AT_ONCE = 500_000


def spacing(x: Floats) -> float:
    """The typical distance of neighbours; 0 where all are one."""
    steps = np.diff(np.unique(x))
    return float(np.median(steps)) if len(steps) else 0.0


def even(x: Floats) -> float:
    """The distance of which all distances are multiples, where that is not below half of the typical one; else 0."""
    steps = np.diff(np.unique(x))
    if not len(steps):
        return 0.0
    least = float(steps.min())
    slack = 1e-6 * least + 4 * float(np.spacing(np.abs(x).max()))
    multiples = np.round(steps / least)
    return least if (np.abs(steps - multiples * least) <= slack * multiples).all() and len(steps) > 1 else 0.0


def nyquist(x: Floats) -> float:
    """The angular frequency up to which evenly spaced rows tell frequencies apart; for uneven ones, one that rows close
    together tell."""
    step = even(x)
    if not step:
        steps = np.diff(np.unique(x))
        step = float(np.quantile(steps, 0.1)) if len(steps) else 0.0
        step = max(step, np.ptp(x) / 8 / max(len(x), 1))
    return float(np.pi / step) if step > 0 else 0.0


def strongest(x: Floats, y: Floats, weight: Floats, count: int) -> list[float]:
    """Angular frequencies, the strongest first, each of what the ones before have left over."""
    reach = float(np.ptp(x))
    top = nyquist(x)
    if not (reach > 0 and np.isfinite(top) and top > 0):
        return []
    fine = np.pi / reach / 4
    grid = np.linspace(fine, top, int(min(max(top / fine, 16), _MOST)))
    root = np.sqrt(weight)
    x = x - x.mean()
    found: list[float] = []
    for trend in (0, 1):
        rest = y - _fitted(root, y, np.vander(x / reach, trend + 1))
        for _ in range(count):
            powers = _powers(x, rest, weight, grid)
            peaks = np.flatnonzero((powers >= np.roll(powers, 1)) & (powers >= np.roll(powers, -1)))
            order = peaks[np.argsort(-powers[peaks])][:3]
            if not len(order):
                break
            best = _refined(x, rest, weight, grid, int(order[0]))
            found += [best, *map(float, grid[order[1:]])]
            basis = np.stack([np.cos(best * x), np.sin(best * x), np.ones_like(x)], axis=1)
            rest = rest - _fitted(root, rest, basis)
    return found


def _refined(x: Floats, y: Floats, weight: Floats, grid: Floats, at: int) -> float:
    """A finer look around a place of the grid."""
    near = np.linspace(grid[max(at - 1, 0)], grid[min(at + 1, len(grid) - 1)], 65)
    return float(near[np.argmax(_powers(x, y, weight, near))])


def _fitted(root: Floats, y: Floats, basis: Floats) -> Floats:
    found: Floats = basis @ np.linalg.lstsq(basis * root[:, None], y * root, rcond=None)[0]
    return found


def _powers(x: Floats, y: Floats, weight: Floats, grid: Floats) -> Floats:
    """What a wave of each frequency explains."""
    total = weight.sum()
    y = y - (weight @ y) / total
    found = np.empty(len(grid))
    size = max(1, _AT_ONCE // len(x))
    for start in range(0, len(grid), size):
        angle = grid[start : start + size, None] * x
        cosine, sine = np.cos(angle), np.sin(angle)
        cosine -= (cosine @ weight / total)[:, None]
        sine -= (sine @ weight / total)[:, None]
        weighed = weight * y
        c, s = cosine @ weighed, sine @ weighed
        cc, ss, cs = (cosine**2) @ weight, (sine**2) @ weight, (cosine * sine) @ weight
        det = cc * ss - cs**2
        good = det > 1e-9 * cc * ss
        power = (ss * c**2 - 2 * cs * c * s + cc * s**2) / np.where(good, det, 1)
        found[start : start + size] = np.where(good, power, 0)
    return found
