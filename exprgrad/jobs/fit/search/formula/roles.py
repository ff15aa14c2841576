"""What parameters do in a formula, read off the graph: where an expression is a straight line in a column.

In `sin(2*pi*f*x + p)` the operand of sin is slope*x + offset, and so is that of exp in `exp(-(x - m)^2/s^2)` before it
is squared. What the data say of a slope (a frequency, one over a width) and of the place -offset/slope (of a peak, a
step) is then a value of the parameters in them.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import pi
from typing import NamedTuple

from exprgrad.columns.shapes import Shapes
from exprgrad.functions.table import FUNCTIONS
from exprgrad.graph.reach import cone, needed
from exprgrad.graph.symbols import Symbols
from exprgrad.jobs.fit.problem import Problem

PERIODIC = {name for name, row in FUNCTIONS.items() if row.period} | {"sinc"}
"""Functions whose operand has a frequency."""


_STEPS = {name for name, row in FUNCTIONS.items() if row.partials == ("0",) and "out" in row.kink}
"""Functions that round to whole numbers."""
_COMPARED = {name for name, row in FUNCTIONS.items() if row.kink == "x == y"}
"""Functions whose operands are compared."""


class Line(NamedTuple):
    """A node that is slope*base + offset."""

    node: int
    base: int
    """A column without parameters."""
    slope: int
    """A number, as the offset: nodes made of parameters and constants."""
    offset: int
    turn: float
    """The period of the function that is applied to it: 2*pi for sin, 1 for floor; 0 where there is none."""

    @property
    def periodic(self) -> bool:
        """Whether the slope is a frequency."""
        return self.turn > 0


class Roles:
    """The lines in a formula, and where parameters are bases of powers."""

    def __init__(self, problem: Problem) -> None:
        self.graph = graph = problem.graph
        self.output = problem.model.output
        self.symbols = Symbols(graph)
        self.parameters = {graph.inputs()[name]: k for k, name in enumerate(problem.names)}
        self.shapes = Shapes(graph, problem.columns)
        order = needed(graph, [self.output])
        self._moved = {node for node in order if self._has_parameters(node, problem)}
        self._lines: dict[int, tuple[int, int, int]] = {}
        for node in order:
            self._see(node)
        self.users: dict[int, list[int]] = {}
        for node in order:
            for operand in graph.operands[node]:
                self.users.setdefault(operand, []).append(node)
        self.lines = list(self._longest(order))
        self.angles = sorted(
            {
                operand
                for node in order
                if graph.operations[node] in PERIODIC
                for operand in graph.operands[node]
                if operand in self._moved
            }
        )
        """What periodic functions are applied to."""
        self.columns = [node for node in order if graph.name(node) in problem.columns]
        self.bases = {
            self.parameters[operands[0]]: operands[1]
            for node in order
            if graph.operations[node] == "pow"
            and (operands := graph.operands[node])[0] in self.parameters
            and self.shapes.is_column(operands[1])
        }
        """Parameters that are raised to a column, and that column."""

    def within(self, node: int) -> list[int]:
        """The parameters, by number, that a node is computed from."""
        return sorted(self.parameters[k] for k in cone(self.graph, [node]) if k in self.parameters)

    def _has_parameters(self, node: int, problem: Problem) -> bool:
        names = set(problem.names)
        return any(self.graph.name(k) in names for k in cone(self.graph, [node]))

    def _see(self, node: int) -> None:
        """Whether this column is a line in a column, as its operands are."""
        if not self.shapes.is_column(node):
            return
        found = self._line(node)
        if found is None and node not in self._moved:
            found = node, self.symbols.constant(1.0), self.symbols.constant(0.0)
        if found is not None:
            self._lines[node] = found

    def _line(self, node: int) -> tuple[int, int, int] | None:
        operation, operands = self.graph.operations[node], self.graph.operands[node]
        apply = self.symbols.operation
        lines = [self._lines.get(operand) for operand in operands]
        numbers = [not self.shapes.is_column(operand) for operand in operands]
        if operation == "neg" and lines[0] is not None:
            base, slope, offset = lines[0]
            return base, apply("neg")(slope), apply("neg")(offset)
        if len(operands) != 2 or operation not in ("add", "sub", "mul", "div"):
            return None
        (left, right), (first, second) = operands, lines
        act = apply(operation)
        if operation in ("add", "sub"):
            if first is not None and second is not None and first[0] == second[0]:
                return first[0], act(first[1], second[1]), act(first[2], second[2])
            if first is not None and numbers[1]:
                return first[0], first[1], act(first[2], right)
            if second is not None and numbers[0]:
                slope = second[1] if operation == "add" else apply("neg")(second[1])
                return second[0], slope, act(left, second[2])
        elif first is not None and numbers[1]:
            return first[0], act(first[1], right), act(first[2], right)
        elif second is not None and numbers[0] and operation == "mul":
            return second[0], act(left, second[1]), act(left, second[2])
        return None

    def _longest(self, order: list[int]) -> Iterator[Line]:
        """The lines with parameters that are no part of a longer one; of a comparison the difference of its sides is
        one, and of `mod(x, P)` the quotient."""
        operations, apply = self.graph.operations, self.symbols.operation
        for node in order:
            if node in self._lines and node in self._moved:
                users = [user for user in self.users.get(node, []) if user not in self._lines]
                names = {operations[user] for user in users}
                if names - _COMPARED - {"mod", "fmod"}:
                    turn = 2 * pi if names & PERIODIC else 1.0 if names & _STEPS else 0.0
                    yield Line(node, *self._lines[node], turn)
            elif operations[node] in _COMPARED | {"mod", "fmod"}:
                (left, right), (first, second) = (
                    self.graph.operands[node],
                    map(self._lines.get, self.graph.operands[node]),
                )
                if not (left in self._moved or right in self._moved):
                    continue
                if operations[node] in _COMPARED:
                    one, other = first or second, second if first else None
                    apart = left if first is None else right
                    if one is None or (other is None and self.shapes.is_column(apart)):
                        continue
                    base, slope, offset = one
                    if other is None:
                        yield Line(node, base, slope, apply("sub")(offset, apart), 0.0)
                    elif other[0] == base:
                        yield Line(node, base, apply("sub")(slope, other[1]), apply("sub")(offset, other[2]), 0.0)
                elif first is not None and not self.shapes.is_column(right):
                    base, slope, offset = first
                    yield Line(node, base, apply("div")(slope, right), apply("div")(offset, right), 1.0)
