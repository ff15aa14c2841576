"""Words of the language that are no functions of the table: its constants, `diff`, and what declares a variable."""

from __future__ import annotations

from typing import NamedTuple

from exprgrad.functions.table import CONSTANTS


class Word(NamedTuple):
    """What there is to say of a word."""

    call: str
    """How it is written."""
    entries: tuple[tuple[str, str], ...]
    """What is said, under headings."""


_CONSTANTS = {
    "π": "the ratio of a circle's circumference to its diameter",
    "pi": "the ratio of a circle's circumference to its diameter",
    "e": "the base of the natural logarithm: e^x is exp(x)",
    "tau": "2*pi, a whole turn",
    "inf": "infinity",
    "nan": "no number",
}
_WRITTEN = {
    "diff": Word(
        "diff(expression, x, n=1)",
        (
            ("computes", "the n-th derivative of an expression with respect to the variable x"),
            ("operands", "x is the name of a variable, and n a whole number from 1 on"),
            ("for example", "diff(x^3*y, x), diff(x^3*y, x, 2), diff(diff(x^3*y, x), y)"),
        ),
    ),
    "param": Word(
        "param w = 0 in [0, 1]",
        (("declares", "a parameter: its start, and the interval that it is held in, which may be left out"),),
    ),
    "input": Word("input x = 8", (("declares", "a variable with a value that training and a fit keep"),)),
}
NAMES = (*CONSTANTS, *_WRITTEN)
"""The words."""


def word(name: str) -> Word | None:
    """What there is to say of a word; None for other names."""
    if name in CONSTANTS:
        said = (
            ("is", f"a constant of the language: {_CONSTANTS[name]}"),
            ("value", repr(CONSTANTS[name])),
            ("a variable", f"with a value, --{name} 1, it is a variable, and in a fit a parameter"),
        )
        return Word(name, said)
    return _WRITTEN.get(name)
