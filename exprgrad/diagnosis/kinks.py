"""In how many rows a computation is at a kink: there a convention says what the derivative is."""

from __future__ import annotations

from collections.abc import Mapping

from exprgrad.columns.shapes import Shapes
from exprgrad.columns.values import Value
from exprgrad.diagnosis.provenance import convention, placed
from exprgrad.functions.rules import bind
from exprgrad.functions.table import FUNCTIONS
from exprgrad.graph.graph import Graph
from exprgrad.graph.lower import Model
from exprgrad.graph.symbols import Symbols
from exprgrad.notation.infix import write

_QUOTED = 40
"""Characters of an expression that a note quotes."""


def kink_counts(graph: Graph, output: int, shapes: Shapes) -> dict[int, int]:
    """For each node that can have a kink and that the output depends on: the node of the number of rows that are at it.
    For a number that is 1 or 0. Rows in which a branch is not taken do not count. New nodes are appended to the
    graph."""
    symbols = Symbols(graph)
    both, either, count = symbols.operation("and"), symbols.operation("or"), symbols.operation("sum")
    always = symbols.constant(1.0)
    live: dict[int, int] = {output: always}
    found: dict[int, int] = {}
    for node in range(output, -1, -1):
        function = FUNCTIONS.get(graph.operations[node])
        if node not in live or function is None:
            continue
        scope, names = (*graph.operands[node], node), (*function.operands, "out")
        if function.kink:
            at = both(live[node], bind(function.kink, names, symbols)(scope))
            found[node] = count(at) if shapes.is_column(at) else at
        gates = function.gates or ("",) * len(function.operands)
        for operand, gate in zip(graph.operands[node], gates, strict=False):
            condition = both(live[node], bind(gate, names, symbols)(scope)) if gate else live[node]
            before = live.get(operand)
            live[operand] = (
                condition if before is None else always if always in (before, condition) else either(before, condition)
            )
    return found


def kink_notes(model: Model, counts: Mapping[int, int], found: Mapping[int, Value], shapes: Shapes) -> list[str]:
    """A note for each of these nodes that has rows at its kink: with the convention, and its place in the text.

    `counts` is what `kink_counts` gave, and `found` has the values of its nodes.
    """
    notes = []
    for node in sorted(counts):
        rows = found[counts[node]]
        if isinstance(rows, float) and rows > 0:
            what = write(model.graph, node, limit=_QUOTED)
            where = f" in {rows:,.0f} row{'s' * (rows > 1)}" if shapes.is_column(node) else ""
            message = f"{what} has no derivative{where} ({convention(model.graph, node)})"
            notes.append(placed(message, model.source, model.graph, node))
    return notes
