"""The result of `diff`: derivatives as expressions."""

from __future__ import annotations

from typing import NamedTuple

from exprgrad.shown import shows_itself


class Formula(NamedTuple):
    """An expression, in the language and in LaTeX."""

    text: str
    latex: str


@shows_itself
class Derivatives(NamedTuple):
    """Derivatives of an expression: each with respect to the variables of its key, one after the other."""

    expression: str
    formulas: dict[tuple[str, ...], Formula]
