"""The precedence of operators, from loose to tight: the grammar's ladder, which every notation follows.

A row of the table says at which level its operator stands, and the level that each operand needs to be
written without parentheses. `-x^2` is `-(x^2)` because SIGNED is below POWER.
"""

from __future__ import annotations

from typing import Final

CHOICE: Final = 1
"""condition ? x : y"""
OR: Final = 2
AND: Final = 3
NOT: Final = 4
COMPARISON: Final = 5
COMPARED: Final = 6
"""What an operand of a comparison needs: comparisons do not nest without parentheses."""
SUM: Final = 7
PRODUCT: Final = 8
SIGNED: Final = 9
"""A sign in front: `-x`, `-2`."""
POWER: Final = 10
BASE: Final = 11
"""What the base of a power needs: a power groups from the right."""
ATOM: Final = 12
"""Names, numbers, calls, and what stands in brackets."""
