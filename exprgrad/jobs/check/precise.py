"""What every function means, in mpmath at any precision: its textbook formula, or mpmath's own.

Nothing here reads the table's `partials`, nor the careful forms that compute its values. The only
import of mpmath.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from time import process_time
from typing import Any

from exprgrad.errors import MissingError
from exprgrad.functions.entry import Function
from exprgrad.functions.rules import bind
from exprgrad.functions.table import FUNCTIONS

try:
    from mpmath import mp as mp  # type: ignore[import-untyped]
except ModuleNotFoundError:
    raise MissingError("checking", "mpmath", "check") from None

Number = Any
"""An mpmath number (mpmath has no type annotations)."""


class Unknown:
    """What would take more effort to compute than is worth it."""

    def __repr__(self) -> str:
        return "unknown"


UNKNOWN = Unknown()

LARGEST = 1 << 14
"""Bits before the binary point of an operand: some functions need about as many in their computation."""
_LARGEST_OF = dict.fromkeys(
    "exp expm1 sin cos tan sec csc cot sinh cosh sech csch erf erfc normal_cdf".split(), LARGEST
)
_LARGEST_OF |= dict.fromkeys("gamma lgamma digamma polygamma spherical_bessel".split(), 1200)
"""By function; the second ones need much more time for as many. Others, such as log, take operands of any size."""
MAX_ORDER = 1000
"""Order of a polygamma or Bessel function."""
_MAX_REFLECTED = 100
"""Order of a polygamma function of a negative operand."""


class TooLargeError(Exception):
    """A computation that would need too many digits."""


class Signs:
    """Whether something got lost in the digits since this was last set to False: a term too small to change a sum,
    or the part of a function's value beyond a short number, as of tanh(300) = 1 - 1e-260."""

    blurred = False


SIGNS = Signs()

_SHORT = 64
"""Bits of a number that is no function's value but a rounded one, at precisions of hundreds of bits."""
_ROUNDS = frozenset(
    "exp expm1 log log1p sin cos tan sec csc cot asin acos atan atan2 sinh cosh tanh sech csch coth asinh acosh atanh"
    " erf erfc digamma polygamma spherical_bessel".split()
)
"""Functions whose values are no short numbers, but where their operand is special."""


def magnitude(x: Number) -> int:
    """The power of two above a number; 0 for 0 and what is not finite."""
    _, mantissa, exponent, bits = x._mpf_
    return int(exponent + bits) if mantissa else 0


def real(name: str, function: Callable[..., Number]) -> Callable[..., Number]:
    """The function, with nan where mpmath leaves the real line or meets a pole, and UNKNOWN where it would take too
    many digits, or depends on what is unknown."""
    largest = _LARGEST_OF.get(name, 0)
    rounds, sums = name in _ROUNDS, name in ("add", "sub")

    def wrapped(*operands: Number) -> Number:
        if any(operand is UNKNOWN for operand in operands):
            if name != "where" or operands[0] is UNKNOWN:
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
        if sums:
            SIGNS.blurred |= _absorbed(operands, value)
        elif rounds:
            SIGNS.blurred |= value._mpf_[3] <= _SHORT and any(operands) and bool(mp.isfinite(value))
        return value

    return wrapped


def _absorbed(terms: Sequence[Number], total: Number) -> bool:
    """Whether a sum has lost all of one term."""
    x, y = terms
    return bool(x and y and (total == x or abs(total) == abs(y)) and mp.isfinite(total))


def _truth(test: Callable[..., bool]) -> Callable[..., Number]:
    return lambda *operands: mp.mpf(1 if test(*operands) else 0)


def _whole(function: Callable[..., Number]) -> Callable[..., Number]:
    """A function that rounds to whole numbers, of operands whose digits reach to the point."""

    def wrapped(x: Number) -> Number:
        if magnitude(x) > mp.prec - 64:
            SIGNS.blurred = True
            if mp.prec > 4000:
                raise TooLargeError
        return function(x)

    return wrapped


