"""A random expression that stays tame: its text, and its gradient as straight-line code.

The text reads the same in Exprgrad, C, Python and numexpr, so every peer gets the same expression. The
reverse-mode gradient written here is the textbook one, with textbook derivatives; it shares no code
with `exprgrad.autodiff`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from random import Random

Interval = tuple[float, float]
LIMIT = 8.0
"""No node leaves [-LIMIT, LIMIT], whatever values the leaves take in their intervals."""
FLOOR = 0.25
"""The operand of sqrt and log, and a denominator, keep this distance from 0."""

BINARY = "+-*/"
UNARY: dict[str, Callable[[float], float]] = {
    "sin": math.sin,
    "exp": math.exp,
    "tanh": math.tanh,
    "sqrt": math.sqrt,
    "log": math.log,
}


@dataclass(frozen=True, eq=False)
class Tree:
    """A node with what is below it; `name` is the leaf's or the operation's."""

    name: str
    operands: tuple[Tree, ...]
    interval: Interval

    def __str__(self) -> str:
        if not self.operands:
            return self.name
        if self.name in BINARY:
            return f"({self.operands[0]} {self.name} {self.operands[1]})"
        return f"{self.name}({self.operands[0]})"


def grow(operations: int, leaves: Mapping[str, Interval], rng: Random) -> Tree:
    """A tree of that many operations over the leaves, each of which has the interval of its values.

    Only `rng.random` is drawn from, as its sequence is the same in every version of Python. What is not
    tame is grown anew, which takes a time exponential in the depth: for hundreds of operations, not thousands.
    """
    if operations == 0:
        names = list(leaves)
        name = names[int(rng.random() * len(names))]
        return Tree(name, (), leaves[name])
    while True:
        if rng.random() < 0.2:
            names, sizes = list(UNARY), [operations - 1]
        else:
            left = int(rng.random() * operations)
            names, sizes = list(BINARY), [left, operations - 1 - left]
        operands = tuple(grow(size, leaves, rng) for size in sizes)
        if len(operands) == 2 and str(operands[0]) == str(operands[1]):
            continue  # x - x and x/x would be simplified away
        tame = [(name, box) for name in names if (box := _interval(name, [tree.interval for tree in operands]))]
        if tame:
            name, box = tame[int(rng.random() * len(tame))]
            return Tree(name, operands, box)


def _interval(name: str, operands: list[Interval]) -> Interval | None:
    """The interval of the operation's values; None if it is not tame on these operands."""
    low, high = operands[0]
    if name in ("sqrt", "log") and low < FLOOR:
        return None
    if name == "sin":
        return (-1.0, 1.0)
    if name in UNARY:
        box = (UNARY[name](low), UNARY[name](high)) if high < 700 else (0.0, math.inf)
    else:
        other_low, other_high = operands[1]
        if name == "/" and other_low < FLOOR and other_high > -FLOOR:
            return None
        compute: Callable[[float, float], float] = {
            "+": lambda x, y: x + y,
            "-": lambda x, y: x - y,
            "*": lambda x, y: x * y,
            "/": lambda x, y: x / y,
        }[name]
        ends = [compute(x, y) for x in (low, high) for y in (other_low, other_high)]
        box = (min(ends), max(ends))
    return box if max(map(abs, box)) <= LIMIT else None


@dataclass
class Straight:
    """Assignments `name = expression` in order: the value, then the adjoints down to the parameters."""

    forward: list[tuple[str, str]] = field(default_factory=list)
    reverse: list[tuple[str, str]] = field(default_factory=list)
    value: str = ""
    gradient: dict[str, str] = field(default_factory=dict)
    """For each parameter the expression of its partial."""


def straighten(tree: Tree, parameters: list[str]) -> Straight:
    """The tree and its gradient as straight-line code of one row.

    A tree's node has one parent, so each adjoint is assigned once; only those on the way to a parameter are.
    """
    code = Straight()
    names: dict[Tree, str] = {}
    active: set[Tree] = set()
    found: dict[str, list[str]] = {name: [] for name in parameters}

    def forward(node: Tree) -> None:
        for operand in node.operands:
            forward(operand)
        names[node] = f"v{len(code.forward)}" if node.operands else node.name
        if node.operands:
            code.forward.append((names[node], _applied(node.name, [names[operand] for operand in node.operands])))
        if node.name in found or active.intersection(node.operands):
            active.add(node)

    def reverse(node: Tree, adjoint: str) -> None:
        if not node.operands:
            found[node.name].append(adjoint)
            return
        terms = _adjoints(node.name, adjoint, names[node], [names[operand] for operand in node.operands])
        for operand, term in zip(node.operands, terms, strict=True):
            if operand in active:
                below = f"a{len(code.reverse)}"
                code.reverse.append((below, term))
                reverse(operand, below)

    forward(tree)
    reverse(tree, "1.0")
    code.value = names[tree]
    code.gradient = {name: " + ".join(terms) or "0.0" for name, terms in found.items()}
    return code


def _applied(name: str, operands: list[str]) -> str:
    return f" {name} ".join(operands) if name in BINARY else f"{name}({operands[0]})"


def _adjoints(name: str, adjoint: str, out: str, operands: list[str]) -> list[str]:
    """What each operand receives: the adjoint times the textbook partial."""
    x, y = operands[0], operands[-1]
    return {
        "+": [adjoint, adjoint],
        "-": [adjoint, f"-{adjoint}"],
        "*": [f"{adjoint} * {y}", f"{adjoint} * {x}"],
        "/": [f"{adjoint} / {y}", f"-{adjoint} * {out} / {y}"],
        "sin": [f"{adjoint} * cos({x})"],
        "exp": [f"{adjoint} * {out}"],
        "tanh": [f"{adjoint} * (1.0 - {out} * {out})"],
        "sqrt": [f"0.5 * {adjoint} / {out}"],
        "log": [f"{adjoint} / {x}"],
    }[name]
