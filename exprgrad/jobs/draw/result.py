"""The graph of an expression, to be drawn."""

from __future__ import annotations

from typing import NamedTuple


class DrawnNode(NamedTuple):
    """A node of a drawing."""

    name: str
    operation: str
    """The operation on the names of the operands; empty for a variable and a number."""
    kind: str
    """"input", "constant", "operation" or "result"."""
    value: float | None
    """None, as is the adjoint, unless every variable is bound."""
    adjoint: float | None
    note: str = ""


class DrawnEdge(NamedTuple):
    """From an operand to the node that uses it."""

    operand: int
    node: int
    rule: str
    """The partial derivative in symbols; empty in a drawing without steps."""
    partial: float | None
    """None where nothing flows back."""


class DrawnStep(NamedTuple):
    """A step of the two passes: which node or edge it is about, and what is said of it."""

    text: str
    node: int
    """The node that gets a value, or in the backward pass an adjoint."""
    edge: int | None
    """The edge that the backward pass follows; None in the forward pass and at the start of the backward one."""
    number: float
    """The value, or the adjoint so far."""
    backward: bool
    note: str = ""


class Drawing(NamedTuple):
    """The graph of an expression: its nodes in the order of the forward pass."""

    expression: str
    """As it was written, where that is short."""
    result: str
    """What the result is called."""
    nodes: tuple[DrawnNode, ...]
    edges: tuple[DrawnEdge, ...]
    steps: tuple[DrawnStep, ...] = ()
    """Both passes, where everything is bound."""
