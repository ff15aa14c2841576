"""The steps of both passes, with the names, rules and numbers that a person reads."""

from __future__ import annotations

from typing import NamedTuple


class ForwardStep(NamedTuple):
    """One value of the forward pass: `u = a*b = 3*2 = 6`."""

    name: str
    """What the value is called from here on."""
    operation: str
    """The operation on the names of its operands; empty for a variable, which is given."""
    numbers: str
    """The operation on their values."""
    value: float
    note: str = ""


class BackwardStep(NamedTuple):
    """One step of the backward pass: `dL/du += dL/dv * dv/du = 5 * 1 = 5`."""

    node: str
    operand: str
    rule: str
    """The node's partial derivative with respect to the operand, in symbols."""
    partial: float | None
    """The partial derivative in numbers; None where nothing flows."""
    adjoint: float
    """d result / d node: what comes in."""
    contribution: float | None
    """adjoint * partial; None where nothing flows, not even a zero."""
    total: float
    """d result / d operand, so far."""
    note: str = ""


class Trace(NamedTuple):
    """All steps of both passes, in the order in which they are taken."""

    result: str
    """What the result is called."""
    value: float
    gradient: dict[str, float]
    """d result / d variable, in order of first use."""
    forward: tuple[ForwardStep, ...]
    backward: tuple[BackwardStep, ...]
