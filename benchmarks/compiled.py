"""A function of the table and its partials as one compiled kernel, for measurements and tests."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.util import find_spec
from typing import TYPE_CHECKING

from exprgrad.functions.entry import Function
from exprgrad.functions.rules import bind

if TYPE_CHECKING:
    from benchmarks.elementwise import Body
    from exprgrad.backends.llvm.emit.emitter import Emitter


def available() -> bool:
    """Whether kernels can be compiled here."""
    return find_spec("llvmlite") is not None


def results(function: Function, points: Sequence[tuple[float, ...]]) -> list[tuple[float, ...]] | None:
    """Value and partials at each of the points, compiled. None for a reduction, and where nothing can be compiled."""
    if function.mixes or not available():
        return None
    from benchmarks.elementwise import elementwise

    run = elementwise(value_and_partials(function), len(function.operands))
    return list(zip(*run(list(zip(*points, strict=True))), strict=True))


def value_and_partials(function: Function) -> Body:
    """Writes the value, then the partial with respect to each operand: its formula, or 0 where its gate is closed."""

    def body(emitter: Emitter, operands: Sequence[str]) -> Sequence[str]:
        value = emitter.operation(function.name)(*operands)
        scope, names = (*operands, value), (*function.operands, "out")
        results = [value]
        for index, partial in enumerate(function.partials):
            slope = bind(partial, names, emitter)(scope)
            gate = function.gates[index] if function.gates else ""
            if gate:
                slope = emitter.operation("where")(bind(gate, names, emitter)(scope), slope, emitter.constant(0.0))
            results.append(slope)
        return results

    return body
