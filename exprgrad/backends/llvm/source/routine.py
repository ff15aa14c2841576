"""One function of the Python subset, written as a scalar LLVM function: how each construct is written.

Variables are slots on the stack, of which LLVM makes registers. A tuple is as many scalars. A loop over a constant
table is unrolled, and a function without branches is written in place of its call.
"""

from __future__ import annotations

from collections.abc import Callable

from exprgrad.backends.llvm import compiler
from exprgrad.backends.llvm.source.primitives import PRIMITIVES, intrinsic, remainder
from exprgrad.backends.llvm.source.scalars import (
    Array,
    Block,
    Builder,
    Scalar,
    Slot,
    Value,
    Variable,
    is_tuple,
    kind_of,
)
from exprgrad.functions.numerics.doubledouble import two_product
from exprgrad.functions.source.description import (
    TABLE,
    TRUTH,
    Body,
    Constant,
    Count,
    Each,
    Expression,
    Routine,
    Shape,
    TranslationError,
)
from exprgrad.functions.source.shapes import leaves, nest
from exprgrad.functions.source.writer import Writer

_OPCODES = {"add": "fadd", "sub": "fsub", "mul": "fmul", "div": "fdiv"}
_PREDICATES = {"lt": "olt", "le": "ole", "gt": "ogt", "ge": "oge", "eq": "oeq", "ne": "une"}

Define = Callable[[Routine, tuple[Constant, ...]], str]
"""The symbol of a routine for these constant tables; its definition is added if it is new."""


def kinds_of(shape: Shape) -> list[str]:
    """The types of a shape's scalars."""
    return ["i1" if leaf == TRUTH else "double" for leaf in leaves(shape)]


def type_of(shape: Shape) -> str:
    """The type of a result."""
    kinds = kinds_of(shape)
    return kinds[0] if isinstance(shape, str) else f"{{{', '.join(kinds)}}}"


