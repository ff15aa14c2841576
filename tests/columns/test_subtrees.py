"""A fold done in parts has the bits of the fold done at once, wherever the rows are divided."""

from __future__ import annotations

import random
from collections.abc import Sequence
from itertools import accumulate, pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from exprgrad.columns.folds import BLOCK, fold_block, fold_tree
from exprgrad.columns.subtrees import Subtree, blocks_of_parts, joining, merged, spans, whole

FUNCTIONS = ("add", "max")


def at_once(rows: Sequence[float]) -> tuple[float, ...]:
    blocks = [rows[start : start + BLOCK] for start in range(0, len(rows), BLOCK)]
    return tuple(fold_tree(f, [fold_block(f, block) for block in blocks]) for f in FUNCTIONS)


def in_parts(rows: Sequence[float], sizes: Sequence[int]) -> list[list[Subtree]]:
    """The subtrees of each part, from its own rows and the heads of others alone."""
    ends = list(accumulate(sizes))
    parts = [rows[end - size : end] for size, end in zip(sizes, ends, strict=True)]
    found = []
    for own, blocks in zip(parts, blocks_of_parts(sizes), strict=True):
        given = [*own[blocks.skip :], *(row for part, count in blocks.heads for row in parts[part][:count])]
        subtrees = []
        for level, place in spans(blocks.first, blocks.last):
            start = ((place << level) - blocks.first) * BLOCK
            subtrees.append(Subtree(level, place, at_once(given[start : start + (BLOCK << level)])))
        found.append(subtrees)
    return found


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 5 * BLOCK).flatmap(lambda n: st.tuples(st.just(n), st.lists(st.integers(0, n), max_size=12))))
def test_any_division_gives_the_same_bits(case: tuple[int, list[int]]) -> None:
    count, cuts = case
    bounds = sorted([0, *cuts, count])
    sizes = [b - a for a, b in pairwise(bounds)]
    values = random.Random(count)
    rows = [values.uniform(-1, 1) * 10 ** values.randint(-9, 9) for _ in range(count)]
    parts = in_parts(rows, sizes)
    assert whole(joining(FUNCTIONS), [subtree for part in parts for subtree in part]) == at_once(rows)


def test_a_thousand_parts_in_groups_of_groups() -> None:
    values = random.Random(5)
    sizes = [values.choice([0, 1, 7, 500, 4096]) for _ in range(1000)]
    rows = [values.gauss(0, 1) for _ in range(sum(sizes))]
    groups = in_parts(rows, sizes)
    while len(groups) > 1:
        groups = [
            merged(joining(FUNCTIONS), [s for g in groups[k : k + 8] for s in g]) for k in range(0, len(groups), 8)
        ]
    assert len(groups[0]) == (-(-len(rows) // BLOCK)).bit_count()
    assert whole(joining(FUNCTIONS), groups[0]) == at_once(rows)


@given(st.integers(0, 3000), st.integers(0, 3000))
def test_spans_are_whole_subtrees_in_order(first: int, size: int) -> None:
    at = first
    for level, place in spans(first, first + size):
        assert place << level == at
        at += 1 << level
    assert at == first + size
