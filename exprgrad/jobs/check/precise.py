"""What every function means, at any precision: its textbook formula, or mpmath's own.

Nothing here reads the table's `partials`, nor the careful algorithms that compute its values.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from time import process_time

from exprgrad.functions.entry import Function
from exprgrad.functions.rules import bind
from exprgrad.functions.table import FUNCTIONS
from exprgrad.jobs.check.digits import LARGEST, SIGNS, UNKNOWN, Number, TooLargeError, magnitude, mp
from exprgrad.jobs.check.meanings import MEANINGS
from exprgrad.jobs.check.special import SPECIAL

_OWN = MEANINGS | SPECIAL
_SHORT = 64
"""Bits of a number that is no function's value but a rounded one, at precisions of hundreds of bits."""
_LARGEST_OF_SLOW = 1200
"""As `LARGEST`, for functions that need much more time for as many."""


def real(row: Function, function: Callable[..., Number]) -> Callable[..., Number]:
    """A function, which the row of the table is about, with nan where mpmath leaves the real line or meets a pole,
    and UNKNOWN where it would take too many digits, or depends on what is unknown."""
    largest = _LARGEST_OF_SLOW if row.slow else LARGEST if row.reduced else 0
    chooses = row.name == "where"
    """Whether the value need not depend on all operands."""

    def wrapped(*operands: Number) -> Number:
        if any(operand is UNKNOWN for operand in operands):
            if not chooses or operands[0] is UNKNOWN:
                return UNKNOWN
        elif largest and any(magnitude(operand) > largest for operand in operands):
            return UNKNOWN
        try:
            value = function(*operands)
        except (ZeroDivisionError, ValueError):
            return mp.nan
        except (TooLargeError, ArithmeticError, MemoryError, NotImplementedError, mp.NoConvergence):
            return UNKNOWN
        if value is UNKNOWN:
            return value
        if isinstance(value, mp.mpc):
            return mp.nan
        if row.transcendental:
            SIGNS.blurred |= value._mpf_[3] <= _SHORT and any(operands) and bool(mp.isfinite(value))
        return value

    return wrapped


_EXACT = {math.pi: mp.pi, math.e: mp.e, math.tau: 2 * mp.pi}


class Precise:
    """mpmath numbers at the precision that is current, as an arithmetic for formulas."""

    def constant(self, value: float) -> Number:
        if value in (math.pi, math.e):
            return +_EXACT[value]
        return 2 * mp.pi if value == math.tau else mp.mpf(repr(value))

    def operation(self, name: str) -> Callable[..., Number]:
        return real(FUNCTIONS[name], meaning(FUNCTIONS[name]))

    def known(self, value: Number) -> None:
        return None


_BOUND: dict[tuple[str, tuple[str, ...], int], Callable[[Sequence[Number]], Number]] = {}


def rule(formula: str, operands: tuple[str, ...]) -> Callable[[Sequence[Number]], Number]:
    """A bound formula. Its constants are as precise as mpmath was when it was bound."""
    key = formula, operands, mp.prec
    if key not in _BOUND:
        _BOUND[key] = bind(formula, operands, Precise())
    return _BOUND[key]


def meaning(function: Function) -> Callable[..., Number]:
    """The function as the textbook has it: its formula, its definition, or mpmath's own."""
    formula = formula_of(function)
    if formula:
        return lambda *operands: rule(formula, function.operands)(operands)
    own: Callable[..., Number] = _OWN.get(function.name) or getattr(mp, function.name)
    return own


def formula_of(function: Function) -> str:
    """The formula that a function means here; empty where it is mpmath's own."""
    return function.formula or ("" if function.name in _OWN else function.definition)


class ExhaustedError(Exception):
    """The time for a computation is over."""


_GROWTH = 2.5
"""The power of the number of bits with which the time of a function grows, at most: that of erfc and zeta does."""


class Exact(Precise):
    """mpmath numbers for a user's expression, whose literals mean their binary64 values. It computes for so many
    seconds of the processor and no longer: as no call of mpmath can be ended, one that would take longer is not begun.
    How long a function takes is known from the precision before."""

    def __init__(self, seconds: float = math.inf) -> None:
        self.end = process_time() + seconds
        self.precision = mp.prec
        self.took: dict[str, float] = {}
        """The seconds of the longest call of each function at the current precision."""
        self.expected: dict[str, float] = {}
        """What that is expected to be, from the precision before."""

    def constant(self, value: float) -> Number:
        return mp.mpf(value)

    def operation(self, name: str) -> Callable[..., Number]:
        compute = super().operation(name)
        if mp.prec != self.precision:
            longer = (mp.prec / self.precision) ** _GROWTH
            self.expected = {function: seconds * longer for function, seconds in self.took.items()}
            self.precision, self.took = mp.prec, {}

        def timed(*operands: Number) -> Number:
            begin = process_time()
            if begin + self.expected.get(name, 0.0) > self.end:
                raise ExhaustedError
            value = compute(*operands)
            self.took[name] = max(self.took.get(name, 0.0), process_time() - begin)
            return value

        return timed
