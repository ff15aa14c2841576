"""The order of work over columns: which stages compute which nodes. A stage is one pass over the rows.

A reduction is known only after all rows were seen. What it is used for in rows has to wait for the next stage; what
only numbers go into is computed between the stages. So `mean((x - mean(x))^2)` takes two:

    the first stage   folds sum(x) and count(x)
    between           mean = sum(x)/count(x)
    the second stage  computes (x - mean)^2 in each row, and folds their sum
    after it          the sum divided by count(x)

A scan, as cumsum(x), is a column that is computed outside of the stages: see `columns.scans`.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from exprgrad.columns.scans import Scan, apart, are_there
from exprgrad.columns.shapes import Shapes
from exprgrad.columns.unfold import unfolded
from exprgrad.functions.table import FUNCTIONS
from exprgrad.graph import reach
from exprgrad.graph.graph import Graph

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
    scans: tuple[str, ...]
    """The columns that are made from the outputs, each by its scan (`Plan.scans`)."""
    outputs: tuple[int, ...]
    """The columns to give out: those that are wanted, in the last stage, or the operands of `ordered` or `scans`. A
    stage that has any does not fold."""
    inputs: tuple[str, ...]
    """The names of the columns that it takes: variables, and what scans give."""


class Plan(NamedTuple):
    """What is to be computed of a graph, and the stages that do it."""

    graph: Graph
    wanted: tuple[int, ...]
    stages: tuple[Stage, ...]
    numbers: tuple[int, ...]
    """The numbers to compute after the last stage, as nodes in order."""
    scans: tuple[Scan, ...] = ()
    """The scans, in order; each is an input of the graph."""
    running: tuple[Stage, ...] = ()
    """What is computed along with other stages, in this order: stages that give out the operands of scans, of which
    each row takes the rows before it."""

    @property
    def columns(self) -> tuple[int, ...]:
        """The wanted nodes that are columns; the last stage gives them out."""
        last = self.stages[-1] if self.stages else None
        return last.outputs if last is not None and not (last.ordered or last.scans) else ()

    @property
    def inputs(self) -> tuple[str, ...]:
        """The variables that are read for the stage which gives them out."""
        return self.reads(self.stages[-1]) if self.columns else ()

    def reads(self, stage: Stage) -> tuple[str, ...]:
        """The variables that are read for a stage, and for what is computed along with it."""
        if not self.scans:
            return stage.inputs
        held = any(
            scan.held for scan in self.scans
        )  # then all stages read the same rows, as missing values may cost some
        stages = (*self.running, *self.stages) if held else (*self.along(stage), stage)
        names = {scan.name for scan in self.scans}
        return tuple(dict.fromkeys(name for each in stages for name in each.inputs if name not in names))

    def along(self, stage: Stage) -> list[Stage]:
        """What is computed along with a stage, in order."""
        needed, found = set(stage.inputs), []
        for each in reversed(self.running):
            if not needed.isdisjoint(each.scans):
                found.append(each)
                needed.update(each.inputs)
        return found[::-1]


def plan(graph: Graph, wanted: Sequence[int], columns: Container[str]) -> Plan:
    """The stages that compute the wanted nodes, which may repeat; `columns` names the variables that are columns.

    The plan has a graph of its own: see `unfolded`.
    """
    new, nodes = unfolded(graph, wanted)
    return _Planner(*(apart(new, nodes, columns) if are_there(new) else (new, nodes, columns))).plan()


class _Planner:
    """What is known of each node before the stages are put together: its shape, and its level.

    The level of a node is the number of stages that must be over before it is known. A reduction whose operand has
    level k is folded in the stage of index k, and has level k + 1.
    """

    def __init__(
        self, graph: Graph, wanted: Sequence[int], columns: Container[str], scans: Mapping[str, Scan] | None = None
    ) -> None:
        """`scans` has those inputs of the graph that are scans, in order."""
        self.graph = graph
        self.wanted = tuple(wanted)
        self.scans = scans or {}
        self.inputs = graph.inputs()
        shapes = Shapes(graph, columns)
        self.column = [shapes.is_column(node) for node in reversed(range(len(graph)))][::-1]  # the last settles all
        needed = reach.needed(graph, wanted, self.operands if self.scans else None)
        reductions = [node for node in needed if shapes.folds(node)]
        folded = set(reductions)
        level = self.level = self._levels(needed, folded)
        held = [
            (node, scan) for name, scan in self.scans.items() if scan.held and (node := self.inputs[name]) in needed
        ]
        self.folding = max((level[node] for node in (*reductions, *(node for node, _ in held))), default=0)
        """The highest level: how often all rows must have been seen."""
        self.reductions: list[list[int]] = [[] for _ in range(self.folding + 1)]
        """By the level at which they are due; the last list is empty."""
        for node in reductions:
            self.reductions[level[node] - 1].append(node)
        self.held: list[list[Scan]] = [[] for _ in range(self.folding + 1)]
        """The scans that are held, in the same way."""
        for node, scan in held:
            self.held[level[node] - 1].append(scan)
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
            stages.append(self._stage(last, outputs=outputs))
            last = ()
        return Plan(self.graph, self.wanted, tuple(stages), last, tuple(self.scans.values()), tuple(self._running()))

    def operands(self, node: int) -> tuple[int, ...]:
        """What a node is computed from; a scan from its operand."""
        scan = self.scans.get(self.graph.name(node) or "") if self.scans else None
        return self.graph.operands[node] if scan is None else (scan.operand,)

    def _levels(self, needed: Sequence[int], folded: Container[int]) -> list[int]:
        """How many stages must be over before each node can be computed."""
        level = [0] * len(self.graph)
        held = {self.inputs[name] for name, scan in self.scans.items() if scan.held}
        operands = self.operands if self.scans else self.graph.operands.__getitem__
        for node in needed:
            before = 0
            for operand in operands(node):
                if level[operand] > before:
                    before = level[operand]
            level[node] = before + (node in folded or node in held)
        return level

    def _running(self) -> Iterator[Stage]:
        """The stages along with others: one for all scans whose operands can be computed at the same time, those that
        are made of other scans after these."""
        if not self.scans:
            return
        depth = [0] * len(self.graph)
        groups: dict[tuple[int, int], list[Scan]] = {}
        for node, operands in enumerate(self.graph.operands):
            scan = self.scans.get(self.graph.name(node) or "")
            depth[node] = max((depth[operand] for operand in operands), default=0)
            if scan is not None and not scan.held:
                depth[node] = depth[scan.operand] + 1
                groups.setdefault((depth[node], self.level[scan.operand]), []).append(scan)
        for _, scans in sorted(groups.items()):
            yield self._stage(scans=scans)

    def _due(self, index: int) -> Iterator[Stage]:
        """The stages of a level: one that folds, one for what needs its rows in order, which counts as well if it is
        alone, and one for the scans that are held."""
        numbers, due = tuple(self.numbers[index]), self.reductions[index]
        ordered = [node for node in due if FUNCTIONS[self.graph.operations[node]].place]
        counts = [node for node in due if self.graph.operations[node] == COUNT]
        folds = [node for node in due if node not in {*ordered, *counts}]
        if folds or (counts and not ordered):
            yield self._stage(numbers, folds, counts)
            numbers, counts = (), []
        if ordered:
            operands = tuple(dict.fromkeys(self.graph.operands[node][0] for node in ordered))
            yield self._stage(numbers, (), counts, ordered, operands)
            numbers = ()
        if self.held[index]:
            yield self._stage(numbers, scans=self.held[index])

    def _stage(
        self,
        numbers: tuple[int, ...] = (),
        folds: Sequence[int] = (),
        counts: Sequence[int] = (),
        ordered: Sequence[int] = (),
        outputs: tuple[int, ...] = (),
        scans: Sequence[Scan] = (),
    ) -> Stage:
        graph, column = self.graph, self.column
        outputs = outputs or tuple(dict.fromkeys(scan.operand for scan in scans))
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
            scans=tuple(scan.name for scan in scans),
            outputs=outputs,
            inputs=tuple(name for name, node in self.inputs.items() if node in read),
        )


def _rows(graph: Graph, wanted: Iterable[int], column: Sequence[bool]) -> list[int]:
    """The columns that the wanted ones are computed from, and these, in order."""
    found = reach.reach(
        [node for node in wanted if column[node]],
        lambda node: [operand for operand in graph.operands[node] if column[operand]],
    )
    return sorted(found)
