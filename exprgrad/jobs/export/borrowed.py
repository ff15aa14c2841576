"""The interpreter's own sources as helpers of exported Python, under names that are free there."""

from __future__ import annotations

import ast
import math
from copy import deepcopy
from functools import cache
from math import inf
from types import BuiltinFunctionType, FunctionType
from typing import Any

from exprgrad.functions.source.reader import definition
from exprgrad.jobs.export.emitter import signed
from exprgrad.jobs.export.texts import Helper, Text

_MATH = frozenset(["math"])


def number(value: float) -> Text:
    """A literal."""
    if value != value:
        return Text("math.nan", uses=_MATH)
    if abs(value) == inf:
        return signed("math.inf" if value > 0 else "-math.inf", _MATH)
    return signed(repr(value))


@cache
def called(function: FunctionType) -> tuple[tuple[str, FunctionType | tuple[Any, ...]], ...]:
    """The functions and tables from outside of a function that it names, in order. Raises TranslationError."""
    looking = _Looking(_outside(function))
    looking.visit(definition(function))
    return tuple(looking.found.items())


@cache
def renamed(function: FunctionType, symbol: str, names: tuple[tuple[str, str], ...]) -> Helper:
    """The source of a function under a name, with names for what it calls: many exports bring the same one."""
    renaming = _Renaming(_outside(function), dict(names))
    tree = renaming.visit(deepcopy(definition(function)))
    tree.name = symbol
    return Helper(ast.unparse(ast.fix_missing_locations(tree)), frozenset(renaming.uses))


def _outside(function: FunctionType) -> dict[str, Any]:
    """What names mean in a function that are not its own."""
    outside: dict[str, Any] = dict(function.__globals__)
    cells = function.__closure__ or ()
    outside |= {name: cell.cell_contents for name, cell in zip(function.__code__.co_freevars, cells, strict=True)}
    for name in function.__code__.co_varnames:
        outside.pop(name, None)
    return outside


class _Looking(ast.NodeVisitor):
    """Finds functions and tables from outside, but not in annotations."""

    def __init__(self, outside: dict[str, Any]) -> None:
        self.outside = outside
        self.found: dict[str, FunctionType | tuple[Any, ...]] = {}

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        for part in (node.args, *node.body, *node.decorator_list):
            self.visit(part)

    def visit_arg(self, node: ast.arg) -> None:
        pass

    def visit_Name(self, node: ast.Name) -> None:
        if isinstance(found := self.outside.get(node.id), FunctionType | tuple):
            self.found.setdefault(node.id, found)


class _Renaming(ast.NodeTransformer):
    """Removes the annotations, and replaces names from outside of the function by what they stand for."""

    def __init__(self, outside: dict[str, Any], names: dict[str, str]) -> None:
        self.outside, self.names = outside, names
        self.uses: set[str] = set()
        """The modules that the source needs."""

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        node.returns = None
        self.generic_visit(node)
        return node

    def visit_arg(self, node: ast.arg) -> ast.AST:
        node.annotation = None
        return node

    def visit_Name(self, node: ast.Name) -> ast.AST:
        if node.id in self.names:
            return ast.Name(self.names[node.id], node.ctx)
        found = self.outside.get(node.id)
        if isinstance(found, BuiltinFunctionType):
            return self.put(f"math.{found.__name__}" if found.__module__ == "math" else found.__name__)
        if isinstance(found, int | float):
            return ast.Constant(found) if math.isfinite(found) else self.put(number(found).text)
        if found is math:
            self.uses.add("math")
        return node

    def put(self, text: str) -> ast.expr:
        """A name, of `math` or built in, in the place of another."""
        if "." in text:
            self.uses.add("math")
        return ast.parse(text, mode="eval").body
