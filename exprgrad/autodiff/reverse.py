"""The reverse pass (back-propagation), generic in its arithmetic.

On floats it gives the gradient; on graph nodes it appends the derivative as a new expression, which
can be printed, evaluated, compiled and differentiated again.

The chain rule, from the output to the leaves: the adjoint of a node is d output / d node, and each
node adds adjoint * partial to the adjoint of each of its operands. A node that several others use
receives a sum; a node that nothing uses receives nothing at all, which is not the same as zero.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Generic, NamedTuple, TypeVar

from exprgrad.autodiff.gates import CLOSED, Gates
from exprgrad.functions.arithmetic import Arithmetic
from exprgrad.functions.rules import Rule, bind
from exprgrad.functions.table import FUNCTIONS
from exprgrad.graph.graph import Graph

T = TypeVar("T")


def adjoints(
    graph: Graph,
    output: int,
    values: Sequence[T],
    arithmetic: Arithmetic[T],
    wrt: Iterable[int],
    edges: Edges[T] | None = None,
    watch: Callable[[Flow[T]], None] | None = None,
) -> list[T | None]:
    """d output / d node for the nodes in `wrt` and those between; None where the output does not depend.

    `values` holds the value of each node: numbers for numbers, the node itself for expressions.
    `edges` may give what a node depends on, and how, in place of its operands and the partials of the table.
    `watch` is called with each contribution when it is added.
    """
    multiply = arithmetic.operation("mul")
    reached = active(graph, output, wrt)
    adjoint: list[T | None] = [None] * (output + 1)
    gates = Gates(arithmetic)
    bound: dict[str, list[Slope[T] | None]] = {}
    adjoint[output] = arithmetic.constant(1.0)
    for node in range(output, -1, -1):
        incoming, operands = adjoint[node], graph.operands[node]
        if incoming is None or not operands:
            continue
        operation = graph.operations[node]
        if operation not in bound:
            bound[operation] = slopes(operation, arithmetic)
        scope = (*[values[operand] for operand in operands], values[node])
        own = None if edges is None else edges(node)
        for index, (operand, slope) in enumerate(zip(operands, bound[operation], strict=True) if own is None else own):
            if slope is None or not reached[operand]:
                continue
            condition = gates.through(node, slope.gate, scope)
            if condition is CLOSED:
                continue
            partial = None if slope.partial is None else slope.partial(scope)
            if slope.through is not None:
                outgoing = slope.through(incoming)
            else:
                outgoing = incoming if partial is None else multiply(incoming, partial)
            total = adjoint[operand] = gates.merge(operand, adjoint[operand], outgoing, condition)
            if watch is not None:
                watch(Flow(node, index, incoming, partial, outgoing, total))
    return gates.settle(adjoint)


def adjoint_at(adjoints: Sequence[T | None], node: int, zero: T) -> T:
    """The adjoint of a node; zero where the output does not depend on it."""
    adjoint = adjoints[node] if node < len(adjoints) else None
    return zero if adjoint is None else adjoint


class Flow(NamedTuple, Generic[T]):
    """What a node adds to the adjoint of one of its operands."""

    node: int
    position: int
    """Which of the node's operands."""
    adjoint: T
    """Of the node."""
    partial: T | None
    """None means 1."""
    contribution: T
    total: T
    """The operand's adjoint so far."""


class Slope(NamedTuple, Generic[T]):
    """How a node depends on one operand: the partial (None means 1), and the gate it flows through."""

    partial: Rule[T] | None
    gate: Rule[T] | None
    through: Callable[[T], T] | None = None
    """What the adjoint becomes on the way to the operand, where that is not the product with the partial."""


Edges = Callable[[int], Iterable[tuple[int, Slope[T] | None]] | None]
"""Gives the nodes that a node depends on, each with its slope; None where these are its operands, with the slopes of
the table."""


def slopes(operation: str, arithmetic: Arithmetic[T]) -> list[Slope[T] | None]:
    """The table's partials and gates of a function, bound to the arithmetic; None for an operand of no influence.

    A partial without a formula is no constant nan, of which the next derivative would be 0, but a function that is nan
    and whose derivatives are so, too.
    """
    function = FUNCTIONS[operation]
    names = (*function.operands, "out")
    gates = function.gates or ("",) * len(function.operands)
    partials = [f"no_formula(out, {k})" if text == "nan" else text for k, text in enumerate(function.partials)]
    return [
        None
        if partial == "0"
        else Slope(
            None if partial == "1" else bind(partial, names, arithmetic),
            bind(gate, names, arithmetic) if gate else None,
        )
        for partial, gate in zip(partials, gates, strict=True)
    ]


def active(graph: Graph, output: int, wrt: Iterable[int]) -> bytearray:
    """Which nodes depend on one of `wrt`: adjoints flow through these alone."""
    found = bytearray(len(graph))
    for node in wrt:
        found[node] = 1
    for node, operands in enumerate(graph.operands[: output + 1]):
        for operand in operands:
            if found[operand]:
                found[node] = 1
                break
    return found
