"""The function table: every function and operator of the language by name."""

from __future__ import annotations

import math
from typing import Final

from exprgrad.functions.entry import Function
from exprgrad.functions.rows.activations import ACTIVATIONS
from exprgrad.functions.rows.elementary import ELEMENTARY
from exprgrad.functions.rows.operators import OPERATORS
from exprgrad.functions.rows.reductions import REDUCTIONS
from exprgrad.functions.rows.special import SPECIAL
from exprgrad.functions.rows.trigonometry import TRIGONOMETRY

CONSTANTS: Final = {"π": math.pi, "pi": math.pi, "e": math.e, "tau": math.tau, "inf": math.inf, "nan": math.nan}

FUNCTIONS: Final[dict[str, Function]] = {}
"""Every row by its name."""
ALIASES: Final[dict[str, str]] = {}
"""Other names of functions, to the name of the row."""


def register(function: Function) -> None:
    """Add a row. Raises ValueError if one of its names is taken."""
    for name in (function.name, *function.aliases):
        if name in FUNCTIONS or name in ALIASES:
            raise ValueError(f"the function {name} is defined twice")
    FUNCTIONS[function.name] = function
    ALIASES.update(dict.fromkeys(function.aliases, function.name))


for _row in [*OPERATORS, *ELEMENTARY, *TRIGONOMETRY, *ACTIVATIONS, *SPECIAL, *REDUCTIONS]:
    register(_row)

WRITTEN: Final = {row.folded: row.name for row in FUNCTIONS.values() if row.folded}
"""The names of reductions that are written as a call of another function with one operand."""


def find(name: str) -> Function | None:
    """The row of a function called by this name."""
    return FUNCTIONS.get(ALIASES.get(name, name))
