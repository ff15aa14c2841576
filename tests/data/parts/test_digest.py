"""A fingerprint of columns is that of their numbers, however the rows come."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from exprgrad.cluster.tree import Leaf
from exprgrad.columns.folds import BLOCK
from exprgrad.columns.memory import Columns
from exprgrad.columns.subtrees import blocks_of_parts
from exprgrad.data.parts.digest import blocks, combined, digest
from exprgrad.data.parts.part import Rows, joined

SIZES = st.lists(st.integers(0, 3 * BLOCK), min_size=1, max_size=6).filter(any)
NAMES = ["x", "y"]


@given(SIZES)
@settings(max_examples=30)
def test_neither_batches_nor_parts_change_it(sizes: list[int]) -> None:
    values = np.random.default_rng(0)
    parts = [Rows({name: values.normal(size=size) for name in NAMES}, size) for size in sizes]

    def whole() -> str:
        return digest(Columns({name: joined([part.columns[name] for part in parts]) for name in NAMES}), NAMES)

    expected = whole()
    assert combined([blocks(NAMES, [part.columns for part in parts])]) == expected
    leaves = [
        Leaf([part], [parts[other].between(0, rows) for other, rows in blocks.heads], blocks)
        for part, blocks in zip(parts, blocks_of_parts(sizes), strict=True)
    ]
    assert combined(marks for leaf in leaves for marks in leaf.marks(NAMES)) == expected
    last = next(part.columns["y"] for part in reversed(parts) if part.size)
    last[-1] = np.nextafter(last[-1], 9)
    assert whole() != expected
