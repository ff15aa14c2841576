"""Whether a maximum lies at infinity: where some direction makes the model ever better.

Successes and failures that a logistic model tells apart without error, or a group whose counts are all 0, have no
finite estimate (Albert and Anderson 1984, Biometrika 71). Along a direction d of the parameters the mean then moves
only in rows whose response is at the end of its range, and there only towards it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from exprgrad.backends.engine import Engine
from exprgrad.columns.rows import RowSource
from exprgrad.jobs.fit.likelihood.model import Posed, numbers
from exprgrad.jobs.fit.reduction import Floats, Rows, lengths

_STILL = 1e-6
"""Of the largest change in any row: a change that is 0 but for rounding."""
MOVES = 1e-3
"""Of the largest part of a direction, from which a parameter is said to change along it."""
_CLOSE = 1e-2
"""How near to the end of their range the means must be that move, in units of the range or of one count."""


class Separation:
    """Looks for such directions."""

    def __init__(self, posed: Posed, source: RowSource, engine: Engine, rows: int) -> None:
        nodes = [*posed.slopes, posed.problem.response, posed.mean, posed.rest, posed.trials, posed.weight]
        self.posed, self.parameters = posed, posed.problem.parameters
        self.rows = Rows(posed.problem, nodes, source, engine, rows)

    def along(self, values: Floats, triangle: Floats, steps: Sequence[Floats]) -> Floats | None:
        """A direction in which the likelihood grows for ever, among these steps and those that the information at
        `values` says the least of, so long that some mean changes by its distance from the end of its range; None where
        there is none."""
        found = self._directions(triangle, steps)
        largest = np.zeros(len(found))
        for block in self._blocks(values):
            largest = np.maximum(largest, [np.abs(self._change(block, each)).max(initial=0.0) for each in found])
        left = [each / size for each, size in zip(found, largest, strict=True) if 0 < size < np.inf]
        for block in self._blocks(values):
            left = [each for each in left if self._fits(block, each)]
            if not left:
                return None
        return min(left, key=lambda each: int((np.abs(each) > MOVES * np.abs(each).max()).sum()), default=None)

    def _directions(self, triangle: Floats, steps: Sequence[Floats]) -> list[Floats]:
        """Both ways along each, if no bound is in the way."""
        sizes = lengths(triangle)
        unit = np.where(sizes > 0, sizes, 1.0)
        found = [*steps, *(row / unit for row in np.linalg.svd(triangle / unit)[2][::-1])]
        kept = [each / np.abs(each).max() for each in found if np.isfinite(each).all() and each.any()]
        return [sign * each for each in kept for sign in (1.0, -1.0) if self._endless(sign * each)]

    def _endless(self, direction: Floats) -> bool:
        moves = np.abs(direction) > _STILL
        pairs = zip(self.parameters, direction, strict=True)
        ends = [parameter.high if step > 0 else parameter.low for parameter, step in pairs]
        return not np.isfinite(np.array(ends)[moves]).any()

    def _blocks(self, values: Floats) -> Iterator[Floats]:
        """Blocks of the rows that have a weight."""
        for block in self.rows.blocks(numbers(self.posed, values, 1.0)):
            yield block[block[:, -1] > 0]

    def _change(self, block: Floats, direction: Floats) -> Floats:
        """Of the means along a direction, in units of their distances from the ends of their range: where the response
        is far out on a logistic curve, its operand changes still."""
        mean, rest = block[:, len(direction) + 1 : len(direction) + 3].T
        room = mean * rest if self.posed.choice.family.trials else mean
        change = block[:, : len(direction)] @ direction
        found: Floats = np.where(room > 0, change / np.where(room > 0, room, 1.0), 0.0)
        return found

    def _fits(self, block: Floats, direction: Floats) -> bool:
        """Whether no row of a block speaks against the direction."""
        response, mean, rest, trials = block[:, len(direction) : -1].T
        change = self._change(block, direction)
        lowest = (response == 0) & (mean < _CLOSE)
        highest = np.zeros_like(lowest)
        if self.posed.choice.family.trials:
            highest = (response == trials) & (rest < _CLOSE)
        return bool(((change <= _STILL) | highest).all() and ((change >= -_STILL) | lowest).all())
