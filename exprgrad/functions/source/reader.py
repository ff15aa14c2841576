"""From a Python function to its description: the one parser of the subset (see the package's docstring)."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Hashable
from functools import cache
from types import FunctionType, ModuleType
from typing import Any, get_type_hints

from exprgrad.functions.source.description import (
    Arithmetic,
    Assign,
    Body,
    Call,
    Compare,
    Conditional,
    Constant,
    Count,
    Each,
    Element,
    Expression,
    If,
    Junction,
    Name,
    Negative,
    Not,
    Number,
    Parameter,
    Primitive,
    Return,
    Routine,
    Spread,
    Statement,
    TranslationError,
    Tuple,
    While,
    Zeros,
)
from exprgrad.functions.source.primitives import PRIMITIVES
from exprgrad.functions.source.shapes import shape_of

_ARITHMETIC: dict[type[ast.operator], str] = {
    ast.Add: "add",
    ast.Sub: "sub",
    ast.Mult: "mul",
    ast.Div: "div",
    ast.Mod: "mod",
    ast.Pow: "pow",
}
_COMPARISONS: dict[type[ast.cmpop], str] = {
    ast.Lt: "lt",
    ast.LtE: "le",
    ast.Gt: "gt",
    ast.GtE: "ge",
    ast.Eq: "eq",
    ast.NotEq: "ne",
}


@cache
def read(function: FunctionType) -> Routine:
    """The description of a function. Raises TranslationError for what the subset does not have."""
    tree = definition(function)
    if tree.decorator_list or function.__closure__:
        raise TranslationError(f"{function.__name__} is not a plain function")
    hints = get_type_hints(function)
    parameters = tuple(
        Parameter(name, shape_of(hints.get(name, float)), None if found.default is found.empty else found.default)
        for name, found in inspect.signature(function).parameters.items()
    )
    summary = (ast.get_docstring(tree) or "").partition("\n")[0]
    result = shape_of(hints.get("return", float))
    return Routine(function, summary, parameters, result, _Reader(function).body(tree.body))


@cache
def definition(function: FunctionType) -> ast.FunctionDef:
    """The syntax tree of a `def`. Raises TranslationError where there is none, as for a lambda."""
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(function))).body[0]
    except (OSError, SyntaxError) as error:
        raise TranslationError(f"the source of {function.__name__} cannot be read") from error
    if not isinstance(tree, ast.FunctionDef) or tree.name != function.__name__:
        raise TranslationError(f"{function.__name__} is not a plain function")
    return tree


class _Reader:
    """Describes the parts of one function's syntax tree."""

    def __init__(self, function: FunctionType) -> None:
        self.function = function
        self.local = frozenset(function.__code__.co_varnames)

    def refuse(self, node: ast.AST) -> TranslationError:
        return TranslationError(f"`{ast.unparse(node)}` in {self.function.__name__}")

    def body(self, statements: list[ast.stmt]) -> Body:
        return tuple(
            self.statement(statement)
            for statement in statements
            if not isinstance(statement, ast.Expr) or not isinstance(statement.value, ast.Constant)
        )

    def statement(self, node: ast.stmt) -> Statement:
        match node:
            case ast.Assign([ast.Name(name)], ast.BinOp(ast.List([ast.Constant(0.0)]), ast.Mult(), length)):
                return Zeros(name, self.whole(length))
            case ast.Assign([target], value) | ast.AnnAssign(target, _, ast.expr() as value):
                return Assign(self.target(target), self.expression(value))
            case ast.AugAssign(target, operation, value) if type(operation) in _ARITHMETIC:
                changed = self.target(target)
                return Assign(changed, Arithmetic(_ARITHMETIC[type(operation)], changed, self.expression(value)))
            case ast.Return(ast.expr() as value):
                return Return(self.expression(value))
            case ast.If(test, body, otherwise):
                return If(self.expression(test), self.body(body), self.body(otherwise))
            case ast.While(test, body, []):
                return While(self.expression(test), self.body(body))
            case ast.For(ast.Name(name), ast.Call(ast.Name("range"), bounds, []), body, []):
                return self.count(name, bounds, body)
            case ast.For(target, ast.Call(ast.Name("enumerate"), [table, *first], []), body, []) if len(first) < 2:
                start = self.whole(first[0]) if first else 0
                return Each(self.target(target), self.expression(table), start, self.body(body))
            case ast.For(target, table, body, []):
                return Each(self.target(target), self.expression(table), None, self.body(body))
        raise self.refuse(node)

    def count(self, name: str, bounds: list[ast.expr], body: list[ast.stmt]) -> Count:
        start, stop = (ast.Constant(0), *bounds)[-2:] if len(bounds) < 3 else bounds[:2]
        step = self.whole(bounds[2]) if len(bounds) > 2 else 1
        return Count(name, self.expression(start), self.expression(stop), step, self.body(body))

    def whole(self, node: ast.expr) -> int:
        """A whole number that is known now."""
        match self.expression(node):
            case Number(int() as number):
                return number
        raise self.refuse(node)

    def target(self, node: ast.expr) -> Expression:
        match node:
            case ast.Name(name):
                return Name(name)
            case ast.Tuple(parts):
                return Tuple(tuple(self.target(part) for part in parts))
            case ast.Subscript(ast.Name(listed), index):
                return Element(Name(listed), self.expression(index))
        raise self.refuse(node)

    def expression(self, node: ast.expr) -> Expression:
        match node:
            case ast.Constant(bool() | int() | float() as number):
                return Number(number)
            case ast.Name(name) if name in self.local:
                return Name(name)
            case ast.Name() | ast.Attribute():
                return self.outside(node)
            case ast.Tuple(parts):
                return Tuple(tuple(map(self.expression, parts)))
            case ast.UnaryOp(ast.USub(), operand):
                inner = self.expression(operand)
                return Number(-inner.value) if isinstance(inner, Number) else Negative(inner)
            case ast.UnaryOp(ast.Not(), operand):
                return Not(self.expression(operand))
            case ast.BinOp(left, operation, right) if type(operation) in _ARITHMETIC:
                return Arithmetic(_ARITHMETIC[type(operation)], self.expression(left), self.expression(right))
            case ast.BoolOp(operation, parts):
                return Junction(isinstance(operation, ast.And), tuple(map(self.expression, parts)))
            case ast.Compare(left, tests, others) if all(type(test) in _COMPARISONS for test in tests):
                names = (_COMPARISONS[type(test)] for test in tests)
                links = zip(names, map(self.expression, others), strict=True)
                return Compare(self.expression(left), tuple(links))
            case ast.IfExp(test, body, otherwise):
                return Conditional(self.expression(test), self.expression(body), self.expression(otherwise))
            case ast.Subscript(listed, index):
                return Element(self.expression(listed), self.expression(index))
            case ast.Call(called, operands, []):
                return self.call(called, operands)
        raise self.refuse(node)

    def outside(self, node: ast.expr) -> Expression:
        """A number or a table that stands at module level."""
        found = self.named(node)
        if isinstance(found, tuple):
            return Constant(found, ast.unparse(node))
        if isinstance(found, int | float):
            return Number(found)
        raise self.refuse(node)

    def call(self, called: ast.expr, nodes: list[ast.expr]) -> Expression:
        function = self.named(called)
        operands = tuple(
            Spread(self.expression(node.value)) if isinstance(node, ast.Starred) else self.expression(node)
            for node in nodes
        )
        if function is float and len(operands) == 1:
            return operands[0]  # all numbers are floats once they are translated
        if isinstance(function, Hashable) and function in PRIMITIVES and callable(function):
            return Primitive(PRIMITIVES[function], function, operands)
        if isinstance(function, FunctionType):
            return Call(function, operands)
        raise self.refuse(called)

    def named(self, node: ast.expr) -> Any:
        """What a name outside of the function, or an attribute of a module, stands for; None if nothing."""
        match node:
            case ast.Name(name) if name not in self.local:
                scope = self.function.__globals__
                built_in = scope["__builtins__"]
                others = built_in if isinstance(built_in, dict) else vars(built_in)
                return scope[name] if name in scope else others.get(name)
            case ast.Attribute(module, name):
                found = self.named(module)
                return getattr(found, name, None) if isinstance(found, ModuleType) else None
        return None
