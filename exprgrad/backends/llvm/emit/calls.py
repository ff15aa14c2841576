"""Transcendental functions by call: of libmvec, which computes several rows at once, or of libm row by row."""

from __future__ import annotations

from exprgrad.backends.llvm import compiler
from exprgrad.backends.llvm.emit.emitter import Emitter
from exprgrad.backends.llvm.ir import VECTOR, WIDTH

_ABI = (("avx512f", "e", 8), ("avx2", "d", 4), ("sse2", "b", 2))
"""Feature of the processor, letter of the vector ABI, width."""


def vector_symbol(name: str, arity: int) -> tuple[str, int] | None:
    """libmvec's version of a function for the widest vectors up to WIDTH, and its width."""
    features = compiler.host().features
    for feature, letter, width in _ABI:
        symbol = f"_ZGV{letter}N{width}{'v' * arity}_{name}"
        if width <= WIDTH and feature in features and compiler.has_symbol(symbol):
            return symbol, width
    return None


def call(emitter: Emitter, name: str, *operands: str) -> str:
    """The value of a function of libm."""
    found = vector_symbol(name, len(operands)) if emitter.vector_library else None
    if found is None:
        emitter.definitions.declare(name, "double", ["double"] * len(operands))
        return emitter.call(emitter.definitions.each_row(name, len(operands)), *operands)
    symbol, width = found
    kind = _vector(width)
    emitter.definitions.declare(symbol, kind, [kind] * len(operands))
    if width == WIDTH:
        return emitter.call(symbol, *operands)
    results = []
    for first in range(0, WIDTH, width):
        narrow = [_shuffled(emitter, VECTOR, x, "poison", first, width) for x in operands]
        results.append(emitter.call(symbol, *narrow, result=kind, kind=kind))
    while len(results) > 1:
        pairs = zip(results[::2], results[1::2], strict=True)
        results = [_shuffled(emitter, _vector(width), low, high, 0, 2 * width) for low, high in pairs]
        width *= 2
    return results[0]


def _vector(width: int) -> str:
    return f"<{width} x double>"


def _shuffled(emitter: Emitter, kind: str, x: str, y: str, first: int, count: int) -> str:
    """So many numbers of two vectors, y after x, from the first on."""
    indices = ", ".join(f"i32 {k}" for k in range(first, first + count))
    return emitter.emit(f"shufflevector {kind} {x}, {kind} {y}, <{count} x i32> <{indices}>")
