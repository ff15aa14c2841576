"""Nodes of a graph with Python's operators: what is written in Python becomes part of the graph.

What is true is 1 and what is false 0, as everywhere in a graph; `&`, `|` and `~` are and, or and not.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce
from operator import and_

from exprgrad.graph.symbols import Symbols


class Node:
    """A node."""

    __slots__ = ("node", "symbols")

    def __init__(self, symbols: Symbols, node: int) -> None:
        self.symbols, self.node = symbols, node

    def apply(self, operation: str, *others: Node | float) -> Node:
        """A function of the table, of this and others."""
        nodes = [other.node if isinstance(other, Node) else self.symbols.constant(float(other)) for other in others]
        return Node(self.symbols, self.symbols.operation(operation)(self.node, *nodes))

    def constant(self, number: float) -> Node:
        """A number of the same graph."""
        return Node(self.symbols, self.symbols.constant(float(number)))

    def __add__(self, other: Node | float) -> Node:
        return self.apply("add", other)

    def __sub__(self, other: Node | float) -> Node:
        return self.apply("sub", other)

    def __mul__(self, other: Node | float) -> Node:
        return self.apply("mul", other)

    def __truediv__(self, other: Node | float) -> Node:
        return self.apply("div", other)

    def __radd__(self, other: float) -> Node:
        return self.constant(other) + self

    def __rsub__(self, other: float) -> Node:
        return self.constant(other) - self

    def __rmul__(self, other: float) -> Node:
        return self.constant(other) * self

    def __rtruediv__(self, other: float) -> Node:
        return self.constant(other) / self

    def __neg__(self) -> Node:
        return self.apply("neg")

    def __abs__(self) -> Node:
        return self.apply("abs")

    def __lt__(self, other: Node | float) -> Node:
        return self.apply("lt", other)

    def __le__(self, other: Node | float) -> Node:
        return self.apply("le", other)

    def __gt__(self, other: Node | float) -> Node:
        return self.apply("gt", other)

    def __ge__(self, other: Node | float) -> Node:
        return self.apply("ge", other)

    def __and__(self, other: Node) -> Node:
        return self.apply("and", other)

    def __or__(self, other: Node) -> Node:
        return self.apply("or", other)

    def __invert__(self) -> Node:
        return self.apply("not")

    def sqrt(self) -> Node:
        """Its square root; NumPy calls this for an array of nodes."""
        return self.apply("sqrt")

    def where(self, one: Node | float, other: Node | float) -> Node:
        """`one` where this is true, else `other`."""
        return self.apply("where", one, other)

    def max(self, other: Node | float) -> Node:
        """The larger of two."""
        return self.apply("max", other)

    def min(self, other: Node | float) -> Node:
        """The smaller of two."""
        return self.apply("min", other)

    @property
    def finite(self) -> Node:
        """Whether it is neither infinite nor nan."""
        return abs(self) < float("inf")


def every(conditions: Iterable[Node]) -> Node:
    """Whether all of them hold; there is one at least."""
    return reduce(and_, conditions)
