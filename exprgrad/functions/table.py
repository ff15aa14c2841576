"""The function table: every function and operator of the language by name."""

from __future__ import annotations

import math
from typing import Final, NamedTuple

from exprgrad.functions.entry import Function
from exprgrad.functions.rows import (
    activations,
    bessel,
    elementary,
    gammas,
    gaussian,
    incomplete,
    integrals,
    operators,
    piecewise,
    quantiles,
    reciprocals,
    reductions,
    remainders,
    running,
    special,
    trigonometry,
)

CONSTANTS: Final = {"π": math.pi, "pi": math.pi, "e": math.e, "tau": math.tau, "inf": math.inf, "nan": math.nan}

FUNCTIONS: Final[dict[str, Function]] = {}
"""Every row by its name."""
ALIASES: Final[dict[str, str]] = {}
"""Other names of functions, to the name of the row."""
REDUCTIONS: Final[set[str]] = set()
"""The functions that fold a column to a number."""
SCANS: Final[set[str]] = set()
"""The functions that give each row of a column what other rows add to it."""
MIXING: Final[set[str]] = set()
"""Both of these: a row alone does not have their value."""
WRITTEN: Final[dict[str, str]] = {}
"""The reductions that are written as a call of another function with one operand, with that function's name."""


class Stable(NamedTuple):
    """A formula that loses digits, and a better one with the same value."""

    formula: str
    better: str
    everywhere: bool
    """Whether they are the same on all reals; else where the formula is defined."""


STABLE: Final[list[Stable]] = []
"""All of them."""


def register(function: Function) -> None:
    """Add a row. Raises ValueError if one of its names is taken."""
    for name in (function.name, *function.aliases):
        if name in FUNCTIONS or name in ALIASES:
            raise ValueError(f"the function {name} is defined twice")
    FUNCTIONS[function.name] = function
    ALIASES.update(dict.fromkeys(function.aliases, function.name))
    if function.reduces:
        REDUCTIONS.add(function.name)
    if function.scan:
        SCANS.add(function.name)
    if function.mixes:
        MIXING.add(function.name)
    for texts in (function.instead_of, function.hinted_for):
        for text in texts:
            formula, _, better = text.partition(" = ")
            call = f"{function.name}({', '.join(function.operands)})"
            STABLE.append(Stable(formula, better or call, texts is function.instead_of))
    if function.folded:
        WRITTEN[function.folded] = function.name


GROUPS: Final = {
    "Operators": (operators,),
    "Elementary functions": (elementary, piecewise, remainders),
    "Trigonometric and hyperbolic functions": (trigonometry, reciprocals),
    "Activations and losses": (activations,),
    "Special functions": (special, gaussian, gammas, incomplete, integrals, bessel),
    "Reductions": (reductions, quantiles),
    "Running sums": (running,),
}
"""The kinds of functions as people are shown them, with the files of their rows."""
KINDS: Final = tuple(kind for kinds in GROUPS.values() for kind in kinds)
"""The files of rows."""

for _kind in KINDS:
    for _row in _kind.ROWS:
        register(_row)


def find(name: str) -> Function | None:
    """The row of a function called by this name."""
    return FUNCTIONS.get(ALIASES.get(name, name))
