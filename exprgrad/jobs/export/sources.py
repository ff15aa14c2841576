"""The Python functions of the table as sources to be translated: syntax trees, types, what their names stand for."""

from __future__ import annotations

import ast
import inspect
import textwrap
from functools import cache
from types import FunctionType
from typing import Any, get_args, get_type_hints

Shape = str | tuple["Shape", ...]
"""A number, a truth or a TABLE; or a tuple of shapes."""
NUMBER, TRUTH, TABLE = "number", "truth", "table"


@cache
def source(function: FunctionType) -> ast.FunctionDef:
    """The definition of a function, without what only Python needs: annotations stay, decorators there are none."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(function))).body[0]
    assert isinstance(tree, ast.FunctionDef), function.__name__
    return tree


def is_plain(function: object) -> bool:
    """Whether this is a function with a `def` of its own: no lambda, no closure."""
    return isinstance(function, FunctionType) and function.__name__ != "<lambda>" and function.__closure__ is None


@cache
def shapes(function: FunctionType) -> dict[str, Shape]:
    """The shapes of the parameters and of the result (`return`), as the annotations have them."""
    hints = get_type_hints(function)
    return {name: _shape(hints.get(name, float)) for name in [*inspect.signature(function).parameters, "return"]}


def _shape(hint: Any) -> Shape:
    parts = get_args(hint)
    if Ellipsis in parts:
        return TABLE
    if parts:
        return tuple(_shape(part) for part in parts)
    return TRUTH if hint is bool else NUMBER


def defaults(function: FunctionType) -> list[Any]:
    """The defaults of the parameters, in their order; `inspect.Parameter.empty` where there is none."""
    return [parameter.default for parameter in inspect.signature(function).parameters.values()]


def global_value(function: FunctionType, node: ast.expr) -> Any:
    """What a name or an attribute of a module stands for outside the function; None if nothing."""
    if isinstance(node, ast.Name):
        scope = function.__globals__
        if node.id in scope:
            return scope[node.id]
        built_in = scope["__builtins__"]
        return built_in.get(node.id) if isinstance(built_in, dict) else getattr(built_in, node.id, None)
    if isinstance(node, ast.Attribute):
        return getattr(global_value(function, node.value), node.attr, None)
    return None


def summary(function: FunctionType) -> str:
    """The first line of the docstring."""
    return (ast.get_docstring(source(function)) or "").partition("\n")[0]
