"""What the result is called in headings such as `dL/dx`, so that one place in a table says what L is."""

from __future__ import annotations

import re
from collections.abc import Container

from exprgrad.notation.result import free_name

_LABEL = 200
"""The most characters of an expression that stands in a cell."""


def named(label: str, taken: Container[str] = (), expression: str = "") -> tuple[str, str]:
    """The name of a result in headings, and the text that stands for the result: its own name; or a name that is not
    taken, by a variable of the expression, say, and what that name stands for: `L = a*b + c`."""
    if label.isidentifier():
        return label, label
    used = set(re.findall(r"\w+", expression or label))
    name = free_name({candidate for candidate in ("L", "out", "result") if candidate in taken} | used)
    return name, f"{name} = {short(label)}"


def short(expression: str) -> str:
    """An expression that is to be recognized only."""
    return expression if len(expression) <= _LABEL else f"{expression[: _LABEL - 1]}…"
