"""The text of LLVM's intermediate representation (IR), written value by value.

`Lines` is straight-line code. `Function` adds loops and branches. Each instruction's result gets a name of its own, and
whoever has the name passes it on as an operand; an operand may also be a whole number.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from exprgrad.backends.llvm.compiler import width

WIDTH = width()
"""Rows that one instruction computes: what a register of this machine holds, so that values stay in registers."""

DOUBLE, INTEGER, POINTER = "double", "i64", "ptr"
VECTOR = f"<{WIDTH} x double>"
MASK = f"<{WIDTH} x i1>"
"""The types of values."""

COPY = "declare void @llvm.memcpy.p0.p0.i64(ptr, ptr, i64, i1)"
"""What a module that uses `Lines.copy` declares."""

Operand = str | int
"""The name of a value, or a whole number."""


class Lines:
    """Straight-line code: instructions one after the other."""

    def __init__(self, prefix: str = "t") -> None:
        """The results are called `prefix` and a number: no other lines of the same function may have the prefix."""
        self.lines: list[str] = []
        self._prefix = prefix
        self._results = 0

    def value(self, instruction: str) -> str:
        """Write an instruction; the name of its result."""
        name = self._name()
        self.lines.append(f"  {name} = {instruction}")
        return name

    def do(self, instruction: str) -> None:
        """Write an instruction without a result."""
        self.lines.append(f"  {instruction}")

    def integer(self, opcode: str, x: Operand, y: Operand) -> str:
        """An operation on whole numbers: `add sub mul udiv urem and lshr`."""
        return self.value(f"{opcode} {INTEGER} {x}, {y}")

    def add(self, x: Operand, y: Operand) -> str:
        """x + y, of whole numbers."""
        return self.integer("add", x, y)

    def sub(self, x: Operand, y: Operand) -> str:
        """x - y, of whole numbers."""
        return self.integer("sub", x, y)

    def mul(self, x: Operand, y: Operand) -> str:
        """x*y, of whole numbers."""
        return self.integer("mul", x, y)

    def less(self, x: Operand, y: Operand) -> str:
        """Whether x < y, of whole numbers without a sign."""
        return self.value(f"icmp ult {INTEGER} {x}, {y}")

    def some(self, x: Operand) -> str:
        """Whether a whole number is not 0."""
        return self.value(f"icmp ne {INTEGER} {x}, 0")

    def smaller(self, x: Operand, y: Operand) -> str:
        """The smaller of two whole numbers."""
        return self.select(self.less(x, y), x, y)

    def select(self, condition: str, x: Operand, y: Operand, kind: str = INTEGER) -> str:
        """x where the condition holds, else y."""
        return self.value(f"select i1 {condition}, {kind} {x}, {kind} {y}")

    def element(self, pointer: str, index: Operand, kind: str = DOUBLE) -> str:
        """The address of an element of an array."""
        return self.value(f"getelementptr {kind}, ptr {pointer}, {INTEGER} {index}")

    def load(self, pointer: str, kind: str = DOUBLE) -> str:
        """What stands at an address. A vector may begin at any number of the array."""
        return self.value(f"load {kind}, ptr {pointer}{_aligned(kind)}")

    def load_at(self, pointer: str, index: Operand, kind: str = DOUBLE, element: str = DOUBLE) -> str:
        """What stands at an element of an array: one of the array's own kind, or a vector from it on."""
        return self.load(self.element(pointer, index, element), kind)

    def store(self, value: Operand, pointer: str, kind: str = DOUBLE) -> None:
        """Put a value at an address."""
        self.do(f"store {kind} {value}, ptr {pointer}{_aligned(kind)}")

    def store_at(self, value: Operand, pointer: str, index: Operand, kind: str = DOUBLE, element: str = DOUBLE) -> None:
        """Put a value at an element of an array."""
        self.store(value, self.element(pointer, index, element), kind)

    def pointer_at(self, table: str, index: Operand) -> str:
        """An element of a table of addresses."""
        return self.load_at(table, index, POINTER, POINTER)

    def splat(self, number: str) -> str:
        """A vector with the same number in every row."""
        one = self.value(f"insertelement {VECTOR} poison, double {number}, i64 0")
        return self.value(f"shufflevector {VECTOR} {one}, {VECTOR} poison, <{WIDTH} x i32> zeroinitializer")

    def first(self, vector: str) -> str:
        """The first number of a vector."""
        return self.value(f"extractelement {VECTOR} {vector}, i64 0")

    def copy(self, to: str, start: str, size: Operand) -> None:
        """Copy bytes from the address `start` on; the module declares `COPY`."""
        self.do(f"call void @llvm.memcpy.p0.p0.i64(ptr align 8 {to}, ptr align 8 {start}, i64 {size}, i1 false)")

    def call(self, function: str, *arguments: str) -> None:
        """Call a function without a result; each argument is its type and its operand."""
        self.do(f"call void {function}({', '.join(arguments)})")

    def _name(self) -> str:
        self._results += 1
        return f"%{self._prefix}{self._results - 1}"


