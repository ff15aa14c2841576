"""The numbers of a group that go from round to round, while the graph of a round is made."""

from __future__ import annotations

from typing import Any

import numpy as np

from exprgrad.backends.llvm.sections.rounds import State
from exprgrad.backends.llvm.sections.sums import pairs
from exprgrad.graph.graph import Graph
from exprgrad.graph.operators import Node
from exprgrad.graph.symbols import Symbols
from exprgrad.jobs.fit.groups.many import triangles

Nodes = Any
"""An array of nodes: a vector [p], or a triangle [p, p]."""
algebra: Any = triangles
"""That of many triangles, which serves for triangles of nodes as well."""


class States:
    """They have names: those of vectors and triangles have the places of their numbers in them."""

    def __init__(self, graph: Graph, count: int) -> None:
        """`count` is p."""
        self.graph, self.count = graph, count
        self._symbols = Symbols(graph)
        self._first: dict[str, float | None] = {}
        self._following: dict[str, Node] = {}
        self._kept: set[str] = set()

    def input(self, name: str) -> Node:
        """An input of the graph."""
        return Node(self._symbols, self.graph.input(name))

    def number(self, name: str, first: float | None, *, kept: bool = False) -> Node:
        """A new one. `first` is its first value, None if it is given; `kept` says that it is given out at the end."""
        self._first[name] = first
        if kept:
            self._kept.add(name)
        return self.input(name)

    def vector(self, name: str, first: float | None, *, kept: bool = False) -> Nodes:
        """A new vector of them."""
        return np.array([self.number(f"{name} {k}", first, kept=kept) for k in range(self.count)], object)

    def triangle(self, name: str, *, kept: bool = False) -> Nodes:
        """A new triangle, whose columns are unit vectors at first."""
        found = np.zeros((self.count, self.count), object)
        for i, j in pairs(self.count):
            found[i, j] = self.number(f"{name} {i} {j}", float(i == j), kept=kept)
        return found

    def follow(self, now: Node | Nodes, following: Node | Nodes) -> None:
        """Say what a number, a vector or a triangle is in the round that follows."""
        for one, other in zip(np.ravel(np.array(now, object)), np.ravel(np.array(following, object)), strict=True):
            if isinstance(one, Node):
                self._following[self._name(one)] = other

    def following(self, now: Node | Nodes) -> Any:
        """What that is."""
        found = np.array(now, object)
        for place, node in np.ndenumerate(found):
            if isinstance(node, Node):
                found[place] = self._following[self._name(node)]
        return found if found.shape else found[()]

    def _name(self, node: Node) -> str:
        name = self.graph.name(node.node)
        assert name is not None
        return name

    def listed(self) -> list[State]:
        """All of them, in the order in which they were made."""
        return [
            State(self.input(name).node, self._following.get(name, self.input(name)).node, first, name in self._kept)
            for name, first in self._first.items()
        ]


def where(condition: Node, one: Nodes, other: Nodes) -> Nodes:
    """The numbers of one vector or triangle where the condition holds, else those of the other."""
    found = np.array(other, object)
    for place, number in np.ndenumerate(other):
        if isinstance(number, Node):
            found[place] = condition.where(one[place], number)
    return found


def where_larger(one: Nodes, other: Nodes) -> Nodes:
    """The larger of each two numbers of vectors."""
    found = one.copy()
    for k, (x, y) in enumerate(zip(one, other, strict=True)):
        found[k] = (x > y).where(x, y)
    return found