def _exp(x: Number) -> Number:
    """mpmath's own, but for large operands: if they are whole it takes e to that power, which takes long."""
    if magnitude(x) <= 64:
        return mp.exp(x)
    with mp.extraprec(magnitude(x) + 10):
        doublings = mp.floor(x / mp.ln2)
        value = mp.ldexp(mp.exp(x - doublings * mp.ln2), int(doublings))
    return +value


def _pow(x: Number, y: Number) -> Number:
    if y == 0:
        return mp.mpf(1)
    if x == 0:
        return mp.mpf(0) if y > 0 else mp.inf
    if x < 0:
        if not mp.isfinite(y) or y != mp.floor(y):
            return mp.nan if mp.isfinite(y) else _pow(-x, y)
        return -_pow(-x, y) if _odd(y) else _pow(-x, y)
    if x == 1 or not (mp.isfinite(x) and mp.isfinite(y)):
        return mp.power(x, y)
    if magnitude(y) + abs(magnitude(x)).bit_length() > LARGEST:
        raise TooLargeError
    if magnitude(y) <= 64 and abs(magnitude(x)) <= LARGEST:
        return mp.power(x, y)
    with mp.extraprec(max(0, magnitude(y)) + abs(magnitude(x)).bit_length() + 10):
        value = _exp(y * mp.log(x))
    return +value


def _odd(y: Number) -> bool:
    """Whether a whole number is odd."""
    _, mantissa, exponent, _ = y._mpf_
    return exponent == 0 and bool(mantissa & 1)


def _log(x: Number) -> Number:
    return mp.log(x) if x >= 0 else mp.nan


def _erfc(x: Number) -> Number:
    if abs(x) < 40:
        return mp.erfc(x)
    # mpmath's own is slow here, and only that it is below every float matters.
    tail = _exp(-x * x) / (abs(x) * mp.sqrt(mp.pi))
    return tail if x > 0 else 2 - tail


def _lgamma(x: Number) -> Number:
    if x <= 0 and x == mp.floor(x):
        return mp.inf
    return mp.log(abs(mp.gamma(x))) if x < 1e4 else mp.loggamma(x)


def _order(n: Number, most: int) -> int:
    """The order of a function, a whole number from 0 on."""
    if not mp.isfinite(n) or n < 0 or n != mp.floor(n):
        raise ValueError
    if n > most:
        raise TooLargeError
    return int(n)


def psi(n: Number, x: Number) -> Number:
    """mpmath's polygamma; its asymptotic series (DLMF 5.15.8) past 1000, reflection (5.15.6) below 0."""
    order = _order(n, _MAX_REFLECTED if x < 0 else MAX_ORDER)
    if x <= 0 and x == mp.floor(x):
        return mp.nan
    if x < 0:
        around = mp.diff(lambda t: mp.pi * mp.cot(mp.pi * t), x - mp.nint(x), order)
        return (-1) ** order * psi(n, 1 - x) - around
    if x < 1000:
        return mp.psi(order, x)
    total = mp.log(x) if order == 0 else -((-1) ** order) * mp.factorial(order - 1) / x**order
    sign = -((-1) ** order)
    total += sign * mp.factorial(order) / (2 * x ** (order + 1))
    for k in range(1, 400):
        term = mp.bernoulli(2 * k) * mp.factorial(2 * k + order - 1) / mp.factorial(2 * k) / x ** (2 * k + order)
        total += sign * term
        if abs(term) < mp.eps * abs(total):
            break
    return total


def _spherical_bessel(n: Number, x: Number) -> Number:
    """DLMF 10.53.1 for small operands, else upward recurrence (10.51.1) from sin(x)/x."""
    order = _order(n, MAX_ORDER)
    if abs(x) < 60:
        return x**order / mp.fac2(2 * order + 1) * mp.hyp0f1(order + mp.mpf(3) / 2, -x * x / 4)
    before, value = mp.cos(x) / x, mp.sin(x) / x
    for k in range(order):
        before, value = value, (2 * k + 1) * value / x - before
    return value


