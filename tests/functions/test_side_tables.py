"""What is known of a function stands in its row: no other file keeps a table of facts by the functions' names."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from exprgrad.functions.table import ALIASES, FUNCTIONS

PACKAGE = Path(__file__).parents[2] / "exprgrad"
NAMES = {*FUNCTIONS, *ALIASES}
FEW = 3
"""Names from which a literal is a table."""

WRITERS = {
    "backends/balls/curves.py": "the same of functions that are no formula of others",
    "backends/balls/jets.py": "how values and two derivatives are computed in balls, in one go",
    "backends/balls/meanings.py": "how balls compute what the table has no formula for",
    "backends/balls/special.py": "how special functions are computed in balls",
    "backends/balls/special_slopes.py": "how the slopes of special functions are computed in balls",
    "backends/balls/slopes.py": "how the slopes of balls are computed without the table's partials",
    "backends/llvm": "how an operation is written in LLVM, or how libm calls it",
    "jobs/export": "how an operation is written in a language",
    "jobs/check/special.py": "the same of special functions",
    "columns/unroll.py": "how a fold is written out, row by row",
    "jobs/check/meanings.py": "how mpmath computes what the table has no formula for",
    "jobs/fit/search/data/arrays.py": "how an operation is computed on arrays of NumPy, or of SciPy",
    "simplify/arithmetic.py": "which operations of normal forms are more than a call",
}
"""The rooms whose tables do not say something of a function, but compute or write it; and what they hold."""


def tables(source: str) -> Iterator[tuple[int, set[str]]]:
    """The literals of a source that name functions, and nothing else: their lines and names."""
    for node in ast.walk(ast.parse(source)):
        words: list[object] = []
        if isinstance(node, ast.Dict):
            words = [key.value for key in node.keys if isinstance(key, ast.Constant)]
        elif isinstance(node, ast.Set | ast.List):
            words = [item.value for item in node.elts if isinstance(item, ast.Constant)]
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            words = list(node.value.split())
        if len(set(words)) >= FEW and NAMES.issuperset(words):
            yield node.lineno, {str(word) for word in words}


def test_no_side_table() -> None:
    for path in PACKAGE.rglob("*.py"):
        place = path.relative_to(PACKAGE).as_posix()
        if not place.startswith(("functions/", *WRITERS)):
            assert not list(tables(path.read_text("utf-8"))), f"{place}: make it a field of Function"


def test_it_finds_one() -> None:
    found = ['_EXACT = frozenset("neg abs sign".split())', 'X = {"neg": 1, "abs": 2, "ln": 3}', '{"add", "sub", "mul"}']
    assert all(list(tables(source)) for source in found)
    assert not list(tables('print("add it or not"); X = {"add": 1, "x": 2, "y": 3}'))


def test_every_exception_is_needed() -> None:
    for place in WRITERS:
        files = [PACKAGE / place] if place.endswith(".py") else (PACKAGE / place).rglob("*.py")
        assert any(list(tables(path.read_text("utf-8"))) for path in files), place


def test_no_fact_is_read_from_a_name() -> None:
    """As `name.endswith("_slope")` would."""
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args:
                end = node.args[0].value if isinstance(node.args[0], ast.Constant) else ""
                if node.func.attr in ("startswith", "endswith") and isinstance(end, str) and "_" in end[1:] + end[:1]:
                    names = [name for name in NAMES if getattr(name, node.func.attr)(end)]
                    assert not names, f"{path}:{node.lineno} reads a fact from the names {names}"
