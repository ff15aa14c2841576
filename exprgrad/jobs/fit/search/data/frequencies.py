"""Frequencies of data: by the periodogram of Lomb and Scargle, which does not need even spacings.

At each frequency a sine, a cosine and a constant are fitted, and the power is what they explain (Zechmeister and
Kürster 2009, Astronomy & Astrophysics 496, "floating mean"). The strongest is taken away, and the rest looked at again.
Uneven rows tell frequencies above their mean spacing; those are looked at only where the ones below explain little, as
among very many frequencies one fits any few rows.
"""

from __future__ import annotations

import numpy as np

from exprgrad.jobs.fit.reduction import Floats
from exprgrad.jobs.fit.search.data.spectrum import Spectrum, even_spectrum, spectrum

_WORK = 50_000_000
"""Waves in rows that are computed for one look at uneven rows."""
_SAMPLED = 5
"""How many times as many where the rows are a sample of more."""
_LONGEST = 2**22
"""Frequencies of one look, at the most."""
_SHORTER = 2**17
"""The same at even rows that leave out most, so that few are in a grid of many."""
_FINE = 4
"""Frequencies in the width of a peak."""
_HIGHER = 32
"""How far above the first limit uneven rows are looked at."""
_LITTLE = 0.6
"""Of the squares: what a frequency explains where no higher one is looked for."""
_ENOUGH = 20
"""Rows from which higher frequencies are looked for."""


def spacing(x: Floats) -> float:
    """The typical distance of neighbours; 0 where all are one."""
    steps = np.diff(np.unique(x))
    return float(np.median(steps)) if len(steps) else 0.0


def even(x: Floats, rows: int = 0) -> float:
    """The distance of which all distances are multiples, where that is not below half of the typical one; else 0.
    `rows` is of how many x is a sample."""
    steps = np.diff(np.unique(x))
    if len(steps) < 2:
        return 0.0
    rounding = 4 * float(np.spacing(np.abs(x).max()))
    least = float(steps.min())
    if rows > len(x):
        least = _divisor(steps, 0.4 * float(np.ptp(x)) / rows, rounding)
    slack = 1e-6 * least + rounding
    multiples = np.round(steps / least) if least else steps
    fits = least > 0 and (np.abs(steps - multiples * least) <= slack * multiples).all()
    return float(steps.sum() / multiples.sum()) if fits else 0.0


def _divisor(steps: Floats, least: float, rounding: float) -> float:
    """The greatest common divisor of lengths, by Euclid's method up to rounding; 0 where it would be below `least`."""
    found = 0.0
    for step in map(float, np.unique(steps)):
        one, other = step, found
        while other > 1e-6 * step + rounding:
            one, other = other, abs(one - other * round(one / other))
        found = one
        if found < least:
            return 0.0
    return found


def nyquist(x: Floats, rows: int = 0) -> float:
    """The angular frequency up to which evenly spaced rows tell frequencies apart; for uneven ones, one that rows close
    together tell. `rows` is of how many x is a sample."""
    step = even(x, rows)
    if not step:
        steps = np.diff(np.unique(x))
        step = float(np.quantile(steps, 0.1)) if len(steps) else 0.0
        step = max(step, np.ptp(x) / 8 / max(len(x), 1))
        step = min(step, np.ptp(x) / max(rows, 1)) if rows > len(x) else step
    return float(np.pi / step) if step > 0 else 0.0


def strongest(x: Floats, y: Floats, weight: Floats, count: int, rows: int = 0) -> list[float]:
    """Angular frequencies, the strongest first, each of what the ones before have left over. `rows` is of how many
    these are a sample."""
    look = _look(x, weight, nyquist(x, rows), rows)
    if look is None:
        return []
    if not even(x, rows) and len(x) >= _ENOUGH and _explained(look, y) < _LITTLE:
        higher = _look(x, weight, _HIGHER * nyquist(x, rows), rows)
        if higher is not None and _explained(higher, y) > max(_explained(look, y) + 0.1, _LITTLE / 2):
            look = higher
    reach, root = float(np.ptp(x)), np.sqrt(weight)
    x = x - x.mean()
    found: list[float] = []
    for trend in (0, 1):
        rest = y - _fitted(root, y, np.vander(x / reach, trend + 1))
        for _ in range(count):
            powers = look.powers(rest)
            peaks = np.flatnonzero((powers >= np.roll(powers, 1)) & (powers >= np.roll(powers, -1)))
            order = peaks[np.argsort(-powers[peaks])][:3]
            if not len(order):
                break
            best = _refined(x, rest, weight, look.grid, int(order[0]))
            found += [best, *map(float, look.grid[order[1:]])]
            basis = np.stack([np.cos(best * x), np.sin(best * x), np.ones_like(x)], axis=1)
            rest = rest - _fitted(root, rest, basis)
    return found


def _look(x: Floats, weight: Floats, top: float, rows: int) -> Spectrum | None:
    """The frequencies up to this one, or as many as are worth their time. None where there are none."""
    reach = float(np.ptp(x))
    if not (reach > 0 and np.isfinite(top) and top > 0):
        return None
    step = even(x, rows)
    if step and _FINE * reach / step <= min(_LONGEST, max(_SHORTER, 2 * _FINE * max(rows, len(x)))):
        return even_spectrum(x, weight, step, _FINE)
    fine = np.pi / reach / _FINE
    count = int(min(max(top / fine, 16), max(_WORK * (_SAMPLED if rows > len(x) else 1) / len(x), 16), _LONGEST))
    return spectrum(x, weight, fine, count)


def _explained(look: Spectrum, y: Floats) -> float:
    """The part of the squares around the mean that the strongest frequency explains."""
    total = look.squares(y)
    return float(look.powers(y).max()) / total if total > 0 else 1.0


def _refined(x: Floats, y: Floats, weight: Floats, grid: Floats, at: int) -> float:
    """A finer look around a place of the grid."""
    low, high = float(grid[max(at - 1, 0)]), float(grid[min(at + 1, len(grid) - 1)])
    near = np.linspace(low, high, 65)
    return float(near[np.argmax(spectrum(x, weight, low, 65, (high - low) / 64).powers(y))])


def _fitted(root: Floats, y: Floats, basis: Floats) -> Floats:
    found: Floats = basis @ np.linalg.lstsq(basis * root[:, None], y * root, rcond=None)[0]
    return found
