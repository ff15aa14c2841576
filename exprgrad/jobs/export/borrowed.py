"""The interpreter's own sources as helpers of exported Python, under names that are free there."""

from __future__ import annotations

import ast
import inspect
import math
from copy import deepcopy
from functools import cache
from math import inf
from types import BuiltinFunctionType, FunctionType, ModuleType
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


Source = FunctionType | type
"""What has a source: a function, or a class."""
Found = Source | tuple[Any, ...]
"""What a source names from outside that has to be brought along; a tuple is a table of numbers."""


@cache
def called(source: Source) -> tuple[tuple[str, Found], ...]:
    """The functions, classes and tables from outside of a function that it names, in order. Raises
    TranslationError."""
    looking = _Looking(_outside(source))
    looking.visit(_definition(source))
    return tuple(looking.found.items())


@cache
def renamed(source: Source, symbol: str, names: tuple[tuple[str, str], ...]) -> Helper:
    """The source of a function or a class under a name, with names for what it calls: many exports bring the same
    one."""
    renaming = _Renaming(_outside(source), dict(names))
    tree = renaming.visit(deepcopy(_definition(source)))
    tree.name = symbol
    return Helper(ast.unparse(ast.fix_missing_locations(tree)), frozenset(renaming.uses))


def _definition(source: Source) -> ast.FunctionDef | ast.ClassDef:
    if isinstance(source, FunctionType):
        return definition(source)
    (tree,) = ast.parse(inspect.getsource(source)).body
    assert isinstance(tree, ast.ClassDef)
    return tree


def _outside(source: Source) -> dict[str, Any]:
    """What names mean in a function, or in a class, that are not its own."""
    if isinstance(source, type):
        methods = [method for method in vars(source).values() if isinstance(method, FunctionType)]
        own = {name for method in methods for name in method.__code__.co_varnames}
        return {name: value for name, value in methods[0].__globals__.items() if name not in own}
    outside: dict[str, Any] = dict(source.__globals__)
    cells = source.__closure__ or ()
    outside |= {name: cell.cell_contents for name, cell in zip(source.__code__.co_freevars, cells, strict=True)}
    for name in source.__code__.co_varnames:
        outside.pop(name, None)
    return outside


def _of_module(node: ast.Attribute, outside: dict[str, Any]) -> tuple[str, object] | None:
    """How a source names something of another module than `math`, and what that is."""
    module = outside.get(node.value.id) if isinstance(node.value, ast.Name) else None
    if not isinstance(module, ModuleType) or module is math:
        return None
    return ast.unparse(node), getattr(module, node.attr)


class _Looking(ast.NodeVisitor):
    """Finds functions, classes and tables from outside, but not in annotations."""

    def __init__(self, outside: dict[str, Any]) -> None:
        self.outside = outside
        self.found: dict[str, Found] = {}

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        for part in (node.args, *node.body, *node.decorator_list):
            self.visit(part)

    def visit_arg(self, node: ast.arg) -> None:
        pass

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        if node.value is not None:
            self.visit(node.value)

    def visit_Name(self, node: ast.Name) -> None:
        self.meet(node.id, self.outside.get(node.id))

    def visit_Attribute(self, node: ast.Attribute) -> None:
        named = _of_module(node, self.outside)
        if named:
            self.meet(*named)
        else:
            self.generic_visit(node)

    def meet(self, name: str, found: object) -> None:
        if isinstance(found, FunctionType | tuple | type):
            self.found.setdefault(name, found)


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

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        assert node.value is not None
        return ast.Assign([node.target], self.visit(node.value))

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        named = _of_module(node, self.outside)
        return self.replaced(node, *named) if named else self.generic_visit(node)

    def visit_Name(self, node: ast.Name) -> ast.AST:
        return self.replaced(node, node.id, self.outside.get(node.id))

    def replaced(self, node: ast.Name | ast.Attribute, name: str, found: object) -> ast.AST:
        """What stands in the place of a name from outside."""
        if name in self.names:
            return ast.Name(self.names[name], node.ctx)
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
