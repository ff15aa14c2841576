"""Scalar code: typed values, blocks and slots of one LLVM function under construction."""

from __future__ import annotations

import struct
from typing import Any, NamedTuple, TypeGuard

from exprgrad.backends.llvm.emit.definitions import Definitions
from exprgrad.functions.source import constructs
from exprgrad.functions.source.description import Constant, TranslationError


class Scalar(NamedTuple):
    """The result of an instruction."""

    kind: str
    """`double` or `i1`. Python's whole numbers are doubles too: all here are below 2^53, and so exact."""
    text: str


class Slot(NamedTuple):
    """A variable of the Python function: a place on the stack."""

    kind: str
    pointer: str


class Array:
    """A list of fixed length, on the stack."""

    def __init__(self, pointer: str, length: int) -> None:
        self.pointer = pointer
        self.kind = f"[{length} x double]"


Value = constructs.Value[Scalar, Array]
Variable = Value | Slot | tuple["Variable", ...]
"""What a name stands for: a slot, or a value."""


def is_tuple(value: object) -> TypeGuard[tuple[Any, ...]]:
    """Whether a value is a tuple of values."""
    return isinstance(value, tuple) and not isinstance(value, Scalar | Slot)


def kind_of(value: Value) -> str:
    """The type of a value that is no tuple."""
    if is_tuple(value) or isinstance(value, Array | Constant):
        raise TranslationError("a tuple or list as a number")
    return value.kind if isinstance(value, Scalar) else "i1" if isinstance(value, bool) else "double"


def literal(value: float) -> str:
    """A number as an operand."""
    if isinstance(value, bool):
        return "true" if value else "false"
    bits = struct.unpack("<Q", struct.pack("<d", value))[0] if value == value else 0x7FF8000000000000
    return f"0x{bits:016X}"


class Block:
    """A basic block: ends with one branch or return."""

    def __init__(self, label: str) -> None:
        self.label = label
        self.lines: list[str] = []
        self.closed = False


class Builder:
    """Writes one function. Variables live in slots on the stack; LLVM makes registers of them."""

    def __init__(self, definitions: Definitions) -> None:
        self.definitions = definitions
        self.slots: list[str] = []
        self.blocks = [Block("start")]
        self._count = 0

    @property
    def block(self) -> Block:
        """The block that is being written."""
        return self.blocks[-1]

    def fresh(self, prefix: str = "t") -> str:
        self._count += 1
        return f"{prefix}{self._count}"

    def line(self, text: str, block: Block | None = None) -> None:
        block = block or self.block
        if not block.closed:
            block.lines.append(f"  {text}")

    def result(self, kind: str, instruction: str) -> Scalar:
        name = f"%{self.fresh()}"
        self.line(f"{name} = {instruction}")
        return Scalar(kind, name)

    def begin(self) -> Block:
        """Start a block; what was written last does not fall through to it."""
        self.blocks.append(Block(self.fresh("block")))
        return self.block

    def end(self, instruction: str, block: Block | None = None) -> None:
        """The last line of a block."""
        block = block or self.block
        self.line(instruction, block)
        block.closed = True

    def slot(self, kind: str) -> str:
        """Room for a value of this type."""
        pointer = f"%{self.fresh('slot')}"
        self.slots.append(f"  {pointer} = alloca {kind}")
        return pointer

    def store(self, value: Value, pointer: str, block: Block | None = None) -> None:
        kind = kind_of(value)
        self.line(f"store {kind} {self.text(value)}, ptr {pointer}", block)

    def load(self, kind: str, pointer: str) -> Scalar:
        return self.result(kind, f"load {kind}, ptr {pointer}")

    def text(self, value: Value) -> str:
        kind_of(value)
        if isinstance(value, Scalar):
            return value.text
        assert isinstance(value, float | int)
        return literal(value)

    def number(self, value: Value) -> str:
        """A value as an operand of type double."""
        if kind_of(value) == "i1":
            raise TranslationError("arithmetic on truth values")
        return self.text(value)

    def condition(self, value: Scalar) -> Scalar:
        """A value as a condition: what is not 0 is true."""
        return value if value.kind == "i1" else self.result("i1", f"fcmp une double {value.text}, {literal(0.0)}")

    def call(self, symbol: str, *operands: Value, extern: bool = True) -> Scalar:
        """A call of a function of doubles."""
        if extern:
            self.definitions.declare(symbol, "double", ["double"] * len(operands))
        return self.result(
            "double", f"call double @{symbol}({', '.join(f'double {self.number(x)}' for x in operands)})"
        )

    def integer(self, value: Value, kind: str = "i64") -> str:
        """A whole number as an operand of an integer type."""
        if isinstance(value, Scalar):
            return self.result(kind, f"fptosi double {value.text} to {kind}").text
        assert isinstance(value, float | int)
        return str(int(value))

    def at(self, array: Array, index: Value) -> str:
        """The address of an element of a list."""
        whole = self.integer(index)
        return self.result("ptr", f"getelementptr {array.kind}, ptr {array.pointer}, i64 0, i64 {whole}").text

    def row(self, constant: Constant, index: Value) -> Value:
        """The row of a constant table, for an index that is not known yet."""
        symbol, kind, width = self.table(constant)
        whole = self.integer(index)
        found: list[Value] = []
        for k in range(width):
            place = f"getelementptr {kind}, ptr @{symbol}, i64 0, i64 {whole}, i64 {k}"
            found.append(self.load("double", self.result("ptr", place).text))
        return tuple(found) if is_tuple(constant.values[0]) else found[0]

    def table(self, constant: Constant) -> tuple[str, str, int]:
        """A constant table at module level: its symbol, its type, and the numbers in each row."""
        rows = constant.rows()
        width = len(rows[0])
        kind = f"[{len(rows)} x [{width} x double]]"
        text = ", ".join(f"[{width} x double] [{', '.join(f'double {self.number(x)}' for x in row)}]" for row in rows)
        symbol = self.definitions.numbered("table", text)
        self.definitions.add(symbol, f"@{symbol} = internal constant {kind} [{text}]")
        return symbol, kind, width

    def lines(self) -> list[str]:
        """The body."""
        written = []
        for number, block in enumerate(self.blocks):
            written += [f"{block.label}:", *(self.slots if number == 0 else []), *block.lines]
            if not block.closed:
                written.append("  unreachable")
        return written
