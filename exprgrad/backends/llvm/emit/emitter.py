"""The arithmetic of LLVM instructions: what a forward pass computes in it is the body of a kernel.

Its values are operands of the type VECTOR, as texts: literals, and names of results. How a function of the table is
written is no business of the emitter: it is given that by `writers`, the registry above it.
"""

from __future__ import annotations

import struct
from collections.abc import Callable

from exprgrad.backends.llvm.emit.definitions import Definitions
from exprgrad.backends.llvm.ir import MASK, VECTOR, Lines
from exprgrad.functions.floats import FLOATS
from exprgrad.functions.table import FUNCTIONS

Operation = Callable[..., str]
"""Writes the code for some operands and returns the operand that holds the result."""


class Emitter:
    """Straight-line code. Equal instructions are written once, and what numbers alone decide is a literal."""

    def __init__(
        self, find: Callable[[Emitter, str], Operation], code: Lines, definitions: Definitions, *, vector_library: bool
    ) -> None:
        """`find` gives the operation of a name; `code` is where instructions are written, all in one block."""
        self.code = code
        self.definitions = definitions
        """What the code needs at module level."""
        self.vector_library = vector_library
        """Whether libmvec may be called, where there is one; else functions of libm serve, row by row."""
        self._find = find
        self._written: dict[str, str] = {}
        self._numbers: dict[str, float] = {}
        self._masks: dict[str, str] = {}
        self._sources: dict[str, tuple[str, str]] = {}
        self._operations: dict[str, Operation] = {}

    def restart(self, code: Lines) -> None:
        """Write into other lines from now on, where nothing of what was written before is at hand."""
        self.code = code
        self._written.clear()
        self._masks.clear()
        self._sources.clear()

    def constant(self, value: float) -> str:
        """The literal of a number, in all rows."""
        bits = struct.unpack("<Q", struct.pack("<d", value))[0] if value == value else 0x7FF8000000000000
        literal = f"splat (double 0x{bits:016X})"
        self._numbers[literal] = value
        return literal

    def known(self, value: str) -> float | None:
        """The number of a literal; None for what is computed."""
        return self._numbers.get(value)

    def operation(self, name: str) -> Operation:
        """A function of the table, or one of the emitter's own such as `fma(x, y, z)` = x*y + z, rounded once."""
        if name not in self._operations:
            self._operations[name] = self._folding(name, self._find(self, name))
        return self._operations[name]

    def emit(self, instruction: str) -> str:
        """The name of an instruction's result. Equal instructions are one."""
        name = self._written.get(instruction)
        if name is None:
            name = self._written[instruction] = self.code.value(instruction)
        return name

    def call(self, symbol: str, *operands: str, result: str = VECTOR, kind: str = VECTOR) -> str:
        """The result of a call of something that is declared or defined."""
        return self.emit(f"call {result} @{symbol}({', '.join(f'{kind} {operand}' for operand in operands)})")

    def truth(self, value: str) -> str:
        """A value as a mask, of type MASK: what is not 0 is true, nan too."""
        number = self.known(value)
        if number is not None:
            return f"splat (i1 {'false' if number == 0 else 'true'})"
        return self._masks.get(value) or self.emit(f"fcmp une {VECTOR} {value}, zeroinitializer")

    def number(self, mask: str) -> str:
        """A mask as numbers 1.0 and 0.0."""
        one, zero = self.constant(1.0), self.constant(0.0)
        value = self.emit(f"select {MASK} {mask}, {VECTOR} {one}, {VECTOR} {zero}")
        self._masks[value] = mask
        return value

    def remember(self, value: str, operation: str, operand: str) -> str:
        """Note that a value is this function of the operand, for `source`. Returns the value."""
        self._sources[value] = operation, operand
        return value

    def source(self, value: str, operation: str) -> str | None:
        """The operand of which a value is this function."""
        made = self._sources.get(value)
        return made[1] if made and made[0] == operation else None

    def _folding(self, name: str, write: Operation) -> Operation:
        """The operation, computed here where all its operands are known."""
        if name not in FUNCTIONS:
            return write
        compute = FLOATS.operation(name)

        def operation(*operands: str) -> str:
            numbers = [number for operand in operands if (number := self._numbers.get(operand)) is not None]
            if len(numbers) == len(operands):
                return self.constant(compute(*numbers))
            return write(*operands)

        return operation
