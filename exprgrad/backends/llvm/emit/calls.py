"""Transcendental functions by call: of libmvec, which computes several lanes at once, or of libm for each lane."""

from __future__ import annotations

from typing import TYPE_CHECKING

from exprgrad.backends.llvm import compiler
from exprgrad.backends.llvm.emit.definitions import LANES, VECTOR

if TYPE_CHECKING:
    from exprgrad.backends.llvm.emit.emitter import Emitter

_WIDTHS = (("avx512f", "e", 8), ("avx2", "d", 4), ("sse2", "b", 2))
"""Feature of the processor, letter of the vector ABI, lanes."""


def vector_symbol(name: str, arity: int) -> tuple[str, int] | None:
    """libmvec's version of a function for the widest vectors up to LANES, and its lanes."""
    features = compiler.host().features
    for feature, letter, lanes in _WIDTHS:
        symbol = f"_ZGV{letter}N{lanes}{'v' * arity}_{name}"
        if lanes <= LANES and feature in features and compiler.has_symbol(symbol):
            return symbol, lanes
    return None


def call(emitter: Emitter, name: str, *operands: str) -> str:
    """The value of a function of libm."""
    found = vector_symbol(name, len(operands)) if emitter.vector_library else None
    if found is None:
        emitter.definitions.declare(name, "double", ["double"] * len(operands))
        return emitter.call(emitter.definitions.each_lane(name, len(operands)), *operands)
    symbol, lanes = found
    kind = f"<{lanes} x double>"
    emitter.definitions.declare(symbol, kind, [kind] * len(operands))
    if lanes == LANES:
        return emitter.call(symbol, *operands)
    parts = []
    for first in range(0, LANES, lanes):
        indices = _indices(first, lanes)
        pieces = [emitter.emit(f"shufflevector {VECTOR} {x}, {VECTOR} poison, {indices}") for x in operands]
        parts.append(emitter.call(symbol, *pieces, result=kind, kind=kind))
    while len(parts) > 1:
        kind, joined = f"<{lanes} x double>", _indices(0, 2 * lanes)
        parts = [
            emitter.emit(f"shufflevector {kind} {low}, {kind} {high}, {joined}")
            for low, high in zip(parts[::2], parts[1::2], strict=True)
        ]
        lanes *= 2
    return parts[0]


def _indices(first: int, count: int) -> str:
    return f"<{count} x i32> <{', '.join(f'i32 {k}' for k in range(first, first + count))}>"
