"""What is known along one column, and the sizes that parameters of its unit are likely to have."""

from __future__ import annotations

import numpy as np

from exprgrad.jobs.fit.reduction import Floats
from exprgrad.jobs.fit.search.data.frequencies import nyquist, spacing, strongest
from exprgrad.jobs.fit.search.data.positions import places

FARTHEST = 1e250
"""The largest size that is drawn."""


class Along:
    """What is known along one column that lines are made of."""

    def __init__(self, x: Floats, y: Floats, weight: Floats, waves: int, rows: int) -> None:
        self.low, self.high = float(x.min()), float(x.max())
        self.range = self.high - self.low
        self.step = spacing(x) or 1.0
        self.top = nyquist(x, rows)
        self.places = places(x, y)
        self.waves = strongest(x, y, weight, waves, rows) if waves else []


def between(random: np.random.Generator, low: float, high: float, count: int) -> Floats:
    """Evenly between two numbers, however far apart."""
    part = random.random(count)
    found: Floats = low * (1 - part) + high * part
    return found


def sizes(x: Floats) -> tuple[float, float]:
    """The smallest and the largest length along a column that a parameter is likely to have."""
    reach, far = float(np.ptp(x)), float(np.abs(x).max())
    least = max(spacing(x) / 2, reach / 200) or far or 1.0
    return min(max(least, 1 / FARTHEST), FARTHEST), min(max(10 * reach, 3 * far, least), FARTHEST)
