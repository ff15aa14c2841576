"""From the source of a function of the table to a scalar LLVM function: the careful numerics are written once.

The source is a small part of Python: numbers, tuples of them and constant tables, assignments, if, while,
for over range, conditional expressions, and calls of functions in the same style and of `math`. Annotations
give the types. Anything else is an error that names the function. Only functions in the table, and what they
call, are ever read.
"""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Callable, Sequence
from functools import cache
from types import FunctionType
from typing import Any, get_args, get_type_hints

from exprgrad.backends.llvm import compiler
from exprgrad.backends.llvm.emit.definitions import Definitions
from exprgrad.backends.llvm.source.builtins import intrinsic
from exprgrad.backends.llvm.source.expressions import Expressions
from exprgrad.backends.llvm.source.scalars import (
    Array,
    Block,
    Builder,
    Scalar,
    Slot,
    TranslationError,
    Value,
    Variable,
    flatten,
    is_tuple,
    kind_of,
)
from exprgrad.errors import UsageError
from exprgrad.functions.entry import Function
from exprgrad.functions.numerics.doubledouble import two_product

Shape = str | tuple["Shape", ...]
"""Types, nested as the values are: `double`, `i1`, or TABLE."""
TABLE = "table"
"""The type of a parameter that takes a constant table: each table makes a function of its own."""


def scalar(function: Function, definitions: Definitions) -> str:
    """The symbol of a function's scalar form, which is added to the definitions. Raises UsageError if there is none."""
    try:
        if not isinstance(function.value, FunctionType):
            raise TranslationError("it is not written in Python")
        return _define(function.value, (), definitions)
    except TranslationError as error:
        raise UsageError(f"{function.name} has no compiled form: {error}") from error


@cache
def _source(function: FunctionType) -> ast.FunctionDef:
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(function))).body[0]
    except (OSError, SyntaxError) as error:
        raise TranslationError(f"the source of {function.__name__} cannot be read") from error
    if not isinstance(tree, ast.FunctionDef) or tree.name != function.__name__ or tree.decorator_list:
        raise TranslationError(f"{function.__name__} is not a plain function")
    return tree


@cache
def _shapes(function: FunctionType) -> dict[str, Shape]:
    """The types of the parameters and of the result (`return`); float where nothing is said."""
    hints = get_type_hints(function)
    names = [*inspect.signature(function).parameters, "return"]
    return {name: _shape(hints.get(name, float)) for name in names}


def _shape(hint: Any) -> Shape:
    parts = get_args(hint)
    if Ellipsis in parts:
        return TABLE
    if parts:
        return tuple(_shape(part) for part in parts)
    if hint not in (float, int, bool):
        raise TranslationError(f"the type {hint}")
    return "i1" if hint is bool else "double"


def _flat(shape: Shape) -> list[str]:
    return [shape] if isinstance(shape, str) else [kind for part in shape for kind in _flat(part)]


def _nest(shape: Shape, scalars: list[Scalar]) -> Value:
    """The scalars, taken from the front of the list, nested as the shape says."""
    return scalars.pop(0) if isinstance(shape, str) else tuple(_nest(part, scalars) for part in shape)


def _type(shape: Shape) -> str:
    kinds = _flat(shape)
    return shape if isinstance(shape, str) else f"{{{', '.join(kinds)}}}"


def _define(function: FunctionType, tables: tuple[Value, ...], definitions: Definitions) -> str:
    """The symbol of a function, for these constant tables as operands; its definition is added if it is new."""
    module = function.__module__.rpartition(".")[2]
    symbol = f"{module}.{function.__name__}"
    if tables:
        symbol = definitions.numbered(symbol, repr(tables))
    if symbol in definitions:
        return symbol
    definitions.reserve(symbol)
    try:
        shapes, left = _shapes(function), list(tables)
        builder = Builder(definitions)
        body = _Body(builder, function)
        operands: list[str] = []
        for name, shape in shapes.items():
            if name == "return":
                continue
            if shape == TABLE:
                body.variables[name] = left.pop(0)
                continue
            scalars = [Scalar(kind, f"%{name}.{k}") for k, kind in enumerate(_flat(shape))]
            operands += [f"{scalar.kind} {scalar.text}" for scalar in scalars]
            body.assign(name, _nest(shape, scalars))
        body.run(_source(function).body)
    except TranslationError:
        definitions.withdraw(symbol)
        raise
    definitions.fill(symbol, _type(shapes["return"]), operands, builder.lines())
    return symbol


