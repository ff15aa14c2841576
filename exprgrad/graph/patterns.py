"""Formulas that stand for the value of a function, found in a graph: log(1 + exp(x)) for softplus(x)."""

from __future__ import annotations

from collections.abc import Collection
from functools import cache

from exprgrad.functions.rules import called
from exprgrad.functions.table import FUNCTIONS, STABLE
from exprgrad.graph.graph import Graph
from exprgrad.graph.lower import Model, lower
from exprgrad.syntax import parse

ROOTS = {formula.partition("(")[0] for row in FUNCTIONS.values() for formula in row.instead_of}
"""The functions of which formulas are values that `simplify` writes otherwise."""

Match = tuple[str, tuple[int, ...]]
"""A function of the table, and its operands."""


def may_match(operations: Collection[str]) -> bool:
    """Whether a graph with these operations may have such formulas: asks nothing but their names."""
    return any(called(formula) <= set(operations) for formula, _ in STABLE)


def stable(graph: Graph, node: int, *, everywhere: bool) -> Match | None:
    """The function that keeps the digits which the formula of a node loses. `everywhere` wants it to be the same on
    all reals."""
    for formula, name in sorted(STABLE, key=lambda pair: -len(pair[0])):  # log(1 + exp(x)) before log(1 + x)
        row = FUNCTIONS[name]
        if everywhere and formula not in row.instead_of:
            continue
        model = _model(formula)
        found: dict[str, int] = {}
        if _matches(model.graph, model.output, graph, node, found):
            return name, tuple(found[operand] for operand in row.operands)
    return None


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


@cache
def _model(formula: str) -> Model:
    return lower(parse(formula))
