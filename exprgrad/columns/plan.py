"""The order of work over columns: which passes over the rows give which numbers.

A reduction is known only after all rows were seen. What it is used for in rows (`mean((x - mean(x))^2)`) has
to wait for the next pass; what only numbers go into is computed between the passes.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Sequence
from typing import NamedTuple

from exprgrad.columns.shapes import Shapes
from exprgrad.functions.rules import bind
from exprgrad.functions.table import FUNCTIONS, REDUCTIONS
from exprgrad.graph import reach
from exprgrad.graph.graph import Graph
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
    needed = reach.needed(graph, wanted)
    column = [shapes.is_column(node) for node in reversed(range(len(graph)))][::-1]  # the last settles all
    variables = graph.inputs()
    reductions = [node for node in needed if graph.operations[node] in REDUCTIONS and column[graph.operands[node][0]]]
    folded = set(reductions)
    level = _levels(graph, needed, folded)
    outputs = tuple(dict.fromkeys(node for node in wanted if column[node]))
    turns = max((level[node] for node in reductions), default=0)
    due: list[list[int]] = [[] for _ in range(turns + 1)]
    for node in reductions:
        due[level[node] - 1].append(node)
    numbers: list[list[int]] = [[] for _ in range(turns + 1)]
    for node in needed:
        if not column[node] and node not in folded:
            numbers[level[node]].append(node)

    def turn(index: int, outputs: tuple[int, ...]) -> Pass:
        counts = tuple(node for node in due[index] if graph.operations[node] == COUNT)
        folds = tuple(node for node in due[index] if graph.operations[node] != COUNT)
        columns = _rows(graph, [*(graph.operands[node][0] for node in folds), *outputs], column)
        read = set(columns)
        read.update(_rows(graph, {graph.operands[node][0] for node in counts} - read, column))
        return Pass(
            numbers=tuple(numbers[index]),
            columns=tuple(columns),
            scalars=tuple(dict.fromkeys(o for c in columns for o in graph.operands[c] if not column[o])),
            folds=folds,
            counts=counts,
            outputs=outputs,
            inputs=tuple(name for name, node in variables.items() if node in read),
        )

    passes = [turn(index, ()) for index in range(turns)]
    if outputs:
        passes.append(turn(turns, outputs))
    after = () if outputs else tuple(numbers[turns])
    return Plan(graph, tuple(wanted), tuple(passes), after)


def _derived(operation: str) -> bool:
    """Whether an operation is a reduction that others define."""
    return operation in REDUCTIONS and bool(FUNCTIONS[operation].definition)


def unfolded(graph: Graph, wanted: Sequence[int]) -> tuple[Graph, list[int]]:
    """The wanted nodes in a copy of the graph, in which every reduction is a fold by a function of two or
    a count: `mean(x)` becomes `sum(x)/count(x)`."""
    new = graph.copy()
    arithmetic = _Unfolding(new)
    moved: dict[int, int] = {}
    for node in reach.needed(graph, wanted):
        operation, operands = graph.operations[node], graph.operands[node]
        if _derived(operation) or not moved.keys().isdisjoint(operands):
            new.span = graph.source_span(node)
            moved[node] = arithmetic.operation(operation)(*[moved.get(operand, operand) for operand in operands])
    return new, [moved.get(node, node) for node in wanted]


class _Unfolding(Symbols):
    """Nodes in which reductions that others define are written out."""

    def _build(self, name: str) -> Callable[..., int]:
        if not _derived(name):
            return super()._build(name)
        function = FUNCTIONS[name]
        rule = bind(function.definition, function.operands, self)
        return lambda *operands: rule(operands)


def _levels(graph: Graph, needed: list[int], folded: Container[int]) -> list[int]:
    """How many passes must be over before each node can be computed."""
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
    found = reach.reach(
        [node for node in wanted if column[node]],
        lambda node: [operand for operand in graph.operands[node] if column[operand]],
    )
    return sorted(found)