class Function(Lines):
    """A function without a result, written from its first line to its last."""

    def __init__(self, symbol: str, *parameters: str, internal: bool = False) -> None:
        """Each parameter is its type, with attributes, and its name. An internal function is called by its own module
        alone, and not copied into its callers."""
        super().__init__()
        linkage, attributes = ("internal ", " noinline") if internal else ("", "")
        self.lines = [f"define {linkage}void @{symbol}({', '.join(parameters)}){attributes} {{", "entry:"]
        self._block = "entry"
        self._labels = 0

    def text(self) -> str:
        """The whole function."""
        return "\n".join([*self.lines, "  ret void", "}"])

    @contextmanager
    def when(self, condition: str) -> Iterator[None]:
        """What is written inside is done where the condition holds."""
        inside, after = self._label("then"), self._label("after")
        self.do(f"br i1 {condition}, label %{inside}, label %{after}")
        self._begin(inside)
        yield
        self.do(f"br label %{after}")
        self._begin(after)

    @contextmanager
    def loop(self) -> Iterator[Loop]:
        """What is written inside is done once, and again as `Loop.repeat` says."""
        start, end = self._label("loop"), self._label("end")
        before = self._block
        self.do(f"br label %{start}")
        self._begin(start)
        loop, head = Loop(self), len(self.lines)
        yield loop
        self.do(f"br i1 {loop.condition}, label %{start}, label %{end}")
        self.lines[head:head] = [
            f"  {name} = phi {kind} [{first}, %{before}], [{loop.next[name]}, %{self._block}]"
            for name, kind, first in loop.carried
        ]
        self._begin(end)

    @contextmanager
    def count(self, first: Operand, stop: Operand, step: Operand = 1) -> Iterator[str]:
        """What is written inside is done for each whole number from `first` on in steps as long as it is below `stop`,
        and at least once; the number's name."""
        with self.loop() as loop:
            index = loop.carry(first)
            yield index
            loop.advance(index, step, stop)

    def _begin(self, label: str) -> None:
        self.lines.append(f"{label}:")
        self._block = label

    def _label(self, name: str) -> str:
        self._labels += 1
        return f"{name}{self._labels}"


class Loop:
    """A loop of a function while it is written. Values that change from round to round are *carried*."""

    def __init__(self, function: Function) -> None:
        self.carried: list[tuple[str, str, Operand]] = []
        """Name, type, and value in the first round."""
        self.next: dict[str, Operand] = {}
        """The values in the round that follows, by name."""
        self.condition = "false"
        self._function = function

    def carry(self, first: Operand, kind: str = INTEGER) -> str:
        """The name of a carried value, which is `first` in the first round. `update` has to follow."""
        name = self._function._name()
        self.carried.append((name, kind, first))
        return name

    def update(self, name: str, value: Operand) -> None:
        """Say what a carried value is in the round that follows."""
        self.next[name] = value

    def repeat(self, condition: str) -> None:
        """Say on what condition a round follows."""
        self.condition = condition

    def advance(self, index: str, step: Operand, stop: Operand) -> None:
        """Add `step` to a carried whole number, and repeat while it is below `stop`."""
        following = self._function.add(index, step)
        self.update(index, following)
        self.repeat(self._function.less(following, stop))


def _aligned(kind: str) -> str:
    return ", align 8" if kind.startswith("<") else ""
