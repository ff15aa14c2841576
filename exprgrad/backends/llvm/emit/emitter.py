"""The arithmetic of LLVM instructions: what a pass computes in it is the body of a kernel.

Its values are operands of the type VECTOR, as texts: literals, and names of results. Each function of
the table gets its form from the first that has one: `instructions`, `forms`, `calls` of
vector libraries, the entry's own definition, and at last `translate`, the interpreter's own source.
"""

from __future__ import annotations

import struct
from collections.abc import Callable

from exprgrad.backends.llvm.emit import bits, calls, instructions, powers
from exprgrad.backends.llvm.emit import formulas as forms
from exprgrad.backends.llvm.emit.definitions import LANES, MASK, VECTOR, Definitions
from exprgrad.backends.llvm.source import translate
from exprgrad.functions.floats import FLOATS
from exprgrad.functions.rules import bind
from exprgrad.functions.table import FUNCTIONS

__all__ = ["LANES", "Emitter"]

_WRITERS: dict[str, Callable[..., str]] = {**instructions.INSTRUCTIONS, **bits.BITS, **powers.POWERS}


class Emitter:
    """Straight-line code. Equal instructions are written once, and what numbers alone decide is a literal."""

    def __init__(
        self,
        definitions: Definitions | None = None,
        *,
        vector_library: bool = True,
        prefix: str = "v",
        outline: bool = False,
    ) -> None:
        self.lines: list[str] = []
        """The instructions so far, of one block."""
        self.definitions = definitions or Definitions()
        self.vector_library = vector_library
        """Whether libmvec may be called, where it is; else functions of libm serve, lane by lane."""
        self.outline = outline
        """Whether each function of the table becomes a function of the module, and an instruction calls it: the
        code runs slower and shares less, but very large graphs compile in time and memory that can be afforded."""
        self._prefix = prefix
        self._written: dict[str, str] = {}
        self._numbers: dict[str, float] = {}
        self._masks: dict[str, str] = {}
        self._sources: dict[str, tuple[str, str]] = {}
        self._operations: dict[str, Callable[..., str]] = {}

    def constant(self, value: float) -> str:
        """The literal of a number, in all lanes."""
        bits = struct.unpack("<Q", struct.pack("<d", value))[0] if value == value else 0x7FF8000000000000
        literal = f"splat (double 0x{bits:016X})"
        self._numbers[literal] = value
        return literal

    def known(self, value: str) -> float | None:
        """The number of a literal."""
        return self._numbers.get(value)

    def operation(self, name: str) -> Callable[..., str]:
        """A function of the table, or one of the emitter's own such as `fma(x, y, z)` = x*y + z, rounded once."""
        if name not in self._operations:
            self._operations[name] = self._folding(name, self._form(name))
        return self._operations[name]

    def declarations(self) -> str:
        """What the lines need at module level."""
        return self.definitions.text()

    def emit(self, instruction: str) -> str:
        """The name of an instruction's result. Equal instructions are one."""
        name = self._written.get(instruction)
        if name is None:
            name = self._written[instruction] = f"%{self._prefix}{len(self._written)}"
            self.lines.append(f"  {name} = {instruction}")
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
        """Note that a value is such a function of the operand, for `source`. Returns the value."""
        self._sources[value] = operation, operand
        return value

    def source(self, value: str, operation: str) -> str | None:
        """The operand of which a value is this function."""
        made = self._sources.get(value)
        return made[1] if made and made[0] == operation else None

    def _form(self, name: str) -> Callable[..., str]:
        write = _WRITERS.get(name)
        if write is not None:
            return lambda *operands: write(self, *operands)
        if self.outline:
            symbol = self._outlined(name)
            return lambda *operands: self.call(symbol, *operands)
        if name in forms.FORMS:
            form = forms.program(forms.FORMS[name], self)
            return lambda *operands: self.remember(form(*operands), name, operands[0])
        function = FUNCTIONS[name]
        if function.library:
            return lambda *operands: calls.call(self, function.library, *operands)
        if function.definition:
            rule = bind(function.definition, function.operands, self)
            return lambda *operands: rule(operands)
        symbol = translate.scalar(function, self.definitions)
        helper = self.definitions.each_lane(symbol, len(function.operands))
        return lambda *operands: self.call(helper, *operands)

    def _outlined(self, name: str) -> str:
        """The symbol of a function that computes one operation."""
        symbol = f"form.{name}"
        if symbol not in self.definitions:
            arity = len(FUNCTIONS[name].operands) if name in FUNCTIONS else len(forms.operands(name))
            inner = Emitter(self.definitions, vector_library=self.vector_library)
            operands = [f"%x{k}" for k in range(arity)]
            value = inner.operation(name)(*operands)
            lines = [*inner.lines, f"  ret {VECTOR} {value}"]
            self.definitions.define(symbol, VECTOR, [f"{VECTOR} {operand}" for operand in operands], lines)
        return symbol

    def _folding(self, name: str, form: Callable[..., str]) -> Callable[..., str]:
        if name not in FUNCTIONS:
            return form
        compute = FLOATS.operation(name)

        def operation(*operands: str) -> str:
            numbers = [number for operand in operands if (number := self._numbers.get(operand)) is not None]
            if len(numbers) == len(operands):
                return self.constant(compute(*numbers))
            return form(*operands)

        return operation
