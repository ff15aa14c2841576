"""Which rows lost digits of a derivative, as an expression: a bound on what underflowed on the way to it.

With each value of a column goes its *loss*: a bound on how far it is off because something on the way was below the
smallest normal float, in units of that. A product or quotient that underflows has a loss of 1. The loss of a sum is
the sum of the losses, and whatever the partials make of them, the loss of a function is: the running error analysis of
Wilkinson, for underflows alone. What overflows has an infinite loss.

A row is *lost* where the loss of a derivative is beyond what is forgiven, or where the derivative is not finite though
what it is computed from is.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from exprgrad.autodiff.reverse import slopes
from exprgrad.columns.plan import Plan, Stage
from exprgrad.columns.shapes import Shapes
from exprgrad.functions.table import FUNCTIONS
from exprgrad.graph.graph import Graph
from exprgrad.graph.reach import reach
from exprgrad.graph.symbols import Symbols

FORGIVEN = 2.0**32
"""The loss that a derivative may have: 1e-298. What is lost of a sum far from a narrow peak stays below it."""
_SHARE = 2.0**-60 / sys.float_info.min
"""What is less than this share of the derivative, in units of a loss, is less than its rounding."""


class Look(NamedTuple):
    """How a stage is looked at again."""

    plan: Plan
    """Of one stage without folds. Its outputs are 1 for the rows that are lost, and the targets, all from the same
    inputs."""
    targets: tuple[int, ...]
    """The columns that are derivatives, or made of these: those of the stage's outputs, or what it folds."""

    @property
    def stage(self) -> Stage:
        return self.plan.stages[0]


def targets(graph: Graph, stage: Stage) -> tuple[int, ...]:
    """The columns that are derivatives, or made of these, among a stage's outputs and what it folds."""
    made = set[int]()
    if not graph.slopes:
        return ()
    for node in stage.columns:
        if node in graph.slopes or not made.isdisjoint(graph.operands[node]):
            made.add(node)
    given = [*stage.outputs, *(graph.operands[node][0] for node in stage.folds)]
    return tuple(dict.fromkeys(node for node in given if node in made))


def watched(graph: Graph, stage: Stage) -> list[int]:
    """The columns from which a stage's derivatives are computed, and these, as far as they can lose digits."""
    rows = set(stage.columns)
    found = reach(targets(graph, stage), lambda node: [operand for operand in graph.operands[node] if operand in rows])
    return [node for node in sorted(found) if graph.operands[node] and not FUNCTIONS[graph.operations[node]].exact]


def look(graph: Graph, stage: Stage) -> Look | None:
    """How to look again at what a stage computes; None where nothing of it is a derivative."""
    rows, ends = set(stage.columns), targets(graph, stage)
    if not ends:
        return None
    new = graph.copy()
    new.slopes = set()  # nobody looks a third time
    new.limit = 100 * len(graph)
    losses = _Losses(new, stage.inputs)
    for node in sorted(reach(ends, lambda node: [k for k in graph.operands[node] if k in rows])):
        losses.add(node)
    lost = losses.lost(ends)
    column = losses.shapes.is_column
    if not column(lost):
        return None
    columns = sorted(reach([lost, *ends], lambda node: [operand for operand in new.operands[node] if column(operand)]))
    inputs = new.inputs()
    second = Stage(
        numbers=(),
        columns=tuple(columns),
        scalars=tuple(dict.fromkeys(o for c in columns for o in new.operands[c] if not column(o))),
        folds=(),
        counts=(),
        ordered=(),
        scans=(),
        outputs=(lost, *ends),
        inputs=tuple(name for name in stage.inputs if inputs[name] in set(columns)),
    )
    return Look(Plan(new, second.outputs, (second,), ()), ends)


def marks(graph: Graph, inputs: Sequence[str], ends: Sequence[int]) -> tuple[Graph, list[int]]:
    """A new graph with what is computed from these inputs, and for each of these derivatives a node that is 1 where it
    lost digits, or is not finite. No loss stays none where a partial is infinite: here nobody looks a third time."""
    new = graph.copy()
    new.slopes = set()
    new.limit = 100 * len(graph)
    losses = _Losses(new, inputs, last=True)
    for node in sorted(reach(ends, lambda node: graph.operands[node])):
        losses.add(node)
    return new, [losses.lost([end]) for end in ends]


