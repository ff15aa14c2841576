"""The distinct operations of a stage, each as a small function over a strip of rows.

    operation(destination, operand, operand, operand, rows)

The destination and the operands are strips of float64; the destination may be one of the operands. Where the emitter
writes other code for a known number, or for a function of a function, that makes an operation of its own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Container
from typing import NamedTuple

from exprgrad.backends.llvm.emit.definitions import Definitions
from exprgrad.backends.llvm.emit.instructions import INSTRUCTIONS
from exprgrad.backends.llvm.emit.powers import CHAINS, is_call
from exprgrad.backends.llvm.emit.writers import new_emitter
from exprgrad.backends.llvm.ir import VECTOR, WIDTH, Function
from exprgrad.columns.folds import LANES
from exprgrad.graph.graph import Graph

OPERANDS = 3
"""The most operands of a function."""
_VARIANTS = 32
"""The most versions of a function for operands that are known numbers; other numbers are read like any operand."""


class Operation(NamedTuple):
    """A function that is compiled once."""

    name: str
    numbers: tuple[str, ...]
    """The known operands in hexadecimal, "" for one that is read."""
    inner: tuple[str, ...] = ()
    """The functions, outermost first, that are applied to the first operand before this one."""

    @property
    def arity(self) -> int:
        """How many operands are read."""
        return self.numbers.count("")


class Selection:
    """The operations of a graph's nodes, numbered as they are met."""

    def __init__(self, graph: Graph, columns: Container[int]) -> None:
        self.graph = graph
        self.operations: dict[Operation, int] = {}
        self._columns = columns
        self._plain: dict[str, int] = {}
        self._variants: Counter[str] = Counter()
        self._chained = {chain[:depth] for chain in CHAINS for depth in range(1, len(chain) + 1)}

    def select(self, node: int) -> tuple[int, tuple[int, ...]]:
        """The number of a node's operation, and the nodes that it reads."""
        name, operands = self.graph.operations[node], self.graph.operands[node]
        plain = self._plain.get(name)
        if plain is not None:
            return plain, operands
        if name in INSTRUCTIONS or (len(operands) == 1 and (name,) not in self._chained):
            plain = self._plain[name] = self._index(Operation(name, ("",) * len(operands)))
            return plain, operands
        return self._special(name, operands)

    def _special(self, name: str, operands: tuple[int, ...]) -> tuple[int, tuple[int, ...]]:
        """The operation of a function whose code may depend on what its operands are."""
        numbers = [self.graph.number(operand) for operand in operands]
        if name == "pow" and is_call(*numbers):
            numbers = [None, None]
        known = tuple("" if number is None else number.hex() for number in numbers)
        inner = self._chain(name, operands[0])
        for _ in inner:
            operands = (*self.graph.operands[operands[0]], *operands[1:])
        operation = Operation(name, known, inner)
        if any(known) and operation not in self.operations:
            self._variants[name] += 1
            if self._variants[name] > _VARIANTS:
                operation = Operation(name, ("",) * len(known), inner)
        read = zip(operands, operation.numbers, strict=True)
        return self._index(operation), tuple(operand for operand, number in read if not number)

    def _chain(self, name: str, operand: int) -> tuple[str, ...]:
        """The functions under this one that are written together with it."""
        chain: tuple[str, ...] = (name,)
        while operand in self._columns and (longer := (*chain, self.graph.operations[operand])) in self._chained:
            chain = longer
            operand = self.graph.operands[operand][0]
        return chain[1:] if chain in CHAINS else ()

    def _index(self, operation: Operation) -> int:
        return self.operations.setdefault(operation, len(self.operations))


def elementwise(symbol: str, operation: Operation, definitions: Definitions) -> str:
    """The function of an operation."""
    code = _function(symbol)
    with code.count(0, "%rows", WIDTH) as row:
        emitter = new_emitter(code, definitions)
        read = iter(range(operation.arity))
        operands = [
            emitter.constant(float.fromhex(number)) if number else code.load_at(f"%operand{next(read)}", row, VECTOR)
            for number in operation.numbers
        ]
        for name in reversed(operation.inner):
            operands[0] = emitter.operation(name)(operands[0])
        code.store_at(emitter.operation(operation.name)(*operands), "%destination", row, VECTOR)
    return code.text()


def fold(symbol: str, function: str, definitions: Definitions) -> str:
    """The function that folds a strip into the LANES lanes at its destination, by a function of two."""
    code, firsts = _function(symbol), range(0, LANES, WIDTH)
    places = [code.element("%destination", first) for first in firsts]
    rest = [code.load(place, VECTOR) for place in places]
    with code.loop() as loop:
        row, after = loop.carry(0), []
        lanes = [loop.carry(value, VECTOR) for value in rest]
        emitter = new_emitter(code, definitions)
        for first, value in zip(firsts, lanes, strict=True):
            rows = code.load_at("%operand0", code.add(row, first), VECTOR)
            after.append(emitter.operation(function)(value, rows))
            loop.update(value, after[-1])
        loop.advance(row, LANES, "%rows")
    for place, value in zip(places, after, strict=True):
        code.store(value, place, VECTOR)
    return code.text()


def _function(symbol: str) -> Function:
    return Function(symbol, "ptr %destination", *(f"ptr %operand{k}" for k in range(OPERANDS)), "i64 %rows")
