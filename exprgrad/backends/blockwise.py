"""Folds of rows that are no sums: what is made of each block of rows is joined along the tree of `columns.folds`.

Blocks and tree are the same wherever the rows are, in memory, in batches from a file or on the workers of a cluster. So
the answer has the same bits.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from exprgrad.backends.engine import Engine
from exprgrad.backends.protocol import BlockFold
from exprgrad.columns.folds import BLOCK
from exprgrad.columns.rows import Batch, RowSource
from exprgrad.columns.subtrees import Subtree, whole


def blockwise(fold: BlockFold, asked: Any, source: RowSource, engine: Engine) -> Any:
    """The fold of all rows of a source, or of a cluster that has them; None where there are none."""
    if engine.cluster is not None:
        return engine.cluster.blockwise(fold, asked)
    blocks = enumerate(in_blocks(source.read(fold.columns)))
    return whole(fold.both, (Subtree(0, place, fold.block(asked, rows)) for place, rows in blocks))


def in_blocks(batches: Iterable[Batch]) -> Iterator[Batch]:
    """The rows as blocks of BLOCK, wherever batches end; the last one may be shorter."""
    left: dict[str, Any] = {}
    for batch in batches:
        arrays = {name: np.asarray(column) for name, column in batch.items()}
        if left:
            arrays = {name: np.concatenate([left[name], column]) for name, column in arrays.items()}
        size = len(next(iter(arrays.values())))
        last = size - size % BLOCK
        for start in range(0, last, BLOCK):
            yield {name: column[start : start + BLOCK] for name, column in arrays.items()}
        left = {name: column[last:] for name, column in arrays.items()} if last < size else {}
    if left:
        yield left
