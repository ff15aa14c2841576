"""What a function is beyond the range of floats, as a formula in the language."""

from __future__ import annotations

from math import inf, isfinite, nan

from exprgrad.functions.floats import FLOATS
from exprgrad.functions.numerics.far import rounded
from exprgrad.functions.rules import bind
from exprgrad.functions.table import FUNCTIONS
from exprgrad.functions.wide import WIDE


def beyond(function: str) -> str:
    """The formula of a function where an operand or its value is beyond the range; nan where none is known."""
    row = FUNCTIONS[function]
    return row.far or row.definition or row.formula or _at_ends(function)


def _at_ends(function: str) -> str:
    """A function of one operand next to 0, where its slope tells, and at infinity."""
    row, value = FUNCTIONS[function], FLOATS.operation(function)
    if len(row.operands) > 1:
        return "nan"
    slope = rounded(bind(row.partials[0], (*row.operands, "out"), WIDE)((0.0, 0.0)))
    near = f"{slope!r}*{row.operands[0]}" if value(0.0) == 0.0 and isfinite(slope) else repr(value(0.0) or nan)
    above, below = (repr(value(end) or nan) for end in (inf, -inf))  # what is 0 there underflowed on the way
    return f"abs({row.operands[0]}) < 1 ? {near} : {row.operands[0]} > 0 ? {above} : {below}"
