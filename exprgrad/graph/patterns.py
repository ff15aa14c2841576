"""Formulas that stand for the value of another, found in a graph: log(1 + exp(x)) for softplus(x)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import cache
from typing import NamedTuple

from exprgrad.functions.rules import bind, called
from exprgrad.functions.table import FUNCTIONS, STABLE, Stable
from exprgrad.graph.graph import Graph
from exprgrad.graph.lower import Model, lower
from exprgrad.graph.symbols import Symbols
from exprgrad.syntax import parse


class Match(NamedTuple):
    """A formula that keeps its digits, and the nodes that its variables stand for."""

    better: str
    nodes: dict[str, int]


def may_match(operations: Collection[str]) -> bool:
    """Whether a graph with these operations may have such formulas: asks nothing but their names."""
    given = set(operations)
    return any(_needed(row.formula) <= given for row in STABLE)


def stable(graph: Graph, node: int, *, everywhere: bool) -> Match | None:
    """What keeps the digits that the formula of a node loses. `everywhere` wants it to be the same on all reals."""
    for row in _ending_in().get(graph.operations[node], ()):
        if row.everywhere or not everywhere:
            found = matches(row.formula, graph, node)
            if found is not None:
                return Match(row.better, found)
    return None


def careful(graph: Graph) -> tuple[Graph, Sequence[int]]:
    """The graph with its formulas that lose digits written so that they keep them, the same on all reals; and where its
    nodes are there. Sums stay: 1 may be added to exp(x) - 1."""
    if not may_match(graph.operations):
        return graph, range(len(graph))
    new, places = Graph(), list[int]()
    new.limit, symbols = graph.limit, Symbols(new)
    for node, own in enumerate(graph.operands):
        match = stable(graph, node, everywhere=True) if graph.operations[node] not in ("add", "sub") else None
        places.append(
            new.like(graph, node, [places[operand] for operand in own])
            if match is None
            else bind(match.better, tuple(match.nodes), symbols)([places[k] for k in match.nodes.values()])
        )
    return new, places


class Pair(NamedTuple):
    """A product or quotient among the formulas that are the same on all reals."""

    row: Stable
    quotient: bool
    second: str
    """The operation of its second operand."""


@cache
def pairs() -> tuple[Pair, ...]:
    """All of them."""
    found = []
    for root in ("div", "mul"):
        for row in _ending_in().get(root, ()):
            model = _model(row.formula)
            second = model.graph.operands[model.output][1]
            if row.everywhere:
                found.append(Pair(row, root == "div", model.graph.operations[second]))
    return tuple(found)


def matched_pair(formula: str, graph: Graph, first: int | None, second: int) -> dict[str, int] | None:
    """The nodes that the variables of a product or quotient stand for, if these are its operands; no first one is 1."""
    model, found = _model(formula), dict[str, int]()
    left, right = model.graph.operands[model.output]
    fits = model.graph.number(left) == 1 if first is None else _matches(model.graph, left, graph, first, found)
    return found if fits and _matches(model.graph, right, graph, second, found) else None


def matches(formula: str, graph: Graph, node: int) -> dict[str, int] | None:
    """The nodes that the variables of a formula stand for in the formula of a node; None where it has another form."""
    model, found = _model(formula), dict[str, int]()
    return found if _matches(model.graph, model.output, graph, node, found) else None


def _matches(pattern: Graph, wanted: int, graph: Graph, node: int, found: dict[str, int]) -> bool:
    """Whether a node has the form of a pattern; `found` gets the nodes that its variables stand for."""
    name, number = pattern.name(wanted), pattern.number(wanted)
    if name is not None:
        return found.setdefault(name, node) == node
    if number is not None:
        return graph.number(node) == number
    operation, operands = pattern.operations[wanted], pattern.operands[wanted]
    if graph.operations[node] != operation:
        return False
    given = graph.operands[node]
    for order in (given, given[::-1]) if FUNCTIONS[operation].symmetric else (given,):
        tried = dict(found)
        if all(_matches(pattern, one, graph, other, tried) for one, other in zip(operands, order, strict=True)):
            found |= tried
            return True
    return False


_LEVELS = {" + ": "add", " - ": "sub"}, {"*": "mul", "/": "div"}, {"^": "pow"}
"""The operators that formulas have, those that bind least first."""


@cache
def _needed(formula: str) -> frozenset[str]:
    """The operations that stand in a formula, read from its text: nothing is parsed."""
    symbols = [(symbol, name) for level in _LEVELS for symbol, name in level.items()]
    return called(formula).union(name for symbol, name in symbols if symbol in formula)


@cache
def _ending_in() -> dict[str, list[Stable]]:
    """The formulas by their last operation, the longest first: log(1 + exp(x)) before log(1 + x)."""
    found: dict[str, list[Stable]] = {}
    for row in sorted(STABLE, key=lambda row: -len(row.formula)):
        found.setdefault(_last(row.formula), []).append(row)
    return found


def _last(formula: str) -> str:
    """The operation of a formula that is done last, read from its text."""
    outside, depth = "", 0
    for character in formula:
        depth += (character == "(") - (character == ")")
        outside += character if not depth else " "
    for level in _LEVELS:
        place, symbol = max((outside.rfind(symbol), symbol) for symbol in level)
        if place >= 0:
            return level[symbol]
    return formula.partition("(")[0]


@cache
def _model(formula: str) -> Model:
    return lower(parse(formula))
