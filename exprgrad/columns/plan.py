"""The order of work over columns: which stages compute which nodes. A stage is one pass over the rows.

A reduction is known only after all rows were seen. Rows that use it, as in `mean((x - mean(x))^2)`, have to wait
for the next stage. What is computed from numbers alone is computed between the stages.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Sequence
from typing import NamedTuple

from exprgrad.columns.shapes import REDUCTIONS, Shapes
from exprgrad.functions.rules import bind
from exprgrad.functions.table import FUNCTIONS
from exprgrad.graph.graph import Graph
from exprgrad.graph.symbols import Symbols

COUNT = "count"
_DERIVED = frozenset(name for name in REDUCTIONS if FUNCTIONS[name].definition)
"""Reductions that others define."""


class Stage(NamedTuple):
    """One pass over the rows."""

    numbers: tuple[int, ...]
    """The numbers to compute before the pass, as nodes in order: all that they need is known by then."""
    columns: tuple[int, ...]
    """The nodes to compute for each row, in order; the variables that it reads are among them."""
    scalars: tuple[int, ...]
    """The numbers that these columns use."""
    folds: tuple[int, ...]
    """The reductions to fold, each by a function of two operands (`Function.fold`)."""
    counts: tuple[int, ...]
    """The reductions that count the rows."""
    outputs: tuple[int, ...]
    """The columns to give out. Only the last stage has any, and it does not fold."""
    inputs: tuple[str, ...]
    """The names of the variables to read."""


class Plan(NamedTuple):
    """What is to be computed of a graph, and the stages that do it."""

    graph: Graph
    wanted: tuple[int, ...]
    stages: tuple[Stage, ...]
    numbers: tuple[int, ...]
    """The numbers to compute after the last stage, as nodes in order."""

    @property
    def columns(self) -> tuple[int, ...]:
        """The wanted nodes that are columns; the last stage gives them out."""
        return self.stages[-1].outputs if self.stages else ()

    @property
    def inputs(self) -> tuple[str, ...]:
        """The variables that the stage which gives them out reads."""
        return self.stages[-1].inputs if self.columns else ()


def plan(graph: Graph, wanted: Sequence[int], columns: Container[str]) -> Plan:
    """Plan the stages for the wanted nodes; they may repeat.

    `columns` names the variables that are columns. The plan has a graph of its own: see `unfolded`.
    """
    graph, wanted = unfolded(graph, wanted)
    shapes = Shapes(graph, columns)
    needed = _needed(graph, wanted)
    column = [shapes.is_column(node) for node in reversed(range(len(graph)))][::-1]  # the last settles all
    variables = graph.inputs()
    reductions = [node for node in needed if graph.operations[node] in REDUCTIONS and column[graph.operands[node][0]]]
    folded = set(reductions)
    level = _levels(graph, needed, folded)
    outputs = tuple(dict.fromkeys(node for node in wanted if column[node]))
    folding = max((level[node] for node in reductions), default=0)
    due: list[list[int]] = [[] for _ in range(folding + 1)]
    for node in reductions:
        due[level[node] - 1].append(node)
    numbers: list[list[int]] = [[] for _ in range(folding + 1)]
    for node in needed:
        if not column[node] and node not in folded:
            numbers[level[node]].append(node)

    def stage(index: int, outputs: tuple[int, ...]) -> Stage:
        counts = tuple(node for node in due[index] if graph.operations[node] == COUNT)
        folds = tuple(node for node in due[index] if graph.operations[node] != COUNT)
        columns = _rows(graph, [*(graph.operands[node][0] for node in folds), *outputs], column)
        read = set(columns)
        read.update(_rows(graph, {graph.operands[node][0] for node in counts} - read, column))
        return Stage(
            numbers=tuple(numbers[index]),
            columns=tuple(columns),
            scalars=tuple(dict.fromkeys(o for c in columns for o in graph.operands[c] if not column[o])),
            folds=folds,
            counts=counts,
            outputs=outputs,
            inputs=tuple(name for name, node in variables.items() if node in read),
        )

    stages = [stage(index, ()) for index in range(folding)]
    if outputs:
        stages.append(stage(folding, outputs))
    after = () if outputs else tuple(numbers[folding])
    return Plan(graph, tuple(wanted), tuple(stages), after)


def unfolded(graph: Graph, wanted: Sequence[int]) -> tuple[Graph, list[int]]:
    """The wanted nodes in a copy of the graph, in which every reduction is a fold by a function of two or
    a count: `mean(x)` becomes `sum(x)/count(x)`."""
    new = graph.copy()
    arithmetic = _Unfolding(new)
    moved: dict[int, int] = {}
    for node in _needed(graph, wanted):
        operation, operands = graph.operations[node], graph.operands[node]
        if operation in _DERIVED or not moved.keys().isdisjoint(operands):
            new.span = graph.source_span(node)
            moved[node] = arithmetic.operation(operation)(*[moved.get(operand, operand) for operand in operands])
    return new, [moved.get(node, node) for node in wanted]


class _Unfolding(Symbols):
    """Nodes in which reductions that others define are written out."""

    def _build(self, name: str) -> Callable[..., int]:
        if name not in _DERIVED:
            return super()._build(name)
        function = FUNCTIONS[name]
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


def _levels(graph: Graph, needed: list[int], folded: Container[int]) -> list[int]:
    """How many stages must be over before each node can be computed."""
    level = [0] * len(graph)
    for node in needed:
        before = 0
        for operand in graph.operands[node]:
            if level[operand] > before:
                before = level[operand]
        level[node] = before + (node in folded)
    return level


def _rows(graph: Graph, wanted: Iterable[int], column: Sequence[bool]) -> list[int]:
    """The columns that the wanted ones are computed from, and these, in order."""
    found = {node for node in wanted if column[node]}
    stack = list(found)
    while stack:
        for operand in graph.operands[stack.pop()]:
            if column[operand] and operand not in found:
                found.add(operand)
                stack.append(operand)
    return sorted(found)
