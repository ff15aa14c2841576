"""Other places where a minimum under constraints may lie than next to the free one.

A free minimum has copies where terms are alike: in a*exp(-b*x) + c*exp(-d*x) a and b may change places with c and d.
The search ends at one of them, and the constraints may be met at another. And where an inequality bounds one parameter,
as "b > 1", it is a bound to the search.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import islice

import numpy as np

from exprgrad.jobs.fit.constraints.relations import Relations
from exprgrad.jobs.fit.problem import Parameter
from exprgrad.jobs.fit.reduction import Floats, Reduced

_MOST = 8
"""Parameters whose places are exchanged."""
_PASSES = 24
"""Over the rows, at the most."""
_SAME = 1e-9
"""Relative difference of the costs of copies."""


def copies(relations: Relations, reduce: Callable[[Floats], Reduced], values: Floats) -> list[Floats]:
    """Copies of a free minimum, by exchanges of parameters, at which the constraints are met; none where it meets them
    itself."""
    if len(values) > _MOST or not relations.texts or _met(relations, values):
        return []
    cost = reduce(values).cost
    places = (values[order] for order in islice(_exchanges(tuple(range(len(values)))), 1, None))
    allowed = islice((place for place in places if _met(relations, place)), _PASSES)
    return [place for place in allowed if abs(reduce(place).cost - cost) <= _SAME * cost]


def _met(relations: Relations, values: Floats) -> bool:
    found = relations.expressions.values(values)
    return bool(np.isfinite(found).all() and (found[~relations.equal] <= 0).all() and not found[relations.equal].any())


def _exchanges(names: tuple[int, ...]) -> Iterator[list[int]]:
    """The orders that exchange some pairs: the one that exchanges none first, then all others."""
    if not names:
        yield []
        return
    first, rest = names[0], names[1:]
    for order in _exchanges(rest):
        yield [first, *order]
    for k, other in enumerate(rest):
        for order in _exchanges(rest[:k] + rest[k + 1 :]):
            yield [other, *order[:k], first, *order[k:]]


def narrowed(relations: Relations, parameters: Sequence[Parameter]) -> list[Parameter]:
    """The parameters with the bounds that inequalities of one of them alone say; as they are where these contradict."""
    low, high = ([getattr(each, end) for each in parameters] for end in ("low", "high"))
    here = np.linspace(0.5, 1.5, len(parameters))
    with np.errstate(all="ignore"):
        slopes, others = (relations.expressions.slopes(place) for place in (here, 3 * here + 1))
        values = relations.expressions.values(here)
    for equal, value, slope, other in zip(relations.equal, values, slopes, others, strict=True):
        if equal or not np.isfinite(slope).all() or np.count_nonzero(slope) != 1 or (slope != other).any():
            continue
        k = int(np.flatnonzero(slope)[0])
        end = float(here[k] - value / slope[k])
        if slope[k] > 0:
            high[k] = min(high[k], end)
        else:
            low[k] = max(low[k], end)
    if any(least > most for least, most in zip(low, high, strict=True)):
        return list(parameters)
    return [
        Parameter(each.name, None if each.start is None else min(max(each.start, least), most), least, most)
        for each, least, most in zip(parameters, low, high, strict=True)
    ]
