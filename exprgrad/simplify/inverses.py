"""Functions of their inverse and sums of squares, as the rows of the table have them: by name, to look up."""

from __future__ import annotations

from typing import Final

from exprgrad.functions.table import FUNCTIONS

EVERYWHERE: Final = {name: dict(row.of) for name, row in FUNCTIONS.items() if row.of}
"""For an outer and an inner function, what the first of the second is."""

WITHIN: Final = {name: (row.undoes[0], row.undoes[1:]) for name, row in FUNCTIONS.items() if row.undoes}
"""For an outer function the inner one of which it is x, and the factors next to which it can be written so."""

SQUARES: Final = {(name, a, b): (other, power) for name, row in FUNCTIONS.items() for a, b, other, power in row.squares}
"""For a function f and two coefficients a, b: a + b*f(x)^2 is what another function is to a power."""

CONJUGATES: Final = {name: other for (name, a, b), (other, power) in SQUARES.items() if (a, b, power) == (1, -1, 2)}
"""For a function f, what 1 - f(x)^2 is the square of."""
