"""Which derivatives have no formula: those with respect to the order of a Bessel function, and others."""

from __future__ import annotations

from collections.abc import Iterable

from exprgrad.autodiff.reverse import active
from exprgrad.functions.table import FUNCTIONS
from exprgrad.graph.graph import Graph
from exprgrad.notation.infix import write

_LABEL = 40
"""Characters of an expression that a reason quotes."""


def without_formula(graph: Graph, output: int, variables: Iterable[int]) -> dict[int, str]:
    """The variables with respect to which a derivative goes through an operand that has no partial derivative, and
    which function that is: unless the way is closed, the derivative is nothing that can be computed."""
    places = [
        (node, operand)
        for node in range(output + 1)
        for operand, partial in zip(graph.operands[node], _partials(graph, node), strict=True)
        if partial == "nan"
    ]
    found: dict[int, str] = {}
    for variable in variables if places else ():
        reached = active(graph, output, [variable])
        through = next((node for node, operand in places if reached[node] and reached[operand]), None)
        if through is not None:
            found[variable] = f"{write(graph, through, limit=_LABEL)} has no formula of this derivative"
    return found


def _partials(graph: Graph, node: int) -> tuple[str, ...]:
    return FUNCTIONS[graph.operations[node]].partials if graph.operands[node] else ()
