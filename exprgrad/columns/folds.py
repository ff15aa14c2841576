"""The order in which reductions add up, the same on every backend, so that the same rows give the same bits.

Rows are taken in blocks of BLOCK. In a block, lane k folds rows k, k + LANES, k + 2*LANES, …, each from the
neutral number; then the lanes are folded, 0 with 4, 1 with 5, …, then 0 with 2, 1 with 3, then 0 with 1. Blocks
are folded in neighbouring pairs, then these, and so on, an odd one at the end going up as it is. Where
batches or files end plays no part, and the pairwise tree keeps the rounding error of a sum of n rows near
log2(n) ulp of the sum of magnitudes (Higham 1993, SIAM J. Sci. Comput. 14) past the BLOCK/LANES of a lane.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from exprgrad.functions.floats import FLOATS
from exprgrad.functions.rows.reductions import NEUTRAL
from exprgrad.functions.table import FUNCTIONS

BLOCK = 4096
"""Rows of a block."""
LANES = 8

Combine = Callable[[float, float], float]


def function_of(reduction: str) -> str:
    """The function of two that a reduction folds with."""
    return FUNCTIONS[reduction].fold


def fold_block(function: str, rows: Sequence[float]) -> float:
    """The fold of at most BLOCK rows."""
    combine: Combine = FLOATS.operation(function)
    lanes = [NEUTRAL[function]] * LANES
    for start in range(0, len(rows), LANES):
        for lane, value in enumerate(rows[start : start + LANES]):
            lanes[lane] = combine(lanes[lane], value)
    while len(lanes) > 1:
        half = len(lanes) // 2
        lanes = [combine(lanes[k], lanes[k + half]) for k in range(half)]
    return lanes[0]


def fold_tree(function: str, blocks: Sequence[float]) -> float:
    """The fold of the blocks' results; of none, the neutral number."""
    combine: Combine = FLOATS.operation(function)
    level = list(blocks) or [NEUTRAL[function]]
    while len(level) > 1:
        pairs = [combine(level[k], level[k + 1]) for k in range(0, len(level) - 1, 2)]
        level = [*pairs, *level[len(pairs) * 2 :]]
    return level[0]
