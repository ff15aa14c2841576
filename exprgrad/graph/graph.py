"""The graph: a flat list of nodes in topological order, equal nodes interned once (static single assignment, SSA).

A constant with a name is no equal of others: in `t = 2; t*a^2` the exponent is not t, and not counted in the
derivative with respect to t.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence

from exprgrad.errors import LimitError
from exprgrad.text.source import Span

CONSTANT, INPUT = "constant", "input"
"""Operations of the leaves: a number, and a variable."""

MAX_NODES = 5_000_000
"""Nodes a graph may have: about 2 GB of memory in a forward and a reverse pass."""


class Graph:
    """Nodes are numbered from 0; node k applies `operations[k]` to the nodes `operands[k]`, all below k."""

    __slots__ = ("_interned", "ends", "leaves", "limit", "named", "operands", "operations", "slopes", "span", "starts")

    def __init__(self) -> None:
        self.operations: list[str] = []
        self.operands: list[tuple[int, ...]] = []
        self.leaves: dict[int, float | str] = {}
        """The number of each constant and the name of each input."""
        self.named: dict[int, str] = {}
        """The names of constants that have one: of numbers, and of what is computed from numbers alone."""
        self.slopes: set[int] = set()
        """Derivatives: nodes that were made as such, and are no part of what was differentiated."""
        self.starts = array("q")
        self.ends = array("q")
        """Where in the source text each node first stands."""
        self.span = Span(0, 0)
        """The place given to nodes made from now on."""
        self.limit = MAX_NODES
        """Nodes it may have: LimitError beyond."""
        self._interned: dict[tuple[object, ...], int] = {}

    def __len__(self) -> int:
        return len(self.operations)

    def copy(self) -> Graph:
        """A graph with the same nodes, to which others can be added."""
        new = Graph()
        new.operations, new.operands, new.leaves = self.operations.copy(), self.operands.copy(), self.leaves.copy()
        new.starts, new.ends, new.span = self.starts[:], self.ends[:], self.span
        new._interned, new.limit, new.named = self._interned.copy(), self.limit, self.named.copy()
        new.slopes = self.slopes.copy()
        return new

    def constant(self, value: float) -> int:
        """The node of a number; 0.0 and -0.0 are two numbers, all nans are one."""
        return self._intern((CONSTANT, value.hex()), CONSTANT, (), value)

    def input(self, name: str) -> int:
        """The node of a variable."""
        return self._intern((INPUT, name), INPUT, (), name)

    def apply(self, operation: str, *operands: int) -> int:
        """The node of a function's value."""
        key = operation, *operands
        node = self._interned.get(key)
        return self._intern(key, operation, operands, None) if node is None else node

    def like(self, old: Graph, node: int, operands: Sequence[int] = ()) -> int:
        """The node of another graph in this one, where its operands have these numbers."""
        leaf, operation, name = old.leaves.get(node), old.operations[node], old.named.get(node)
        if leaf is not None and name is None:
            return self.input(leaf) if isinstance(leaf, str) else self.constant(leaf)
        if name is not None:
            return self._named(name, operation, tuple(operands), leaf)
        found = self.apply(operation, *operands)
        if node in old.slopes:
            self.slopes.add(found)
        return found

    def own(self, node: int, name: str, *, new: bool) -> int:
        """The node of a constant that gets a name. `new` says that nothing uses this node yet: then it stays."""
        operation, operands, leaf = self.operations[node], self.operands[node], self.leaves.get(node)
        if not new:
            return self._named(name, operation, operands, leaf)
        del self._interned[_key(operation, operands, leaf)]
        self._interned[*_key(operation, operands, leaf), name] = node
        self.named[node] = name
        return node

    def _named(self, name: str, operation: str, operands: tuple[int, ...], leaf: float | str | None) -> int:
        node = self._intern((*_key(operation, operands, leaf), name), operation, operands, leaf)
        self.named[node] = name
        return node

    def _intern(
        self, key: tuple[object, ...], operation: str, operands: tuple[int, ...], leaf: float | str | None
    ) -> int:
        node = self._interned.get(key)
        if node is None:
            node = self._interned[key] = len(self.operations)
            if node >= self.limit:
                raise LimitError(f"the expression and its derivatives have more than {self.limit:,} nodes")
            self.operations.append(operation)
            self.operands.append(operands)
            self.starts.append(self.span.start)
            self.ends.append(self.span.end)
            if leaf is not None:
                self.leaves[node] = leaf
        return node

    def derived(self, nodes: list[int], before: int) -> list[int]:
        """The nodes, which are derivatives: those that are new are noted as such. There were `before` nodes in the
        graph."""
        self.slopes.update(node for node in nodes if node >= before)
        return nodes

    def number(self, node: int) -> float | None:
        """The value of a constant, None for any other node."""
        value = self.leaves.get(node)
        return value if isinstance(value, float) else None

    def name(self, node: int) -> str | None:
        """The name of an input, None for any other node."""
        value = self.leaves.get(node)
        return value if isinstance(value, str) else None

    def has_input(self, name: str) -> bool:
        """Whether a variable of this name is in the graph."""
        return (INPUT, name) in self._interned

    def inputs(self) -> dict[str, int]:
        """The variables by name, in order of first use."""
        return {value: node for node, value in self.leaves.items() if isinstance(value, str)}

    def source_span(self, node: int) -> Span:
        """Where the node first stands in the source text."""
        return Span(self.starts[node], self.ends[node])


def _key(operation: str, operands: tuple[int, ...], leaf: float | str | None) -> tuple[object, ...]:
    """What equal nodes without a name have in common."""
    if leaf is None:
        return operation, *operands
    return operation, leaf.hex() if isinstance(leaf, float) else leaf
