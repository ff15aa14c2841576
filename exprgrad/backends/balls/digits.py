"""Balls as decimal numbers, and how far floats are from them."""

from __future__ import annotations

from math import inf, isinf, isnan, ulp

from exprgrad.backends.balls.meanings import nearest
from exprgrad.backends.balls.numbers import Ball, arb, bits, fmpz, precision, whole

MOST = 17
"""Significant digits of a float."""
_EXACT = 500_000
"""The largest power of ten that is computed exactly."""
_SHOWN = 25
"""Significant digits of an enclosure."""
_LARGEST = arb(2) ** 1024 - arb(2) ** 970
"""The least number that rounds to an infinity."""


def exponent(ball: Ball) -> int:
    """The power of ten of the first digit, of a ball that is not around 0; it may be 1 more at a power of ten."""
    with precision(128 + _size(ball)):
        found = whole((abs(ball).upper().log() / arb(10).log()).floor().upper().floor())
    return 0 if found is None else found


def _size(ball: Ball) -> int:
    """Bits of the exponent of a ball's midpoint: of a logarithm, as many stand before the point."""
    _, power = ball.mid().man_exp()
    return int(power).bit_length()


def scaled(ball: Ball, power: int, digits: int) -> Ball:
    """The ball times a power of ten: to more than so many digits. It is exact where the ball is no wider than that and
    the power is not too large."""
    size = abs(power)
    with precision(4 * (digits + (size if size <= _EXACT else size.bit_length())) + 128):
        return ball * arb(10) ** power if power >= 0 else ball / arb(10) ** -power


def rounded(ball: Ball, digits: int) -> str | None:
    """The number in a ball, rounded to so many significant digits, a half to an even one; None where the ball leaves
    the last one open."""
    if ball.is_zero():
        return "0"
    if not ball.is_finite() or ball.contains(0):
        return None
    first = exponent(ball)
    found, exact = _whole(ball, digits - 1 - first, digits)
    if found is not None and abs(found) < 10 ** (digits - 1):  # the first digit is one place further down
        first -= 1
        found, exact = _whole(ball, digits - 1 - first, digits)
    if found is None:
        return None
    text = str(fmpz(abs(found)))
    if len(text) > digits:  # rounded up to a power of ten
        first, text = first + 1, text[:-1]
    return ("-" if found < 0 else "") + _written(text, first, exact=exact)


def _whole(ball: Ball, power: int, digits: int) -> tuple[int | None, bool]:
    """The nearest whole number to a ball times a power of ten, None where the ball leaves it open; and whether it is
    just that."""
    size = scaled(ball, power, digits)
    with precision(4 * digits + 128):
        low, high = (whole(nearest(end)) for end in (size.lower(), size.upper()))
        return (low if low == high else None), bool(low is not None and size == low)


def _written(text: str, first: int, *, exact: bool) -> str:
    """Digits, of which the first stands for this power of ten, as a number. Zeros at the end are digits, too, unless
    the number is `exact`: it has no others."""
    if exact:
        text = text.rstrip("0") or "0"
    if -5 <= first < 0:
        return "0." + "0" * (-first - 1) + text
    if 0 <= first < max(len(text), 16):
        text = text.ljust(first + 1, "0")
        return text[: first + 1] + ("." + text[first + 1 :] if text[first + 1 :] else "")
    return text[0] + ("." + text[1:] if text[1:] else "") + f"e{first:+03d}"


def enclosure(ball: Ball) -> str:
    """A ball as its midpoint and radius, both in decimal digits: a ball that holds it."""
    if not ball.is_finite():
        return "nan"
    low, high = ends(ball)
    if ball.is_exact() and low == high:
        return low
    middle, _, radius = ball.str(_SHOWN).strip("[]").rpartition("+/- ")
    return f"{middle.strip()} ± {radius}".strip() if middle or radius else "0"


def ends(ball: Ball) -> tuple[str, str]:
    """The ends of a ball in decimal digits, rounded outwards; both the number itself where so many digits have it."""
    return _end(ball.lower(), -1), _end(ball.upper(), 1)


def _end(end: Ball, way: int) -> str:
    if not end.is_finite():
        return "nan"
    if end.is_zero():
        return "0"
    power = _SHOWN - 1 - exponent(end)
    size = scaled(end, power, _SHOWN)
    found = whole(size.upper().ceil() if way > 0 else size.lower().floor())
    if found is None:
        return "nan"
    text = str(fmpz(abs(found)))
    return ("-" if found < 0 else "") + _written(text, len(text) - 1 - power, exact=True)


def error(computed: float, ball: Ball) -> float:
    """The most by which a float may differ from the number in a ball, in ulp of that number; 0 for an infinity where
    the number overflows."""
    if isnan(computed) or not ball.is_finite():
        return inf
    beyond = bool(abs(ball) >= _LARGEST)
    if isinf(computed):
        return 0.0 if beyond and (ball > 0) == (computed > 0) else inf
    unit = arb(2) ** 970 if beyond else arb(ulp(float(ball.mid())))
    with precision(128):
        return float((abs(arb(computed) - ball) / unit).upper())


def digits(computed: float, ball: Ball) -> int:
    """How many significant digits of a float are proved right: it is within half a unit of the last of them."""
    if isnan(computed) or not ball.is_finite():
        return 0
    with precision(bits() + _size(ball) + 64):
        distance = abs(arb(computed) - ball).upper()
        if distance.is_zero():
            return MOST
        if not distance.is_finite() or ball.contains(0):
            return 0
        room = arb(exponent(ball)) + 1 - (2 * distance).log() / arb(10).log()
        found = whole(room.lower().floor())
    return 0 if found is None else max(0, min(found, MOST))
