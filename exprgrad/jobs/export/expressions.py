"""The values of Python expressions as texts of C or JavaScript: see `translate`."""

from __future__ import annotations

import ast
from abc import ABC, abstractmethod
from collections.abc import Mapping
from inspect import Parameter
from types import FunctionType
from typing import Any, NamedTuple

from exprgrad.jobs.export.emitter import Emitter
from exprgrad.jobs.export.primitives import PRIMITIVES
from exprgrad.jobs.export.sources import NUMBER, TABLE, Shape, defaults, global_value, shapes
from exprgrad.jobs.export.texts import ARITHMETIC, COMPARISONS, Operator, Text
from exprgrad.notation.precedence import ATOM, LEVELS, SIGNED


class Table(NamedTuple):
    """A constant table, or a list of numbers that is written to."""

    symbol: str
    size: str
    width: int = 1
    """Numbers of a row."""


class Constant(NamedTuple):
    """A tuple of Python's, known now, and how to call it."""

    values: tuple[Any, ...]
    name: str


Value = Text | Table | Constant | tuple["Value", ...]

_SIGNS = {ast.Add: "add", ast.Sub: "sub", ast.Mult: "mul", ast.Div: "div"}
_TESTS = {ast.Lt: "lt", ast.LtE: "le", ast.Gt: "gt", ast.GtE: "ge", ast.Eq: "eq", ast.NotEq: "ne"}


class Language(ABC):
    """How C and JavaScript differ."""

    variable = ""
    """How a variable is declared."""
    constant = ""
    """How one that stays is declared."""
    counter = ""
    """How a whole number that counts is declared."""
    comparisons: Mapping[str, Operator] = COMPARISONS

    @abstractmethod
    def head(self, name: str, parameters: list[str], result: list[Shape]) -> str:
        """The line that a function begins with; parameters are names, of tables `NAME[]`."""

    @abstractmethod
    def results(self, parts: list[str]) -> str:
        """Several numbers to return."""

    @abstractmethod
    def part(self, name: str, index: int) -> str:
        """One of the numbers that a function returned."""

    @abstractmethod
    def returned(self, count: int) -> str:
        """How a variable for such numbers is declared."""

    @abstractmethod
    def table(self, name: str, numbers: list[str]) -> str:
        """The definition of a constant table."""

    @abstractmethod
    def list(self, name: str, size: str) -> str:
        """The definition of a list of zeros."""

    @abstractmethod
    def index(self, text: Text) -> str:
        """A number as an index, or a factor of one."""

    def comment(self, text: str) -> str:
        """A line that says what a function computes."""
        return f"/* {text} */"


