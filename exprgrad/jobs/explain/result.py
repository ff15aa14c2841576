"""The result of `explain`: both passes over an expression, step by step."""

from __future__ import annotations

from typing import NamedTuple

from exprgrad.shown import shows_itself
from exprgrad.tracing.steps import BackwardStep, ForwardStep


@shows_itself
class Explanation(NamedTuple):
    """Both passes over an expression, step by step."""

    expression: str
    result: str
    """What the result is called."""
    value: float
    gradient: dict[str, float]
    """d result / d variable, in order of first use."""
    forward: tuple[ForwardStep, ...]
    backward: tuple[BackwardStep, ...]
    notes: tuple[str, ...] = ()
    """Where a nan or an infinity arose."""
