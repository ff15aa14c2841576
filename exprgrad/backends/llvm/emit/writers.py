"""How each function of the table is written: by the first of its writers that there is.

1. `instructions`, `bits`, `powers`: Python functions that write a few instructions;
2. `formulas`: vector formulas, programs of the language made for vectors;
3. `calls`: a call of libmvec or libm;
4. the definition in the function's own entry, over other functions;
5. `source.translate`: the interpreter's own Python, translated, and called row by row.
"""

from __future__ import annotations

from exprgrad.backends.llvm.emit import bits, calls, instructions, powers
from exprgrad.backends.llvm.emit.definitions import Definitions
from exprgrad.backends.llvm.emit.emitter import Emitter, Operation
from exprgrad.backends.llvm.emit.formulas.all import FORMULAS
from exprgrad.backends.llvm.emit.formulas.program import program
from exprgrad.backends.llvm.ir import Lines
from exprgrad.backends.llvm.source import translate
from exprgrad.functions.rules import bind
from exprgrad.functions.table import FUNCTIONS

_WRITERS: dict[str, Operation] = {**instructions.INSTRUCTIONS, **bits.BITS, **powers.POWERS}
"""By name; each takes the emitter before its operands."""


def new_emitter(
    code: Lines | None = None, definitions: Definitions | None = None, *, vector_library: bool = True
) -> Emitter:
    """An emitter that knows how all functions are written. `code` is where it writes."""
    return Emitter(_found, code or Lines(), definitions or Definitions(), vector_library=vector_library)


def _found(emitter: Emitter, name: str) -> Operation:
    write = _WRITERS.get(name)
    if write is not None:
        return lambda *operands: write(emitter, *operands)
    if name in FORMULAS:
        formula = program(FORMULAS[name], emitter)
        return lambda *operands: emitter.remember(formula(*operands), name, operands[0])
    function = FUNCTIONS[name]
    if function.library:
        return lambda *operands: calls.call(emitter, function.library, *operands)
    if function.definition:
        rule = bind(function.definition, function.operands, emitter)
        return lambda *operands: rule(operands)
    symbol = translate.scalar(function, emitter.definitions)
    helper = emitter.definitions.each_row(symbol, len(function.operands))
    return lambda *operands: emitter.call(helper, *operands)