class Expressions(ABC):
    """The expressions in one function; what does not fit into an expression is written as a line before it."""

    def __init__(self, language: Language, emitter: Emitter, function: FunctionType) -> None:
        self.language, self.emitter, self.function = language, emitter, function
        self.variables: dict[str, Value] = {}
        self.temporaries = 0

    @abstractmethod
    def line(self, text: str) -> None:
        """Write a line."""

    @abstractmethod
    def symbol(self, function: FunctionType) -> str:
        """The name of another function in the target."""

    @abstractmethod
    def table(self, constant: Constant) -> Table:
        """A constant table in the target."""

    def value(self, node: ast.expr) -> Value:
        match node:
            case ast.Constant(bool() | int() | float() as number):
                return self.emitter.constant(float(number))
            case ast.Name(name) if name in self.variables:
                return self.variables[name]
            case ast.Name() | ast.Attribute():
                return self.outside(global_value(self.function, node), ast.unparse(node))
            case ast.Tuple(parts):
                return tuple(self.value(part) for part in parts)
            case ast.UnaryOp(ast.USub(), operand):
                return self.negative(self.one(operand))
            case ast.UnaryOp(ast.Not(), operand):
                inner = self.test(operand)
                return Text(f"!{inner.within(ATOM)}", SIGNED, True)
            case ast.BinOp(ast.List([_]), ast.Mult(), length):
                size = str(int(self.one(length).number or 0))
                self.line(self.language.list("#", size))
                return Table("#", size)
            case ast.BinOp(left, operation, right):
                return self.operate(operation, self.one(left), self.one(right))
            case ast.BoolOp(operation, parts):
                sign, level, needed = ("&&", 3, 4) if isinstance(operation, ast.And) else ("||", 2, 4)
                return Text(f" {sign} ".join(self.test(part).within(needed) for part in parts), level, True)
            case ast.Compare(left, operations, others):
                return self.compare(left, operations, others)
            case ast.IfExp(test, body, otherwise):
                return self.conditional(self.test(test), self.value(body), self.value(otherwise))
            case ast.Subscript(listed, index):
                return self.element(self.value(listed), index)
            case ast.Call(called, operands, []):
                return self.call(global_value(self.function, called), operands)
        raise NotImplementedError(f"`{ast.unparse(node)}` in {self.function.__name__}")

    def one(self, node: ast.expr) -> Text:
        (text,) = self.flat(self.value(node))
        return text

    def test(self, node: ast.expr) -> Text:
        return self.emitter.truth(self.one(node))

    def outside(self, found: Any, name: str) -> Value:
        if isinstance(found, tuple):
            return Constant(found, name)
        assert isinstance(found, int | float), (name, self.function.__name__)
        return self.emitter.constant(float(found))

    def negative(self, text: Text) -> Text:
        if text.number is not None:
            return self.emitter.constant(-text.number)
        return self.emitter.write(ARITHMETIC["neg"], text)

    def operate(self, operation: ast.operator, left: Text, right: Text) -> Text:
        if isinstance(operation, ast.Mod | ast.Pow):
            return self.emitter.operation("mod" if isinstance(operation, ast.Mod) else "pow")(left, right)
        name = _SIGNS[type(operation)]
        if left.number is not None and right.number is not None:
            return self.emitter.operation(name)(left, right)
        return self.emitter.write(ARITHMETIC[name], left, right)

    def compare(self, left: ast.expr, operations: list[ast.cmpop], others: list[ast.expr]) -> Text:
        texts = [self.one(left), *map(self.one, others)]
        links = [
            self.emitter.write(self.language.comparisons[_TESTS[type(operation)]], *texts[k : k + 2])
            for k, operation in enumerate(operations)
        ]
        if len(links) == 1:
            return links[0]
        return Text(" && ".join(link.within(4) for link in links), 3, True)

    def conditional(self, test: Text, body: Value, otherwise: Value) -> Value:
        if isinstance(body, Text) and isinstance(otherwise, Text):
            if body.truth != otherwise.truth:
                body, otherwise = self.emitter.number(body), self.emitter.number(otherwise)
            needed = LEVELS["where"].operands
            parts = [text.within(level) for text, level in zip((test, body, otherwise), needed, strict=True)]
            return Text(f"{parts[0]} ? {parts[1]} : {parts[2]}", 1, body.truth)
        pairs = zip(self.parts(body), self.parts(otherwise), strict=True)
        return tuple(self.conditional(test, x, y) for x, y in pairs)

    def element(self, listed: Value, index: ast.expr) -> Value:
        place = self.one(index)
        if place.number is not None and isinstance(listed, Constant):
            return self.outside(listed.values[int(place.number)], f"{listed.name}_{int(place.number)}")
        if place.number is not None and not isinstance(listed, Table | Text):
            return self.parts(listed)[int(place.number)]
        table = self.as_table(listed)
        at = self.language.index(place)
        if table.width == 1:
            return Text(f"{table.symbol}[{at}]")
        return tuple(Text(f"{table.symbol}[{table.width}*{at} + {k}]") for k in range(table.width))

    def call(self, function: Any, nodes: list[ast.expr]) -> Value:
        operands: list[Value] = []
        for node in nodes:
            operands += self.parts(self.value(node.value)) if isinstance(node, ast.Starred) else [self.value(node)]
        if function in PRIMITIVES:
            numbers = [part for operand in operands for part in self.flat(operand)]
            name = PRIMITIVES[function]
            if name == "same":
                return numbers[0]
            operator = self.emitter.dialect.operators.get(name)
            if operator is not None:
                return self.emitter.write(operator, *numbers)
            return self.emitter.operation(name)(*numbers)
        assert isinstance(function, FunctionType), function
        return self.call_function(function, operands)

    def call_function(self, function: FunctionType, operands: list[Value]) -> Value:
        for default in defaults(function)[len(operands) :]:
            assert default is not Parameter.empty
            operands.append(self.emitter.constant(float(default)))
        passed: list[str] = []
        shaped = shapes(function)
        for shape, operand in zip(shaped.values(), operands, strict=False):
            if shape == TABLE:
                table = self.as_table(operand)
                passed += [table.symbol, table.size]
            else:
                passed += [self.emitter.number(part).text for part in self.flat(operand)]
        symbol = self.symbol(function)
        text = f"{symbol}({', '.join(passed)})"
        result = shaped["return"]
        if isinstance(result, str):
            return Text(text)
        self.temporaries += 1
        name = f"pair_{self.temporaries}"
        self.line(f"{self.language.returned(len(leaves(result)))} {name} = {text};")
        return nest(result, [Text(self.language.part(name, k)) for k in range(len(leaves(result)))])

    def parts(self, value: Value) -> list[Value]:
        """The elements of a tuple."""
        if isinstance(value, Constant):
            return [self.outside(part, f"{value.name}_{k}") for k, part in enumerate(value.values)]
        assert not isinstance(value, Text | Table), value
        return [*value]

    def flat(self, value: Value) -> list[Text]:
        """The numbers of a value, from left to right."""
        if isinstance(value, Text):
            return [value]
        return [text for part in self.parts(value) for text in self.flat(part)]

    def as_table(self, value: Value) -> Table:
        if isinstance(value, Constant):
            return self.table(value)
        assert isinstance(value, Table), value
        return value

    def shape(self, value: Value) -> Shape:
        if isinstance(value, Text):
            return NUMBER
        return tuple(self.shape(part) for part in self.parts(value))


def leaves(shape: Shape) -> list[Shape]:
    """The numbers and truths in a shape."""
    return [shape] if isinstance(shape, str) else [leaf for part in shape for leaf in leaves(part)]


def nest(shape: Shape, parts: list[Text]) -> Value:
    """Numbers, taken from the front of the list, nested as the shape says."""
    return parts.pop(0) if isinstance(shape, str) else tuple(nest(part, parts) for part in shape)