class RoutineWriter(Writer[Scalar, Array]):
    """Writes into a builder. Inline, a return gives the value to the code around the call."""

    scalars, lists = Scalar, Array

    def __init__(self, routine: Routine, builder: Builder, define: Define, *, inline: bool = False) -> None:
        super().__init__(routine)
        self.builder, self.define, self.inline = builder, define, inline
        self.variables: dict[str, Variable] = {}
        self.returned: Value | None = None

    def ended(self) -> bool:
        return self.builder.block.closed

    def read(self, name: str) -> Value:
        if name not in self.variables:
            raise TranslationError(f"{name} is not set yet in {self.routine.name}")
        return self._load(self.variables[name])

    def _load(self, variable: Variable) -> Value:
        if isinstance(variable, Slot):
            return self.builder.load(variable.kind, variable.pointer)
        if is_tuple(variable):
            return tuple(self._load(part) for part in variable)
        assert isinstance(variable, int | float | Scalar | Array | Constant)
        return variable

    def negative(self, x: Scalar) -> Scalar:
        return self.builder.result("double", f"fneg double {self.builder.number(x)}")

    def opposite(self, x: Scalar) -> Scalar:
        return self.builder.result("i1", f"xor i1 {x.text}, true")

    def condition(self, x: Scalar) -> Scalar:
        return self.builder.condition(x)

    def arithmetic(self, operation: str, x: float | Scalar, y: float | Scalar) -> Scalar:
        if operation == "mod":
            return remainder(self.builder, x, y)
        if operation == "pow":
            return self.builder.call("pow", x, y)
        operands = f"double {self.builder.number(x)}, {self.builder.number(y)}"
        return self.builder.result("double", f"{_OPCODES[operation]} {operands}")

    def comparison(self, operation: str, x: float | Scalar, y: float | Scalar) -> Scalar:
        operands = f"double {self.builder.number(x)}, {self.builder.number(y)}"
        return self.builder.result("i1", f"fcmp {_PREDICATES[operation]} {operands}")

    def junction(self, every: bool, conditions: list[Scalar]) -> Scalar:
        result = conditions[0]
        for other in conditions[1:]:
            chosen = f"i1 {other.text}, i1 false" if every else f"i1 true, i1 {other.text}"
            result = self.builder.result("i1", f"select i1 {result.text}, {chosen}")
        return result

    def conditional(self, test: Scalar, body: Expression, otherwise: Expression) -> Value:
        """Only one of the two is computed."""
        values: list[Value] = []

        def take(part: Expression) -> Callable[[], None]:
            return lambda: values.append(self.value(part))

        ends = self._branch(test, take(body), take(otherwise))
        self._join(ends)
        return self._merge(values, ends)

    def _branch(self, test: Scalar, *parts: Callable[[], None]) -> list[Block]:
        """The blocks at the ends of the two parts, of which one is run."""
        start, labels, ends = self.builder.block, [], []
        for part in parts:
            labels.append(self.builder.begin().label)
            part()
            ends.append(self.builder.block)
        self.builder.end(f"br i1 {test.text}, label %{labels[0]}, label %{labels[1]}", start)
        return ends

    def _join(self, ends: list[Block]) -> None:
        """Go on in one block after several, if any of them comes to its end."""
        if all(block.closed for block in ends):
            return
        after = self.builder.begin()
        for block in ends:
            self.builder.end(f"br label %{after.label}", block)

    def _merge(self, values: list[Value], blocks: list[Block]) -> Value:
        """One value out of those that the blocks before this one bring."""
        if any(isinstance(value, Constant) or is_tuple(value) for value in values):
            pairs = zip(*map(self.elements, values), strict=True)
            return tuple(self._merge(list(pair), blocks) for pair in pairs)
        kind = kind_of(values[0])
        if any(kind_of(value) != kind for value in values):
            raise TranslationError(f"a conditional of two types in {self.routine.name}")
        sources = (f"[{self.builder.text(x)}, %{block.label}]" for x, block in zip(values, blocks, strict=True))
        return self.builder.result(kind, f"phi {kind} {', '.join(sources)}")

    def element(self, listed: Array | Constant, index: float | Scalar) -> Value:
        if isinstance(listed, Constant):
            return self.builder.row(listed, index)
        return self.builder.load("double", self.builder.at(listed, index))

    def primitive(self, name: str, operands: list[float | Scalar]) -> Value:
        if name not in PRIMITIVES:
            raise TranslationError(f"the function {name}")
        return PRIMITIVES[name](self.builder, *operands)

    def call(self, routine: Routine, operands: list[Value]) -> Value:
        """A call of another function: in place where it is straight-line code."""
        if routine.function is two_product and "fma" in compiler.host().features:
            return self._exact_product(*map(self.scalar, operands))
        if routine.is_straight:
            inner = RoutineWriter(routine, self.builder, self.define, inline=True)
            inner.variables.update(zip((p.name for p in routine.parameters), operands, strict=True))
            inner.run(routine.body)
            assert inner.returned is not None
            return inner.returned
        pairs = list(zip(routine.parameters, operands, strict=True))
        tables = tuple(self._constant(operand) for parameter, operand in pairs if parameter.shape == TABLE)
        passed = [
            f"{kind_of(part)} {self.builder.text(part)}"
            for parameter, operand in pairs
            if parameter.shape != TABLE
            for part in self.flat(operand)
        ]
        kind = type_of(routine.result)
        result = self.builder.result(kind, f"call {kind} @{self.define(routine, tables)}({', '.join(passed)})")
        if isinstance(routine.result, str):
            return result
        parts = [
            self.builder.result(part, f"extractvalue {kind} {result.text}, {k}")
            for k, part in enumerate(kinds_of(routine.result))
        ]
        return nest(routine.result, parts)  # type: ignore[no-any-return]

    def _constant(self, value: Value) -> Constant:
        if isinstance(value, Constant):
            return value
        raise TranslationError(f"a table that is no constant in {self.routine.name}")

    def _exact_product(self, x: float | Scalar, y: float | Scalar) -> Value:
        """`two_product` with the one instruction made for it."""
        builder = self.builder
        product = builder.result("double", f"fmul double {builder.number(x)}, {builder.number(y)}")
        negative = builder.result("double", f"fneg double {product.text}")
        return product, intrinsic("fma")(builder, x, y, negative)

    def assign(self, assigned: list[tuple[str, Value]]) -> None:
        for name, value in assigned:
            self.variables[name] = self._keep(self.variables.get(name), value, name)

    def _keep(self, before: Variable | None, value: Value, name: str) -> Variable:
        """Store a value in the slots of a variable, which are new where it has none."""
        if isinstance(value, Array):
            return value
        if is_tuple(value) or isinstance(value, Constant):
            parts = self.elements(value)
            old = before if is_tuple(before) and len(before) == len(parts) else (None,) * len(parts)
            return tuple(self._keep(slot, part, name) for slot, part in zip(old, parts, strict=True))
        slot = before if isinstance(before, Slot) else Slot(kind_of(value), self.builder.slot(kind_of(value)))
        if slot.kind != kind_of(value):
            raise TranslationError(f"{name} in {self.routine.name} has two types")
        self.builder.store(value, slot.pointer)
        return slot

    def zeros(self, name: str, length: int) -> None:
        array = Array("", length)
        array.pointer = self.builder.slot(array.kind)
        self.builder.line(f"store {array.kind} zeroinitializer, ptr {array.pointer}")
        self.variables[name] = array

    def store(self, listed: Array, index: float | Scalar, value: float | Scalar) -> None:
        self.builder.store(value, self.builder.at(listed, index))

    def give(self, value: Value) -> None:
        if self.inline:
            self.returned = value
            return
        shape = self.routine.result
        kinds, scalars = kinds_of(shape), self.flat(value)
        if [kind_of(part) for part in scalars] != kinds:
            raise TranslationError(f"the result of {self.routine.name} is not what its annotation says")
        if isinstance(shape, str):
            self.builder.end(f"ret {type_of(shape)} {self.builder.text(scalars[0])}")
            return
        made = "poison"
        for k, part in enumerate(scalars):
            typed = f"{kinds[k]} {self.builder.text(part)}"
            made = self.builder.result("", f"insertvalue {type_of(shape)} {made}, {typed}, {k}").text
        self.builder.end(f"ret {type_of(shape)} {made}")

    def choose(self, test: Scalar, body: Body, otherwise: Body) -> None:
        self._join(self._branch(test, lambda: self.run(body), lambda: self.run(otherwise)))

    def repeat(self, test: Expression, body: Body) -> None:
        self._loop(lambda: self.truth(test), lambda: self.run(body))

    def _loop(self, test: Callable[[], bool | Scalar], body: Callable[[], None]) -> None:
        """Run the body while the test holds."""
        before = self.builder.block
        head = self.builder.begin()
        self.builder.end(f"br label %{head.label}", before)
        condition = self.builder.text(test())
        decided = self.builder.block
        first = self.builder.begin()
        body()
        self.builder.end(f"br label %{head.label}")
        after = self.builder.begin()
        self.builder.end(f"br i1 {condition}, label %{first.label}, label %{after.label}", decided)

    def count(self, loop: Count) -> None:
        start, stop = self.one(loop.start), self.one(loop.stop)
        counter = self._keep(None, start, "range")
        operation = "lt" if loop.step > 0 else "gt"

        def advance() -> None:
            now = self.scalar(self._load(counter))
            self.assign([(loop.name, now)])
            self.run(loop.body)
            self._keep(counter, self.arithmetic("add", now, loop.step), "range")

        self._loop(lambda: self.comparison(operation, self.scalar(self._load(counter)), stop), advance)

    def each(self, loop: Each) -> None:
        """Once for each element, whose numbers are known in the code of its turn."""
        for k, item in enumerate(self.elements(self.value(loop.table)), loop.first or 0):
            self.variables.update(self.pairs(loop.target, item if loop.first is None else (k, item)))
            self.run(loop.body)