class _Losses:
    """The losses of nodes, as nodes of the same graph; None for none at all."""

    def __init__(self, graph: Graph, columns: Sequence[str], *, last: bool = False) -> None:
        """`last` is for a look that decides: without it, what is not known counts as lost."""
        self.graph = graph
        self._last = last
        self.shapes = Shapes(graph, columns)
        self.of: dict[int, int | None] = {}
        symbols = self.symbols = Symbols(graph)
        names = ("add", "mul", "div", "where", "abs", "and", "or", "not", "lt", "le", "ne", "max")
        operations = [symbols.operation(name) for name in names]
        self._add, self._mul, self._div, self._where, self._abs, *operations = operations
        self._and, self._or, self._not, self._lt, self._le, self._ne, self._max = operations
        self._zero, self._one, self._infinite = (symbols.constant(number) for number in (0.0, 1.0, float("inf")))
        self._smallest, self._largest = (symbols.constant(end) for end in (sys.float_info.min, sys.float_info.max))

    def add(self, node: int) -> None:
        """The loss of a column whose operands have theirs."""
        operation, operands = self.graph.operations[node], self.graph.operands[node]
        if not operands:
            return
        before = [self.of.get(operand) for operand in operands]
        self.of[node] = self._sum([*self._inherited(node, operation, operands, before), self._own(node, operation)])

    def lost(self, targets: Iterable[int]) -> int:
        """Whether a row is lost."""
        found: int | None = None
        for node in targets:
            loss = self.of.get(node)
            enough = self._max(
                self.symbols.constant(FORGIVEN), self._mul(self._abs(node), self.symbols.constant(_SHARE))
            )
            kept = self._finite(node) if loss is None else self._and(self._lt(loss, enough), self._finite(node))
            found = self._not(kept) if found is None else self._or(found, self._not(kept))
        if found is None:
            return self._zero
        leaves = [node for node in self.graph.inputs().values() if self.shapes.is_column(node)]
        for node in leaves:
            found = self._and(found, self._finite(node))
        return found

    def _inherited(
        self, node: int, operation: str, operands: Sequence[int], before: Sequence[int | None]
    ) -> list[int | None]:
        """What the losses of the operands do to the value."""
        if all(loss is None for loss in before):
            return []
        if operation in ("add", "sub", "neg"):
            return list(before)
        if operation == "where":
            one, other = (self._zero if loss is None else loss for loss in before[1:])
            return [None if before[1:] == [None, None] else self._where(operands[0], one, other)]
        row = FUNCTIONS[operation]
        if row.exact:
            return [loss for loss, partial in zip(before, row.partials, strict=True) if partial != "0"]
        if operation == "div":
            total = self._sum([before[0], before[1] and self._mul(self._abs(node), before[1])])
            return [None if total is None else self._div(total, self._abs(operands[1]))]
        found: list[int | None] = []
        scope = (*operands, node)
        for loss, slope in zip(before, slopes(operation, self.symbols), strict=True):
            if loss is not None and slope is not None:
                found.append(loss if slope.partial is None else self._scaled(loss, slope.partial(scope)))
        return found

    def _scaled(self, loss: int, partial: int) -> int:
        """A loss times the size of a partial."""
        product: int = self._mul(loss, self._abs(partial))
        return self._where(self._ne(loss, self._zero), product, self._zero) if self._last else product

    def _own(self, node: int, operation: str) -> int | None:
        """What is lost by rounding the value itself: it underflows from operands that are not 0, or overflows."""
        if operation in ("neg", "where") or FUNCTIONS[operation].exact:
            return None
        size = self._abs(node)
        beyond = self._where(self._le(size, self._largest), self._zero, self._infinite)
        if operation in ("add", "sub"):
            return beyond
        small = self._lt(size, self._smallest)
        for operand in self.graph.operands[node][: 1 if operation == "div" else None]:
            if not self.graph.number(operand):
                small = self._and(small, self._ne(operand, self._zero))
        return self._where(small, self._one, beyond)

    def _finite(self, node: int) -> int:
        return self._le(self._abs(node), self._largest)

    def _sum(self, losses: Iterable[int | None]) -> int | None:
        total: int | None = None
        for loss in losses:
            if loss is not None:
                total = loss if total is None else self._add(total, loss)
        return total
