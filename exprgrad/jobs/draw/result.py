"""The graph of an expression, to be drawn."""

from __future__ import annotations

from typing import NamedTuple

DIGITS = 6
"""Significant digits of the numbers that are drawn, unless others are asked for."""


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
    """A step of one of the two passes: the node or edge that it is about, and its text."""

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
    """As the user wrote it, if that is short."""
    result: str
    """What the result is called."""
    nodes: tuple[DrawnNode, ...]
    edges: tuple[DrawnEdge, ...]
    steps: tuple[DrawnStep, ...] = ()
    """The steps of both passes; empty unless every variable is bound."""
    digits: int = DIGITS
    """Significant digits of the numbers on nodes and edges. Tooltips have all."""
