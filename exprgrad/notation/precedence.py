"""The precedence of the operators, as the notations and the exports use it."""

from __future__ import annotations

from typing import NamedTuple

from exprgrad.functions.precedence import ATOM as ATOM
from exprgrad.functions.precedence import POWER as POWER
from exprgrad.functions.precedence import SIGNED as SIGNED
from exprgrad.functions.table import FUNCTIONS


class Levels(NamedTuple):
    """An operator's level, and the least level that each operand has without parentheses."""

    own: int
    operands: tuple[int, ...]


LEVELS = {row.name: Levels(row.level, row.needs) for row in FUNCTIONS.values() if row.needs}
"""Of each operator, from its row; the ladder of levels is `functions.precedence`."""
