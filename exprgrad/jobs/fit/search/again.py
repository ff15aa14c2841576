"""Where a search looks again: around the ends that it has found, at what they leave over.

A sum of two steps whose first is found is not found by drawing both anew. So in most points of a second look all
parameters stand at one of the best ends but those of one term, of one line or a single one, which are drawn: half of
them from what the best end leaves over, where a peak or a wave that it misses stands alone.
"""

from __future__ import annotations

import numpy as np

from exprgrad.jobs.fit.reduction import Floats
from exprgrad.jobs.fit.search.draws import Draws
from exprgrad.jobs.fit.search.formula.terms import parameters_of_terms

_KEPT = 0.7
"""Of the points: how many stand around an end."""
_EARLY = 0.4
"""The share of ends by rank: the best one has this part, the next this part of the rest, and so on."""
_WHITE = 3.0
"""Standard deviations of a correlation of noise."""
_CORRELATED = 0.1
_EXPLAINED = 0.9
"""Of the squares: where an end explains less, more is looked at."""
_ROUNDING = 1e-20
"""Of the squares of the response: what is left of an exact fit."""


class Again:
    """Points around ends for one problem."""

    def __init__(self, draws: Draws) -> None:
        self.draws = draws
        roles, missing = draws.roles, draws.missing
        found = [parameters_of_terms(draws.sample.problem)]
        found += [[[*roles.within(line.slope), *roles.within(line.offset)] for line in roles.lines]]
        found += [[[int(k)] for k in np.flatnonzero(missing)]]
        sets = {tuple(k for k in one if missing[k]) for group in found for one in group}
        self.sets = sorted(one for one in sets if 0 < len(one) < missing.sum())

    def points(self, ends: Floats, count: int) -> tuple[Floats, list[int]]:
        """So many points [count, parameters], and the set of parameters that was drawn for each, by number: the last
        one is that of all."""
        rest = self.draws.left_over(ends[0])
        points = np.concatenate([self.draws.points(count // 2), rest.points(count - count // 2)])
        random = self.draws.random
        kinds = random.integers(0, len(self.sets), count) if self.sets else np.zeros(count, dtype=int)
        kinds = np.where(random.random(count) < _KEPT, kinds, len(self.sets))
        near = ends[np.minimum(random.geometric(_EARLY, count) - 1, len(ends) - 1)]
        for kind, one in enumerate(self.sets):
            chosen = np.flatnonzero(kinds == kind)
            mixed = near[chosen]
            drawn = np.array(one)
            mixed[:, drawn] = points[np.ix_(chosen, drawn)]
            points[chosen] = mixed
        return points, [int(kind) for kind in kinds]


def like_noise(draws: Draws, values: Floats) -> bool:
    """Whether what these parameters leave over looks like noise: little of the squares, and in the order of no column
    like its neighbours (the correlation of noise with the next row is within some 1/sqrt(rows); Durbin and Watson
    1950, Biometrika 37)."""
    sample = draws.sample
    with np.errstate(all="ignore"):
        left = sample.stacked(values[None, :], [sample.problem.residual])[0, :, 0]
        squares, weight, y = float(left @ left), sample.weight, sample.response
        if not squares > _ROUNDING * float(weight @ y**2):
            return True
        total = float(weight @ (y - weight @ y / weight.sum()) ** 2)
        if not squares <= (1 - _EXPLAINED) * total:
            return False
        for base in draws.roles.columns:
            ordered = left[np.argsort(sample.column(base), kind="stable")]
            if ordered[1:] @ ordered[:-1] > (_CORRELATED + _WHITE / sample.rows**0.5) * squares:
                return False
    return True
