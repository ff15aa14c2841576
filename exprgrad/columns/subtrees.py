"""The tree over blocks, folded in several places: whole subtrees where the rows are, what is left above them.

A fold over all rows is a tree over blocks of BLOCK rows (`columns.folds`). Whoever has the rows of some
neighbouring blocks can fold every subtree that lies wholly among them, about 2*log2(n) of n blocks; the rest of
the tree needs no rows. So any division of the rows gives the bits that one machine gives.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

from exprgrad.columns.folds import BLOCK
from exprgrad.functions.floats import FLOATS


class Subtree(NamedTuple):
    """The folds of the blocks from `place << level` on, before `(place + 1) << level`; the last of all may be
    incomplete."""

    level: int
    place: int
    folds: Any
    """Of several reductions a tuple of numbers; or what else is made of blocks."""


Both = Callable[[Any, Any], Any]
"""The folds of two neighbouring subtrees, joined."""


class PartBlocks(NamedTuple):
    """The blocks that begin in the rows of a part of the data."""

    first: int
    last: int
    """Blocks from `first` on, before `last`."""
    skip: int
    """Rows at the start that belong to a block which began before."""
    heads: tuple[tuple[int, int], ...]
    """Rows that complete the last block: from which parts, and how many of their first."""


def blocks_of_parts(sizes: Sequence[int]) -> list[PartBlocks]:
    """The blocks of each part, for parts of so many rows."""
    found = []
    start = 0
    total = sum(sizes)
    for part, size in enumerate(sizes):
        first, last = -(-start // BLOCK), -(-(start + size) // BLOCK)
        start += size
        lacking = min(last * BLOCK, total) - start if last > first else 0
        heads, other = [], part + 1
        while lacking:
            rows = min(sizes[other], lacking)
            heads += [(other, rows)] if rows else []
            lacking -= rows
            other += 1
        found.append(PartBlocks(first, last, min(first * BLOCK - (start - size), size), tuple(heads)))
    return found


def spans(first: int, last: int) -> list[tuple[int, int]]:
    """Level and place of the fewest subtrees that make up the blocks from `first` to before `last`, in order."""
    found = []
    while first < last:
        level = (last - first).bit_length() - 1
        if first:
            level = min(level, (first & -first).bit_length() - 1)
        found.append((level, first >> level))
        first += 1 << level
    return found


def joining(functions: Sequence[str]) -> Both:
    """Joins the folds of several reductions. `functions` are those of two that each folds with."""
    operations = [FLOATS.operation(function) for function in functions]

    def both(left: Sequence[float], right: Sequence[float]) -> tuple[float, ...]:
        return tuple(f(a, b) for f, a, b in zip(operations, left, right, strict=True))

    return both


def merged(both: Both, subtrees: Iterable[Subtree]) -> list[Subtree]:
    """The same blocks in the fewest subtrees: siblings are folded as long as there are any. In order of rows,
    as the subtrees have to be."""
    found: list[Subtree] = []
    for subtree in subtrees:
        found.append(subtree)
        while len(found) > 1 and _siblings(found[-2], found[-1]):
            right, left = found.pop(), found.pop()
            found.append(Subtree(left.level + 1, left.place // 2, both(left.folds, right.folds)))
    return found


def whole(both: Both, subtrees: Iterable[Subtree]) -> Any:
    """The folds of all blocks; None of none. Where a subtree has no sibling, what follows it has gone up as it is."""
    found = merged(both, subtrees)
    if not found:
        return None
    *rest, last = found
    folds = last.folds
    for subtree in reversed(rest):
        folds = both(subtree.folds, folds)
    return folds


def _siblings(left: Subtree, right: Subtree) -> bool:
    return left.level == right.level and left.place % 2 == 0 and right.place == left.place + 1