class _Body(Expressions):
    """The statements of one Python function. Inline, a return gives the value to the caller's code."""

    def __init__(self, builder: Builder, function: FunctionType, *, inline: bool = False) -> None:
        super().__init__(builder, function)
        self.inline = inline
        self.returned: Value | None = None

    def run(self, statements: Sequence[ast.stmt]) -> None:
        for statement in statements:
            if self.builder.block.closed:
                return
            self.statement(statement)

    def statement(self, statement: ast.stmt) -> None:
        match statement:
            case ast.Expr(ast.Constant()):
                return
            case ast.Assign([target], value):
                self.bind(target, self.value(value))
            case ast.AnnAssign(target, _, ast.expr() as value):
                self.bind(target, self.value(value))
            case ast.AugAssign(target, operation, value):
                self.bind(target, self.operate(operation, self.value(target), self.value(value)))
            case ast.Return(ast.expr() as value):
                self.give(self.value(value))
            case ast.If(test, body, otherwise):
                self.choose(test, body, otherwise)
            case ast.While(test, body, []):
                self.loop(lambda: self.truth(test), lambda: self.run(body))
            case ast.For(target, ast.Call(ast.Name("range"), bounds, []), body, []):
                self.count(target, bounds, body)
            case ast.For(target, iterated, body, []):
                for item in self.items(iterated):
                    self.unpack(target, item)
                    self.run(body)
            case _:
                raise TranslationError(f"`{ast.unparse(statement)}` in {self.function.__name__}")

    def bind(self, target: ast.expr, value: Value) -> None:
        """Assign a value to a name, to the names in a tuple, or to an element of a list."""
        match target:
            case ast.Name(name):
                self.assign(name, value)
            case ast.Tuple(targets) if is_tuple(value) and len(targets) == len(value):
                for part, item in zip(targets, value, strict=True):
                    self.bind(part, item)
            case ast.Subscript(listed, index):
                array = self.value(listed)
                if not isinstance(array, Array):
                    raise TranslationError(f"assignment to {ast.unparse(target)}")
                self.builder.store(value, self.builder.at(array, self.value(index)))
            case _:
                raise TranslationError(f"assignment to {ast.unparse(target)}")

    def unpack(self, target: ast.expr, value: Value) -> None:
        """Let names stand for values that are known now."""
        match target:
            case ast.Name(name):
                self.variables[name] = value
            case ast.Tuple(targets) if is_tuple(value) and len(targets) == len(value):
                for part, item in zip(targets, value, strict=True):
                    self.unpack(part, item)
            case _:
                raise TranslationError(f"`for {ast.unparse(target)}`")

    def assign(self, name: str, value: Value) -> None:
        """Keep a value in the slots of a variable."""
        self.variables[name] = self.keep(self.variables.get(name), value, name)

    def keep(self, before: Variable | None, value: Value, name: str) -> Variable:
        if isinstance(value, Array):
            return value
        if is_tuple(value):
            old = before if is_tuple(before) and len(before) == len(value) else (None,) * len(value)
            return tuple(self.keep(slot, part, name) for slot, part in zip(old, value, strict=True))
        slot = before if isinstance(before, Slot) else Slot(kind_of(value), self.builder.slot(kind_of(value)))
        if slot.kind != kind_of(value):
            raise TranslationError(f"{name} in {self.function.__name__} has two types")
        self.builder.store(value, slot.pointer)
        return slot

    def give(self, value: Value) -> None:
        """Return a value."""
        if self.inline:
            self.returned = value
            return
        shape = _shapes(self.function)["return"]
        kinds, scalars = _flat(shape), flatten(value)
        if [kind_of(part) for part in scalars] != kinds:
            raise TranslationError(f"the result of {self.function.__name__} is not what its annotation says")
        if isinstance(shape, str):
            self.builder.end(f"ret {shape} {self.builder.text(scalars[0])}")
            return
        made = "poison"
        for k, part in enumerate(scalars):
            typed = f"{kinds[k]} {self.builder.text(part)}"
            made = self.builder.result("", f"insertvalue {_type(shape)} {made}, {typed}, {k}").text
        self.builder.end(f"ret {_type(shape)} {made}")

    def choose(self, test: ast.expr, body: list[ast.stmt], otherwise: list[ast.stmt]) -> None:
        condition = self.truth(test)
        if not isinstance(condition, Scalar):
            self.run(body if condition else otherwise)
            return
        start, ends = self.builder.block, []
        labels = []
        for statements in (body, otherwise):
            labels.append(self.builder.begin().label)
            self.run(statements)
            ends.append(self.builder.block)
        self.builder.end(f"br i1 {condition.text}, label %{labels[0]}, label %{labels[1]}", start)
        self.join(ends)

    def join(self, ends: list[Block]) -> None:
        """Go on in one block after several, if any of them comes to its end."""
        if all(block.closed for block in ends):
            return
        after = self.builder.begin()
        for block in ends:
            self.builder.end(f"br label %{after.label}", block)

    def loop(self, test: Callable[[], Value], body: Callable[[], None]) -> None:
        """Run the body while the test holds."""
        before = self.builder.block
        head = self.builder.begin()
        self.builder.end(f"br label %{head.label}", before)
        condition = test()
        assert isinstance(condition, Scalar)
        decided = self.builder.block
        first = self.builder.begin()
        body()
        self.builder.end(f"br label %{head.label}")
        after = self.builder.begin()
        self.builder.end(f"br i1 {condition.text}, label %{first.label}, label %{after.label}", decided)

    def count(self, target: ast.expr, bounds: list[ast.expr], body: list[ast.stmt]) -> None:
        """for … in range(…), with a step that is known now."""
        numbers = [self.value(bound) for bound in bounds]
        start, stop, step = ((0, *numbers, 1) if len(numbers) == 1 else (*numbers, 1))[:3]
        if not isinstance(step, int):
            raise TranslationError("a range with a step that is not a constant")
        counter = self.keep(None, start, "range")
        builder = self.builder
        predicate = "olt" if step > 0 else "ogt"

        def test() -> Value:
            now = builder.number(self.read(counter))
            return builder.result("i1", f"fcmp {predicate} double {now}, {builder.number(stop)}")

        def advance() -> None:
            now = self.read(counter)
            self.bind(target, now)
            self.run(body)
            self.keep(counter, self.operate(ast.Add(), now, step), "range")

        self.loop(test, advance)

    def call_function(self, function: FunctionType, operands: list[Value]) -> Value:
        """A call of another function: in place where it is straight-line code."""
        if function is two_product and "fma" in compiler.host().features:
            return _exact_product(self.builder, *operands)
        parameters = list(inspect.signature(function).parameters.values())
        operands = [*operands, *(p.default for p in parameters[len(operands) :])]
        shapes = _shapes(function)
        if _is_straight(function):
            body = _Body(self.builder, function, inline=True)
            for parameter, operand in zip(parameters, operands, strict=True):
                body.variables[parameter.name] = operand
            body.run(_source(function).body)
            assert body.returned is not None
            return body.returned
        tables = tuple(x for p, x in zip(parameters, operands, strict=True) if shapes[p.name] == TABLE)
        symbol = _define(function, tables, self.builder.definitions)
        passed = [
            f"{kind_of(part)} {self.builder.text(part)}"
            for parameter, operand in zip(parameters, operands, strict=True)
            if shapes[parameter.name] != TABLE
            for part in flatten(operand)
        ]
        shape = shapes["return"]
        kind = _type(shape)
        result = self.builder.result(kind, f"call {kind} @{symbol}({', '.join(passed)})")
        if isinstance(shape, str):
            return result
        parts = [
            self.builder.result(part, f"extractvalue {kind} {result.text}, {k}") for k, part in enumerate(_flat(shape))
        ]
        return _nest(shape, parts)


@cache
def _is_straight(function: FunctionType) -> bool:
    """Whether a function is assignments and one return, maybe with loops over tables."""
    tree = _source(function)
    returns = [node for node in ast.walk(tree) if isinstance(node, ast.Return)]
    branches = any(isinstance(node, ast.If | ast.While) for node in ast.walk(tree))
    return not branches and len(returns) == 1 and tree.body[-1] is returns[0]


def _exact_product(builder: Builder, x: Value, y: Value) -> Value:
    """`two_product` with the one instruction made for it."""
    product = builder.result("double", f"fmul double {builder.number(x)}, {builder.number(y)}")
    negative = builder.result("double", f"fneg double {product.text}")
    return product, intrinsic("fma")(builder, x, y, negative)
