"""What functions mean in mpmath where the table has no formula for it. Others mean mpmath's function of their name."""

from __future__ import annotations

from collections.abc import Callable

from exprgrad.jobs.check.digits import LARGEST, SIGNS, Number, TooLargeError, magnitude, mp

MAX_ORDER = 1000
"""Order of a polygamma or Bessel function."""
_MAX_REFLECTED = 100
"""Order of a polygamma function of a negative operand."""


def _sum(function: Callable[[Number, Number], Number]) -> Callable[[Number, Number], Number]:
    """A sum or difference, which may lose all of one term."""

    def wrapped(x: Number, y: Number) -> Number:
        total = function(x, y)
        SIGNS.blurred |= bool(x and y and (total == x or abs(total) == abs(y)) and mp.isfinite(total))
        return total

    return wrapped


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


def exp(x: Number) -> Number:
    """mpmath's own, but for large operands: if they are whole it takes e to that power, which takes long."""
    if magnitude(x) <= 64:
        return mp.exp(x)
    with mp.extraprec(magnitude(x) + 10):
        doublings = mp.floor(x / mp.ln2)
        value = mp.ldexp(mp.exp(x - doublings * mp.ln2), int(doublings))
    return +value


def power(x: Number, y: Number) -> Number:
    """x^y as C99 has it at 0 and below."""
    if y == 0:
        return mp.mpf(1)
    if x == 0:
        return mp.mpf(0) if y > 0 else mp.inf
    if x < 0:
        if not mp.isfinite(y) or y != mp.floor(y):
            return mp.nan if mp.isfinite(y) else power(-x, y)
        return -power(-x, y) if _odd(y) else power(-x, y)
    if x == 1 or not (mp.isfinite(x) and mp.isfinite(y)):
        return mp.power(x, y)
    if magnitude(y) + abs(magnitude(x)).bit_length() > LARGEST:
        raise TooLargeError
    if magnitude(y) <= 64 and abs(magnitude(x)) <= LARGEST:
        return mp.power(x, y)
    with mp.extraprec(max(0, magnitude(y)) + abs(magnitude(x)).bit_length() + 10):
        value = exp(y * mp.log(x))
    return +value


def _odd(y: Number) -> bool:
    """Whether a whole number is odd."""
    _, mantissa, exponent, _ = y._mpf_
    return exponent == 0 and bool(mantissa & 1)


def _log(x: Number) -> Number:
    return mp.log(x) if x >= 0 else mp.nan


def erfc(x: Number) -> Number:
    if abs(x) < 10_000:
        return mp.erfc(x)
    # mpmath's own is slow here, and only that it is below every float matters, whatever it is multiplied with.
    tail = exp(-x * x) / (abs(x) * mp.sqrt(mp.pi))
    return tail if x > 0 else 2 - tail


def _lgamma(x: Number) -> Number:
    if x <= 0 and x == mp.floor(x):
        return mp.inf
    return mp.log(abs(mp.gamma(x))) if x < 1e4 else mp.loggamma(x)


def order_of(n: Number, most: int) -> int:
    """The order of a function, a whole number from 0 on."""
    if not mp.isfinite(n) or n < 0 or n != mp.floor(n):
        raise ValueError
    if n > most:
        raise TooLargeError
    return int(n)


def psi(n: Number, x: Number) -> Number:
    """mpmath's polygamma; its asymptotic series (DLMF 5.15.8) past 1000, reflection (5.15.6) below 0."""
    order = order_of(n, _MAX_REFLECTED if x < 0 else MAX_ORDER)
    if x <= 0 and x == mp.floor(x):
        return mp.nan
    if x < 0:
        around = _slope_of_cotangent(order, x - mp.nint(x))
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


def _slope_of_cotangent(order: int, x: Number) -> Number:
    """The derivative of pi*cot(pi*x): with c = cot(pi*x), that of a polynomial p(c) is -pi*(1 + c^2)*p'(c)."""
    polynomial = [0, 1]
    for _ in range(order):
        slope = [k * number for k, number in enumerate(polynomial)][1:]
        polynomial = [-(a + b) for a, b in zip([*slope, 0, 0], [0, 0, *slope], strict=True)]
    return mp.pi ** (order + 1) * mp.polyval(polynomial[::-1], mp.cot(mp.pi * x))


def _spherical_bessel(n: Number, x: Number) -> Number:
    """DLMF 10.53.1 for small operands, else upward recurrence (10.51.1) from sin(x)/x."""
    order = order_of(n, MAX_ORDER)
    if abs(x) < 60:
        return x**order / mp.fac2(2 * order + 1) * mp.hyp0f1(order + mp.mpf(3) / 2, -x * x / 4)
    before, value = mp.cos(x) / x, mp.sin(x) / x
    for k in range(order):
        before, value = value, (2 * k + 1) * value / x - before
    return value


MEANINGS: dict[str, Callable[..., Number]] = {
    "add": _sum(lambda x, y: x + y),
    "sub": _sum(lambda x, y: x - y),
    "mul": lambda x, y: x * y,
    "div": lambda x, y: x / y if y else mp.nan if x == 0 or mp.isnan(x) else mp.sign(x) * mp.inf,
    "neg": lambda x: -x,
    "pow": power,
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
    "erfc": erfc,
    "normal_cdf": lambda x: erfc(-x / mp.sqrt(2)) / 2,
    "gamma": mp.gamma,
    "lgamma": _lgamma,
    "digamma": lambda x: psi(0, x),
    "polygamma": psi,
    "spherical_bessel": _spherical_bessel,
    "atan2": mp.atan2,
    "log1p": lambda x: mp.log1p(x) if x > -1 else _log(1 + x),
    "round": _whole(mp.nint),
    "exp": exp,
    "expm1": lambda x: mp.expm1(x) if magnitude(x) <= 64 else exp(x) - 1,
    "cosh": lambda x: mp.cosh(x) if magnitude(x) <= 64 else (exp(x) + exp(-x)) / 2,
    "sinh": lambda x: mp.sinh(x) if magnitude(x) <= 64 else (exp(x) - exp(-x)) / 2,
    "cbrt": lambda x: mp.sign(x) * mp.cbrt(abs(x)),
}
"""By name; of what the table has a formula for, this is not asked."""
