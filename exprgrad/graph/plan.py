"""The order of work over columns: which passes over the rows give which numbers.

A reduction is known only after all rows were seen. What it is used for in rows (`mean((x - mean(x))^2)`) has
to wait for the next pass; what only numbers go into is computed between the passes.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Sequence
from typing import NamedTuple

from exprgrad.functions.rules import bind
from exprgrad.functions.table import FUNCTIONS
from exprgrad.graph.graph import Graph
from exprgrad.graph.shapes import Shapes
from exprgrad.graph.symbols import Symbols

COUNT = "count"


class Pass(NamedTuple):
    """One pass over the rows."""

    numbers: tuple[int, ...]
    """Nodes that are numbers and known now, to be computed before the pass, in order."""
    columns: tuple[int, ...]
    """Nodes to compute for each row, in order, variables among them."""
    scalars: tuple[int, ...]
    """The numbers that rows of these use."""
    folds: tuple[int, ...]
    """Reductions to fold, by functions of two (`Function.fold`)."""
    counts: tuple[int, ...]
    """Reductions that are the number of rows."""
    outputs: tuple[int, ...]
    """Columns to give out: the last pass does so, and does not fold."""
    inputs: tuple[str, ...]
    """The variables to read."""


class Plan(NamedTuple):
    """What is to be computed of a graph, and the passes that do it."""

    graph: Graph
    wanted: tuple[int, ...]
    passes: tuple[Pass, ...]
    numbers: tuple[int, ...]
    """Nodes to compute after the last pass, in order."""

    @property
    def columns(self) -> tuple[int, ...]:
        """Which of the wanted nodes are columns; the last pass gives them out."""
        return self.passes[-1].outputs if self.passes else ()

    @property
    def inputs(self) -> tuple[str, ...]:
        """The variables that the pass reads which gives these out."""
        return self.passes[-1].inputs if self.columns else ()


def plan(graph: Graph, wanted: Sequence[int], columns: Container[str]) -> Plan:
    """The passes that compute the wanted nodes. No two of these have to be different."""
    graph, wanted = unfolded(graph, wanted)
    shapes = Shapes(graph, columns)
    needed = _needed(graph, wanted)
    level = _levels(graph, needed, shapes)
    outputs = tuple(dict.fromkeys(node for node in wanted if shapes.is_column(node)))
    reductions = [node for node in needed if shapes.folds(node)]
    numbers = [node for node in needed if not shapes.is_column(node) and not shapes.folds(node)]
    turns = max((level[node] for node in reductions), default=0)

    def turn(index: int, due: list[int], outputs: tuple[int, ...]) -> Pass:
        folds = tuple(node for node in due if graph.operations[node] != COUNT)
        columns = _rows(graph, [*(graph.operands[node][0] for node in folds), *outputs], shapes)
        read = _rows(graph, [*(graph.operands[node][0] for node in due), *outputs], shapes)
        return Pass(
            numbers=tuple(node for node in numbers if level[node] == index),
            columns=tuple(columns),
            scalars=tuple(dict.fromkeys(o for c in columns for o in graph.operands[c] if not shapes.is_column(o))),
            folds=folds,
            counts=tuple(node for node in due if graph.operations[node] == COUNT),
            outputs=outputs,
            inputs=tuple(name for node in read if (name := graph.name(node))),
        )

    passes = [turn(k, [node for node in reductions if level[node] == k + 1], ()) for k in range(turns)]
    if outputs:
        passes.append(turn(turns, [], outputs))
    after = () if outputs else tuple(node for node in numbers if level[node] == turns)
    return Plan(graph, tuple(wanted), tuple(passes), after)


def unfolded(graph: Graph, wanted: Sequence[int]) -> tuple[Graph, list[int]]:
    """The wanted nodes in a graph of their own, in which every reduction is a fold by a function of two or
    a count: `mean(x)` becomes `sum(x)/count(x)`."""
    new = Graph()
    arithmetic = _Unfolding(new)
    nodes: dict[int, int] = {}
    for node in _needed(graph, wanted):
        new.span = graph.source_span(node)
        leaf = graph.leaves.get(node)
        if leaf is not None:
            nodes[node] = new.input(leaf) if isinstance(leaf, str) else new.constant(leaf)
        else:
            nodes[node] = arithmetic.operation(graph.operations[node])(*[nodes[o] for o in graph.operands[node]])
    return new, [nodes[node] for node in wanted]


class _Unfolding(Symbols):
    """Nodes in which reductions that others define are written out."""

    def _build(self, name: str) -> Callable[..., int]:
        function = FUNCTIONS[name]
        if not (function.reduces and function.definition):
            return super()._build(name)
        rule = bind(function.definition, function.operands, self)
        return lambda *operands: rule(operands)


def _needed(graph: Graph, wanted: Sequence[int]) -> list[int]:
    """The wanted nodes and those they are computed from, in order."""
    live = bytearray(len(graph))
    for node in wanted:
        live[node] = 1
    for node in range(len(graph) - 1, -1, -1):
        if live[node]:
            for operand in graph.operands[node]:
                live[operand] = 1
    return [node for node in range(len(graph)) if live[node]]


def _levels(graph: Graph, needed: list[int], shapes: Shapes) -> dict[int, int]:
    """How many passes must be over before each node can be computed."""
    level: dict[int, int] = {}
    for node in needed:
        level[node] = max((level[operand] for operand in graph.operands[node]), default=0) + shapes.folds(node)
    return level


def _rows(graph: Graph, wanted: Sequence[int], shapes: Shapes) -> list[int]:
    """The columns that the wanted ones are computed from, and these, in order."""
    found = {node for node in wanted if shapes.is_column(node)}
    stack = list(found)
    while stack:
        for operand in graph.operands[stack.pop()]:
            if operand not in found and shapes.is_column(operand):
                found.add(operand)
                stack.append(operand)
    return sorted(found)
