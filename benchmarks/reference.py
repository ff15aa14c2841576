"""What every function of the table should give: its textbook formula in mpmath, and the error in ulp.

Nothing here reads the table's `partials`: a derivative is the central difference of the formula, at a
step and a precision that are raised until the result stands still. Literals in a formula are the decimal
numbers as written (0.044715 is 44715/1000000), and pi and e are the real numbers.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

from mpmath import mp  # type: ignore[import-untyped]

from exprgrad.functions.entry import SECOND, Function
from exprgrad.functions.floats import FLOATS
from exprgrad.functions.rules import bind
from exprgrad.functions.table import FUNCTIONS

Number = Any
"""An mpmath number (mpmath has no type annotations)."""

# Bits of the step relative to the operand, and of the working precision, that are tried in turn.
# The last two serve sin(1e308), where the step must be below 2^-1024 of the operand.
LADDER = ((90, 400), (190, 1300), (420, 2600), (1200, 5200), (1400, 7000))
AGREED = 64  # bits in which two rungs must agree
LARGEST = mp.mpf(sys.float_info.max)
SMALLEST = mp.mpf(sys.float_info.min)


def _real(function: Callable[..., Number]) -> Callable[..., Number]:
    """nan where mpmath leaves the real line or meets a pole."""

    def wrapped(*operands: Number) -> Number:
        try:
            value = function(*operands)
        except (ZeroDivisionError, ValueError):
            return mp.nan
        return mp.nan if isinstance(value, mp.mpc) else value

    return wrapped


def _truth(test: Callable[..., bool]) -> Callable[..., Number]:
    return lambda *operands: mp.mpf(1 if test(*operands) else 0)


def _pow(x: Number, y: Number) -> Number:
    if y == 0:
        return mp.mpf(1)
    if x == 0:
        return mp.mpf(0) if y > 0 else mp.inf
    if x < 0:
        return (-1) ** int(y % 2) * mp.power(-x, y) if y == mp.floor(y) else mp.nan
    return mp.power(x, y)


def _log(x: Number) -> Number:
    return mp.log(x) if x >= 0 else mp.nan


def _erfc(x: Number) -> Number:
    if abs(x) < 40:
        return mp.erfc(x)
    # mpmath's own is slow here, and only that it is below every float matters.
    tail = mp.exp(-x * x) / (abs(x) * mp.sqrt(mp.pi))
    return tail if x > 0 else 2 - tail


def _lgamma(x: Number) -> Number:
    return mp.log(abs(mp.gamma(x))) if x < 1e4 else mp.loggamma(x)


def _psi(n: Number, x: Number) -> Number:
    """mpmath's polygamma; its asymptotic series (DLMF 5.15.8) past 1000, reflection (5.15.6) below 0."""
    order = int(n)
    if x <= 0 and x == mp.floor(x):
        return mp.nan
    if x < 0:
        around = mp.diff(lambda t: mp.pi * mp.cot(mp.pi * t), x - mp.nint(x), order)
        return (-1) ** order * _psi(n, 1 - x) - around
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
    order = int(n)
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
    "div": lambda x, y: x / y,
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
    "floor": mp.floor,
    "ceil": mp.ceil,
    "trunc": lambda x: mp.floor(x) if x > 0 else mp.ceil(x),
    "log": _log,
    "erfc": _erfc,
    "normal_cdf": lambda x: _erfc(-x / mp.sqrt(2)) / 2,
    "gamma": mp.gamma,
    "lgamma": _lgamma,
    "digamma": lambda x: _psi(0, x),
    "polygamma": _psi,
    "spherical_bessel": _spherical_bessel,
    "atan2": mp.atan2,
    "log1p": lambda x: mp.log1p(x) if x > -1 else _log(1 + x),
    "round": mp.nint,
}
# Derivatives that mpmath has in closed form; differences of gamma and error functions would be slow.
_CLOSED: dict[tuple[str, int], Callable[..., Number]] = {
    ("round", 0): lambda x: mp.mpf(0),  # where the step would exceed that of the staircase
    ("gamma", 0): lambda x: mp.gamma(x) * _psi(0, x),
    ("lgamma", 0): lambda x: _psi(0, x),
    ("digamma", 0): lambda x: _psi(1, x),
    ("polygamma", 1): lambda n, x: _psi(n + 1, x),
    ("erf", 0): lambda x: 2 / mp.sqrt(mp.pi) * mp.exp(-x * x),
    ("erfc", 0): lambda x: -2 / mp.sqrt(mp.pi) * mp.exp(-x * x),
    ("normal_cdf", 0): lambda x: mp.exp(-x * x / 2) / mp.sqrt(2 * mp.pi),
}
_OWN |= {
    name: getattr(mp, name)
    for name in (
        "sqrt cbrt exp expm1 sin cos tan sec csc cot asin acos atan sinh cosh tanh sech csch coth asinh acosh atanh erf"
    ).split()
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
        return _real(meaning(FUNCTIONS[name]))

    def known(self, value: Number) -> None:
        return None


_RULES: dict[tuple[str, tuple[str, ...], int], Callable[[Sequence[Number]], Number]] = {}


def _rule(formula: str, operands: tuple[str, ...]) -> Callable[[Sequence[Number]], Number]:
    """A bound formula. Its constants are as precise as mpmath was when it was bound."""
    key = formula, operands, mp.prec
    if key not in _RULES:
        _RULES[key] = bind(formula, operands, Precise())
    return _RULES[key]


def meaning(function: Function) -> Callable[..., Number]:
    """The function as the textbook has it: its formula, its definition, or mpmath's own."""
    formula = function.formula or ("" if function.name in _OWN else function.definition)
    if not formula:
        return _OWN[function.name]
    return lambda *operands: _rule(formula, function.operands)(operands)


def _settle(compute: Callable[[int], Number]) -> Number:
    """The first result that two rungs of the ladder agree on; a zero must hold up to the last."""
    last = None
    for step, precision in LADDER:
        with mp.workprec(precision):
            result = compute(step)
            if last is not None and (
                (mp.isnan(result) and mp.isnan(last))
                or (mp.isinf(result) and result == last)
                or (result != 0 and abs(result - last) <= mp.ldexp(abs(result), -AGREED))
            ):
                return result
            last = result
    return last if last == 0 else mp.nan


_SIGNED_ZEROS = {"copysign": math.copysign, "atan2": math.atan2}
"""Functions that tell -0 from 0, which mpmath does not."""


def value(function: Function, operands: Sequence[float]) -> Number:
    """The function's exact value (to 64 bits and more), nan where it is not real."""
    if function.name in _SIGNED_ZEROS and 0.0 in operands:
        return mp.mpf(_SIGNED_ZEROS[function.name](*operands))
    evaluate = _real(meaning(function))
    return _settle(lambda step: evaluate(*[mp.mpf(x) for x in operands]))


def partial(function: Function, index: int, operands: Sequence[float]) -> Number:
    """The exact partial derivative by one operand, from differences of the formula alone."""
    if (function.name, index) in _CLOSED:
        closed = _real(_CLOSED[function.name, index])
        return _settle(lambda step: closed(*[mp.mpf(x) for x in operands]))
    evaluate = _real(meaning(function))
    sizes = [abs(x) for x in operands if x]
    if operands[index]:
        sizes.append(abs(operands[index]))
    unit = min([1.0, *sizes]) if operands[index] == 0 else min(sizes)

    def difference(step: int) -> Number:
        h = mp.ldexp(mp.mpf(unit), -step)
        above, below = ([mp.mpf(x) + sign * h * (i == index) for i, x in enumerate(operands)] for sign in (1, -1))
        return (evaluate(*above) - evaluate(*below)) / (2 * h)

    return _settle(difference)


def term(function: Function, which: int, operands: Sequence[float]) -> Number:
    """The larger term that errors are counted in near a root; 0 where the row names none.

    `which` is 0 for the value, then 1, 2, … for the partials.
    """
    text = function.terms[which] if which < len(function.terms) else ""
    if not text:
        return mp.mpf(0)
    with mp.workprec(160):
        size = abs(_rule(text, function.operands)([mp.mpf(x) for x in operands]))
    return size if mp.isfinite(size) else mp.mpf(0)


def error(got: float, true: Number, larger: Number = 0, margin: int = 0) -> float:
    """Error in ulp of the true result or of the larger term. A spurious 0, nan or infinity is infinite.

    Where the true result is no normal float but 0 or an infinity, the result must merely be near it;
    an infinity where the true result is one of the largest floats counts as 2^1024.
    Nothing is measured within `margin` powers of 2 from the ends of the range.
    """
    if mp.isnan(true) or (margin and not mp.ldexp(SMALLEST, margin) < abs(true) < mp.ldexp(LARGEST, -margin)):
        return 0.0
    size = abs(true)
    if size > LARGEST:
        return 0.0 if abs(got) > 0.999999 * sys.float_info.max and (got > 0) == (true > 0) else math.inf
    if max(size, larger) < SMALLEST:
        return 0.0 if abs(got) <= 2 * sys.float_info.min else math.inf
    if math.isnan(got) or (math.isinf(got) and (got > 0) != (true > 0)):
        return math.inf
    with mp.workprec(160):
        exponent = mp.frexp(max(size, larger))[1]
        number = mp.sign(got) * mp.mpf(2) ** 1024 if math.isinf(got) else mp.mpf(got)
        wrong = float(mp.ldexp(abs(number - true), 53 - exponent))
    return math.inf if math.isinf(got) and wrong > 8 else wrong


@cache
def _float_rule(formula: str, names: tuple[str, ...]) -> Callable[[Sequence[float]], float]:
    return bind(formula, names, FLOATS)


def is_kink(function: Function, operands: Sequence[float]) -> bool:
    """Whether a convention, not a limit, gives the derivative here."""
    out = float_value(function)(*operands)
    return bool(function.kink) and bool(_float_rule(function.kink, (*function.operands, "out"))((*operands, out)))


def has_slope(function: Function, operands: Sequence[float]) -> bool:
    """Whether a derivative is to be measured: not at a kink, nor where the function itself is nan, nor of a
    helper at operands whose square may leave the range, or which x - 1 no longer changes exactly."""
    if margin(function) and any(x and not 1e-150 < abs(x) < 1e15 for x in operands):
        return False
    return not is_kink(function, operands) and not math.isnan(float_value(function)(*operands))


def float_value(function: Function) -> Callable[..., float]:
    """The table's function on floats."""
    if function.value is not None:
        return function.value
    rule = _float_rule(function.definition, function.operands)
    return lambda *operands: rule(operands)


def float_partial(function: Function, index: int, operands: Sequence[float]) -> float:
    """The table's partial on floats: its formula, or 0 where its gate is closed."""
    values = (*operands, float_value(function)(*operands))
    names = (*function.operands, "out")
    gate = function.gates[index] if function.gates else ""
    if gate and not _float_rule(gate, names)(values):
        return 0.0
    return _float_rule(function.partials[index], names)(values)


def margin(function: Function) -> int:
    """Powers of 2 from the ends of the range where the partials of a helper are not measured."""
    return 60 if function.ulp[1] >= SECOND else 0


def value_error(function: Function, operands: Sequence[float]) -> float:
    """Error of the value in ulp."""
    got = float_value(function)(*operands)
    return error(got, value(function, operands), term(function, 0, operands))


def partial_error(function: Function, index: int, operands: Sequence[float]) -> float:
    """Error of a partial in ulp; 0 where there is none: at a kink, and by a whole number."""
    if function.operands[index] == "n" or not has_slope(function, operands):
        return 0.0
    got = float_partial(function, index, operands)
    return error(got, partial(function, index, operands), term(function, index + 1, operands), margin(function))
