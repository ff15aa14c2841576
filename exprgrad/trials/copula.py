"""Correlated inputs by a Gaussian copula: standard normal numbers that are mixed, then turned into distributions.

JCGM 101:2008, 6.4.8, has it for joint normal inputs; Possolo (2010, Metrologia 47, 262) for others.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import fsum, sqrt

Pair = tuple[str, str]
_ROUNDING = 1e-12


def groups(names: Sequence[str], correlations: Mapping[Pair, float]) -> list[list[str]]:
    """The inputs that hang together by correlations, in the order of the names; none of a single input."""
    group = {name: {name} for name in names}
    for (a, b), r in correlations.items():
        if r and a in group and b in group and group[a] is not group[b]:
            group[a] |= group[b]
            for name in group[a]:
                group[name] = group[a]
    found, seen = [], set[str]()
    for name in names:
        if len(group[name]) > 1 and name not in seen:
            found.append([other for other in names if other in group[name]])
            seen |= group[name]
    return found


def factor(names: Sequence[str], correlations: Mapping[Pair, float]) -> list[list[float]]:
    """The lower triangular factor of the correlation matrix of some inputs, which is positive semidefinite: its rows
    are the weights with which independent numbers are mixed."""
    found: list[list[float]] = []
    for i, a in enumerate(names):
        row: list[float] = []
        for j, b in enumerate(names[:i]):
            r = correlations.get((a, b), correlations.get((b, a), 0.0))
            rest = r - fsum(x * y for x, y in zip(row, found[j], strict=False))
            row.append(rest / found[j][j] if found[j][j] else 0.0)
        left = 1 - fsum(x * x for x in row)
        found.append([*row, sqrt(left) if left > _ROUNDING else 0.0])
    return found