_OWN: dict[str, Callable[..., Number]] = {
    "add": lambda x, y: x + y,
    "sub": lambda x, y: x - y,
    "mul": lambda x, y: x * y,
    "div": lambda x, y: x / y if y else mp.nan if x == 0 or mp.isnan(x) else mp.sign(x) * mp.inf,
    "neg": lambda x: -x,
    "pow": _pow,
    "lt": _truth(lambda x, y: x < y),
    "le": _truth(lambda x, y: x <= y),
    "gt": _truth(lambda x, y: x > y),
    "ge": _truth(lambda x, y: x >= y),
    "eq": _truth(lambda x, y: x == y),
    "ne": _truth(lambda x, y: x != y),
    "and": _truth(lambda x, y: x != 0 and y != 0),
    "or": _truth(lambda x, y: x != 0 or y != 0),
    "not": _truth(lambda x: x == 0),
    "where": lambda condition, x, y: x if condition else y,
    "abs": abs,
    "sign": mp.sign,
    "max": max,
    "min": min,
    "copysign": lambda x, y: -abs(x) if y < 0 else abs(x),
    "step": _truth(lambda x: x > 0),
    "floor": _whole(mp.floor),
    "ceil": _whole(mp.ceil),
    "trunc": _whole(lambda x: mp.floor(x) if x > 0 else mp.ceil(x)),
    "log": _log,
    "erfc": _erfc,
    "normal_cdf": lambda x: _erfc(-x / mp.sqrt(2)) / 2,
    "gamma": mp.gamma,
    "lgamma": _lgamma,
    "digamma": lambda x: psi(0, x),
    "polygamma": psi,
    "spherical_bessel": _spherical_bessel,
    "atan2": mp.atan2,
    "log1p": lambda x: mp.log1p(x) if x > -1 else _log(1 + x),
    "round": _whole(mp.nint),
}
_OWN |= {
    name: getattr(mp, name)
    for name in (
        "sqrt cbrt exp expm1 sin cos tan sec csc cot asin acos atan sinh cosh tanh sech csch coth asinh acosh atanh erf"
    ).split()
}
_OWN |= {
    "exp": _exp,
    "expm1": lambda x: mp.expm1(x) if magnitude(x) <= 64 else _exp(x) - 1,
    "cosh": lambda x: mp.cosh(x) if magnitude(x) <= 64 else (_exp(x) + _exp(-x)) / 2,
    "sinh": lambda x: mp.sinh(x) if magnitude(x) <= 64 else (_exp(x) - _exp(-x)) / 2,
}
_OWN["cbrt"] = lambda x: mp.sign(x) * mp.cbrt(abs(x))
_EXACT = {math.pi: mp.pi, math.e: mp.e, math.tau: 2 * mp.pi}


class Precise:
    """mpmath numbers at the precision that is current, as an arithmetic for formulas."""

    def constant(self, value: float) -> Number:
        if value in (math.pi, math.e):
            return +_EXACT[value]
        return 2 * mp.pi if value == math.tau else mp.mpf(repr(value))

    def operation(self, name: str) -> Callable[..., Number]:
        return real(name, meaning(FUNCTIONS[name]))

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
    formula = function.formula or ("" if function.name in _OWN else function.definition)
    if not formula:
        return _OWN[function.name]
    return lambda *operands: rule(formula, function.operands)(operands)


def calls(function: Function) -> set[str]:
    """The functions that its meaning is written with."""
    formula = function.formula or ("" if function.name in _OWN else function.definition)
    return set(re.findall(r"\w+(?=\()", formula))


def rounded(x: Number) -> float:
    """The nearest float."""
    if mp.isfinite(x) and magnitude(x) > 1100:
        return math.copysign(math.inf, mp.sign(x))
    return math.copysign(0.0, mp.sign(x)) if magnitude(x) < -1200 else float(x)


class ExhaustedError(Exception):
    """The time for a computation is over."""


class Exact(Precise):
    """mpmath numbers for a user's expression, whose literals mean their binary64 values. It computes for so many
    seconds of the processor and no longer."""

    def __init__(self, seconds: float = math.inf) -> None:
        self.end = process_time() + seconds

    def constant(self, value: float) -> Number:
        return mp.mpf(value)

    def operation(self, name: str) -> Callable[..., Number]:
        compute = super().operation(name)

        def timed(*operands: Number) -> Number:
            if process_time() > self.end:
                raise ExhaustedError
            return compute(*operands)

        return timed
