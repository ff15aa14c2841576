"""What is the same on each Python from 3.11 on, although Python changed."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from exprgrad.functions.numerics.ieee import plain_sum
from exprgrad.jobs.train.loops.plain import Seen, average

PACKAGE = Path(__file__).parents[1] / "exprgrad"
WHOLE = {
    "count",
    "counts",
    "depth",
    "layers",
    "lengths",
    "nbytes",
    "num_rows",
    "order",
    "result",
    "size",
    "sizes",
    "widths",
}
"""What is called so is a whole number."""


def is_whole(node: ast.expr) -> bool:
    """Whether an expression is a whole number, to be seen from its shape or from its name."""
    match node:
        case ast.Constant(value):
            return isinstance(value, int)
        case ast.Compare() | ast.UnaryOp(op=ast.Not()):
            return True
        case ast.BinOp(left, ast.Add() | ast.Sub() | ast.Mult() | ast.FloorDiv() | ast.Pow(), right):
            return is_whole(left) and is_whole(right)
        case ast.IfExp(_, then, otherwise):
            return is_whole(then) and is_whole(otherwise)
        case ast.Name(name) | ast.Attribute(attr=name):
            return name.lstrip("_") in WHOLE
        case ast.Subscript(value):
            return is_whole(value)
        case ast.Call(ast.Name("map"), [ast.Name("len" | "int"), _]) | ast.Call(ast.Name("len" | "int")):
            return True
        case ast.Call(function):
            return is_whole(function)
        case ast.GeneratorExp(element) | ast.ListComp(element):
            return is_whole(element)
    return False


def sums(text: str) -> Iterator[str]:
    """The uses of `sum` that are not of whole numbers, and the sums of the standard library that are others."""
    tree = ast.parse(text)
    proper = {
        id(node.func)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and len(node.args) == 1 and is_whole(node.args[0]) and not node.keywords
    }
    for node in ast.walk(tree):
        match node:
            case ast.Name("sum") if id(node) not in proper:
                yield f"line {node.lineno}: sum"
            case ast.Attribute(ast.Name("math"), "sumprod") | ast.alias("sumprod"):
                yield f"line {node.lineno}: sumprod"


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_floats_are_added_plainly(path: Path) -> None:
    """Python's `sum` makes the roundings of floats good from 3.12 on: `plain_sum` has the same bits on all."""
    assert not list(sums(path.read_text("utf-8")))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("sum(len(x) + 2 for x in y)", 0),
        ("sum(map(len, x)); sum(sizes[1:])", 0),
        ("sum(count * value for count, value in x)", 1),
        ("sum(x)/len(x)", 1),
        ("sum(sizes, 0.5); map(sum, rows)", 2),
        ("from math import sumprod; math.sumprod(x, y)", 2),
    ],
)
def test_a_sum_of_floats_is_found(text: str, found: int) -> None:
    assert len(list(sums(text))) == found


def test_the_bits_of_a_sum() -> None:
    values = [1e16, 1.0, 1.0, -1e16]
    assert plain_sum(values) == 0.0
    assert plain_sum([0.1] * 10) == 0.9999999999999999
    assert average([Seen(1, value, (value,)) for value in values]) == (0.0, (0.0,))
