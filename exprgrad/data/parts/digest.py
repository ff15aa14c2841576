"""A fingerprint of the numbers in some columns, by which data are known again, wherever their rows are.

It is made of the fingerprints of all blocks of BLOCK rows. That of a block is taken where its rows are.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from hashlib import blake2b

import numpy as np

from exprgrad.columns.folds import BLOCK
from exprgrad.columns.rows import Batch, RowSource

_BYTES = 16

Blocks = Mapping[str, bytes]
"""The fingerprints of some blocks, one after the other, by column."""


def blocks(names: Sequence[str], batches: Iterable[Batch]) -> Blocks:
    """The fingerprints of the blocks of these rows; the first block begins with the first row."""
    found = {name: bytearray() for name in names}
    rest = {name: np.empty(0) for name in names}
    for batch in batches:
        for name in names:
            column = np.ascontiguousarray(batch[name], dtype=np.float64)
            column = np.concatenate([rest[name], column]) if len(rest[name]) else column
            whole = len(column) // BLOCK * BLOCK
            for start in range(0, whole, BLOCK):
                found[name] += _mark(column[start : start + BLOCK].data)
            rest[name] = column[whole:].copy()
    return {name: bytes(found[name] + (_mark(rest[name].data) if len(rest[name]) else b"")) for name in names}


def combined(parts: Iterable[Blocks]) -> str:
    """The fingerprint of all blocks, from those of the blocks in order."""
    found: dict[str, bytearray] = {}
    for part in parts:
        for name, marks in part.items():
            found.setdefault(name, bytearray()).extend(marks)
    return " ".join(f"{name}:{_mark(marks).hex()}" for name, marks in sorted(found.items()))


def digest(source: RowSource, names: Sequence[str]) -> str:
    """The fingerprint of columns of a source."""
    return combined([blocks(names, source.read(names))])


def _mark(data: memoryview | bytearray) -> bytes:
    return blake2b(data, digest_size=_BYTES).digest()
