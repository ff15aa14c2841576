"""The steps of a trace as a person writes them on a blackboard; `result` is what the result is called."""

from __future__ import annotations

import re

from exprgrad.notation.result import slope_text
from exprgrad.text.numbers import format_number, unsigned
from exprgrad.tracing.names import signed
from exprgrad.tracing.steps import BackwardStep, ForwardStep

_LOOSE = re.compile(r" (<|>|<=|>=|==|!=|\?|and|or) |\bnot ")
"""Operators that an equals sign would be mistaken for, or bind tighter than."""


def forward_text(step: ForwardStep) -> str:
    """`u = a*b = 3*2 = 6`."""
    parts = [step.name, step.operation, step.numbers, format_number(step.value)]
    return " = ".join(dict.fromkeys(f"({part})" if _LOOSE.search(part) else part for part in parts if part))


def backward_text(result: str, step: BackwardStep) -> str:
    """`dL/du += dL/dv * dv/du = 5 * 1 = 5`."""
    numbers = numbers_text(step) or ("1" if step.node == step.operand else "")
    return " = ".join(filter(None, [formula_text(result, step), numbers]))


def formula_text(result: str, step: BackwardStep) -> str:
    """`dL/du += dL/dv * dv/du`."""
    into = slope_text(result, step.operand)
    if step.partial is None:
        return f"{into} += nothing"
    if step.node == step.operand:
        return into
    return f"{into} += {slope_text(result, step.node)} * {slope_text(step.node, step.operand)}"


def numbers_text(step: BackwardStep) -> str:
    """`5 * 1 = 5`."""
    if step.partial is None or step.contribution is None:
        return ""
    if step.node == step.operand:
        return ""
    adjoint, partial, product = map(format_number, map(unsigned, (step.adjoint, step.partial, step.contribution)))
    return f"{adjoint} * {signed(partial)} = {product}"
