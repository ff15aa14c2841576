"""Which values of a function tell that a derivative may have lost digits, as they left the range of floats.

While all of these are far from the ends of the range, no product or quotient of two of them can reach an end. So a
product that is 0 has a factor that is 0, and nothing is lost. Of any other function 0 is what it may have underflowed
to. Sums, differences and simple multiples need no look, as their terms have it; nor does what is a result, or a term
of one: it is rounded once.
"""

from __future__ import annotations

from typing import NamedTuple

from exprgrad.functions.table import FUNCTIONS
from exprgrad.graph.graph import Graph
from exprgrad.graph.reach import reach
from exprgrad.jobs.export.joint import Joint

_SUMS = frozenset(["add", "sub", "neg"])
_PRODUCTS = frozenset(["mul", "div"])
ROOM = 440
"""The exponent of two up to which, either way, a watched number is far from the ends: a product of two such, each the
difference of others that are nearly the same, is a normal float."""


class Watched(NamedTuple):
    """The nodes to look at."""

    values: tuple[int, ...] = ()
    """What is never 0 unless it underflowed, or rarely."""
    products: tuple[int, ...] = ()
    """What is 0 where a factor is."""
    inputs: tuple[int, ...] = ()
    """The variables that these are computed from: they may be 0, too."""

    @property
    def nodes(self) -> frozenset[int]:
        """All that are computed."""
        return frozenset((*self.values, *self.products))


def watched(joint: Joint) -> Watched:
    """What to look at, for the derivatives of a function; nothing where they cannot lose digits."""
    graph = joint.graph
    ends = [*joint.gradient.values(), *joint.hessian.values()]
    found = sorted(reach(ends, lambda node: graph.operands[node]))
    used = set[int]()
    for node in reversed(found):
        if node in used or not _adds(graph, node):
            used.update(graph.operands[node])
    computed = [node for node in found if node in used and graph.operands[node]]
    names = {node: graph.operations[node] for node in computed}
    products = tuple(node for node, name in names.items() if name in _PRODUCTS and not _adds(graph, node))
    values = tuple(n for n, name in names.items() if not (name in _SUMS | _PRODUCTS or FUNCTIONS[name].exact))
    if not products and not values:
        return Watched()
    return Watched(values, products, tuple(node for node in graph.inputs().values() if node in used))


def _adds(graph: Graph, node: int) -> bool:
    """Whether a node is a sum, a difference, or a number times a constant that is not far from 1."""
    name, operands = graph.operations[node], graph.operands[node]
    factors = operands if name == "mul" else operands[1:] if name == "div" else ()
    numbers = [number for operand in factors if (number := graph.number(operand)) is not None]
    return name in _SUMS or any(2.0**-10 <= abs(number) <= 2.0**10 for number in numbers)
