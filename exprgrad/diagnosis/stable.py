"""Formulas that lose digits at a point though a function of the table keeps them: log(1 + exp(x)) is softplus(x)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isfinite

from exprgrad.autodiff.series import series
from exprgrad.backends import careful
from exprgrad.diagnosis.provenance import live, placed
from exprgrad.functions.numerics.far import Wide, minus, parts, times
from exprgrad.functions.rules import bind
from exprgrad.functions.wide import WIDE
from exprgrad.graph.graph import Graph
from exprgrad.graph.lower import Model
from exprgrad.graph.patterns import Match, stable
from exprgrad.graph.symbols import Symbols
from exprgrad.notation.infix import write

_LOST = 5e-14
"""The relative error, some hundred units in the last place, from which digits count as lost."""
_QUOTED = 40
"""Characters of an expression that a hint quotes."""


def stable_hints(
    model: Model, bindings: Mapping[str, float], values: Sequence[float], order: int, printed: Sequence[float]
) -> list[str]:
    """A hint for each formula that costs digits of the value, or of a derivative up to an order, and for which there is
    a function that does not. `printed` has the value and then, for each variable, its derivatives in their order."""
    hints = []
    for node in live(model.graph, model.output, values):
        match = stable(model.graph, node, everywhere=False)
        if match is None:
            continue
        other, places = replaced(model.graph, node, match)
        own = [values[node], *_numbers(model.graph, node, bindings, order)[1:]]
        right = _numbers(other, places[node], bindings, order)
        if _lost(own, right) and _lost(printed, _numbers(other, places[model.output], bindings, order)):
            hints.append(hint(model, node, other, places))
    return hints


def hint(model: Model, node: int, other: Graph, places: Mapping[int, int]) -> str:
    """What is said of a node that is written better in another graph."""
    what = f"{write(model.graph, node, limit=_QUOTED)} loses digits here"
    better = write(other, places[node], limit=_QUOTED)
    return placed(f"{what}; {better} keeps them", model.source, model.graph, node)


def replaced(graph: Graph, formula: int, match: Match) -> tuple[Graph, dict[int, int]]:
    """A graph in which the better formula stands for one node, and where the nodes are there."""
    new, places = Graph(), dict[int, int]()
    better = bind(match.better, tuple(match.nodes), Symbols(new))
    for node, own in enumerate(graph.operands):
        if node == formula:
            places[node] = better([places[operand] for operand in match.nodes.values()])
        else:
            places[node] = new.like(graph, node, [places[operand] for operand in own])
    return new, places


def _numbers(graph: Graph, output: int, bindings: Mapping[str, float], order: int) -> list[Wide]:
    """The value, and then for each variable the derivatives up to an order."""
    values = careful.evaluate(graph, bindings)
    found: list[Wide] = [values[output]]
    for node in graph.inputs().values():
        (terms,) = series(graph, values, WIDE, {node: 1.0}, order, [output])
        found += [term or 0.0 for term in terms[1:]]
    return found


def _lost(found: Sequence[Wide], right: Sequence[Wide]) -> bool:
    """Whether one of the numbers lacks digits that the right one has."""
    for one, other in zip(found, right, strict=True):
        gap, allowed = minus(one, other), times(_LOST, other)
        apart = not isfinite(parts(one)[0]) or max(gap, -gap) > max(allowed, -allowed)
        if isfinite(parts(other)[0]) and apart:
            return True
    return False
