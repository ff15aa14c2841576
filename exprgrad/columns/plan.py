"""The order of work over columns: which stages compute which nodes. A stage is one pass over the rows.

A reduction is known only after all rows were seen. What it is used for in rows has to wait for the next stage; what
only numbers go into is computed between the stages. So `mean((x - mean(x))^2)` takes two:

    the first stage   folds sum(x) and count(x)
    between           mean = sum(x)/count(x)
    the second stage  computes (x - mean)^2 in each row, and folds their sum
    after it          the sum divided by count(x)
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from typing import NamedTuple

from exprgrad.columns.shapes import Shapes
from exprgrad.functions.rules import bind
from exprgrad.functions.table import FUNCTIONS, REDUCTIONS
from exprgrad.graph import reach
from exprgrad.graph.graph import Graph
from exprgrad.graph.symbols import Symbols

COUNT = "count"


class Stage(NamedTuple):
    """One pass over the rows."""

    numbers: tuple[int, ...]
    """The numbers to compute before the stage, as nodes in order: all that they need is known by then."""
    columns: tuple[int, ...]
    """The nodes to compute for each row, in order; the variables that it reads are among them."""
    scalars: tuple[int, ...]
    """The numbers that these columns use."""
    folds: tuple[int, ...]
    """The reductions to fold, each by a function of two operands (`Function.fold`)."""
    counts: tuple[int, ...]
    """The reductions that count the rows."""
    ordered: tuple[int, ...]
    """The reductions that need all rows of their operand in order."""
    outputs: tuple[int, ...]
    """The columns to give out: those that are wanted, in the last stage, or the operands of `ordered`. A stage that has
    any does not fold."""
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
        return self.stages[-1].outputs if self.stages and not self.stages[-1].ordered else ()

    @property
    def inputs(self) -> tuple[str, ...]:
        """The variables that the stage which gives them out reads."""
        return self.stages[-1].inputs if self.columns else ()


def plan(graph: Graph, wanted: Sequence[int], columns: Container[str]) -> Plan:
    """The stages that compute the wanted nodes, which may repeat; `columns` names the variables that are columns.

    The plan has a graph of its own: see `unfolded`.
    """
    new, nodes = unfolded(graph, wanted)
    return _Planner(new, nodes, columns).plan()


class _Planner:
    """What is known of each node before the stages are put together: its shape, and its level.

    The level of a node is the number of stages that must be over before it is known. A reduction whose operand has
    level k is folded in the stage of index k, and has level k + 1.
    """

    def __init__(self, graph: Graph, wanted: Sequence[int], columns: Container[str]) -> None:
        self.graph = graph
        self.wanted = tuple(wanted)
        self.inputs = graph.inputs()
        shapes = Shapes(graph, columns)
        self.column = [shapes.is_column(node) for node in reversed(range(len(graph)))][::-1]  # the last settles all
        needed = reach.needed(graph, wanted)
        reductions = [node for node in needed if shapes.folds(node)]
        folded = set(reductions)
        level = _levels(graph, needed, folded)
        self.folding = max((level[node] for node in reductions), default=0)
        """The highest level: how often all rows must have been seen."""
        self.reductions: list[list[int]] = [[] for _ in range(self.folding + 1)]
        """By the level at which they are due; the last list is empty."""
        for node in reductions:
            self.reductions[level[node] - 1].append(node)
        self.numbers: list[list[int]] = [[] for _ in range(self.folding + 1)]
        """The other nodes that are numbers, by their level."""
        for node in needed:
            if not self.column[node] and node not in folded:
                self.numbers[level[node]].append(node)

    def plan(self) -> Plan:
        """The stages that fold; after them one that gives out columns, if any are wanted, or the last numbers."""
        outputs = tuple(dict.fromkeys(node for node in self.wanted if self.column[node]))
        stages = [stage for index in range(self.folding) for stage in self._due(index)]
        last = tuple(self.numbers[self.folding])
        if outputs:
            return Plan(self.graph, self.wanted, (*stages, self._stage(last, outputs=outputs)), ())
        return Plan(self.graph, self.wanted, tuple(stages), last)

    def _due(self, index: int) -> Iterator[Stage]:
        """The stages of a level: one that folds, and one for what needs its rows in order, which counts as well if it
        is alone."""
        numbers, due = tuple(self.numbers[index]), self.reductions[index]
        ordered = [node for node in due if FUNCTIONS[self.graph.operations[node]].place]
        counts = [node for node in due if self.graph.operations[node] == COUNT]
        folds = [node for node in due if node not in {*ordered, *counts}]
        if folds or not ordered:
            yield self._stage(numbers, folds, counts)
            numbers, counts = (), []
        if ordered:
            operands = tuple(dict.fromkeys(self.graph.operands[node][0] for node in ordered))
            yield self._stage(numbers, (), counts, ordered, operands)

    def _stage(
        self,
        numbers: tuple[int, ...],
        folds: Sequence[int] = (),
        counts: Sequence[int] = (),
        ordered: Sequence[int] = (),
        outputs: tuple[int, ...] = (),
    ) -> Stage:
        graph, column = self.graph, self.column
        columns = _rows(graph, [*(graph.operands[node][0] for node in folds), *outputs], column)
        read = set(columns)  # and what is counted: its rows are read, but nothing is computed of them
        read.update(_rows(graph, {graph.operands[node][0] for node in counts} - read, column))
        return Stage(
            numbers=numbers,
            columns=tuple(columns),
            scalars=tuple(dict.fromkeys(o for c in columns for o in graph.operands[c] if not column[o])),
            folds=tuple(folds),
            counts=tuple(counts),
            ordered=tuple(ordered),
            outputs=outputs,
            inputs=tuple(name for name, node in self.inputs.items() if node in read),
        )


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
    new.slopes.update(moved[node] for node in graph.slopes.intersection(moved))
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
    found = reach.reach(
        [node for node in wanted if column[node]],
        lambda node: [operand for operand in graph.operands[node] if column[operand]],
    )
    return sorted(found)
