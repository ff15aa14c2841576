"""Numbers beyond the range of floats: a fraction and an exponent of its own, as large as it needs to be.

A *wide* number is a float where that holds it with room to spare, and a `Far` elsewhere. So what stays in the range has
the bits that floats give it, and what leaves the range comes back to it with all its digits.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from math import copysign, frexp, inf, isfinite, ldexp

from exprgrad.functions.numerics.ieee import div

ROOM = 960
"""The exponent up to which, either way, a wide number is a float: sums, differences and quotients of such have room."""
SMALL, LARGE = 2.0**-ROOM, 2.0**ROOM
NORMAL = 2.0**-1022
"""The smallest float with all its digits."""
FARTHEST = 1 << 40
"""The exponent beyond which numbers are infinite or 0 after all."""


class Far:
    """The number fraction * 2^exponent, with 0.5 <= abs(fraction) < 1."""

    __slots__ = ("exponent", "fraction")

    def __init__(self, fraction: float, exponent: int) -> None:
        self.fraction = fraction
        self.exponent = exponent

    def __repr__(self) -> str:
        return f"{self.fraction!r}*2^{self.exponent}"

    def __float__(self) -> float:
        """The float nearest to it, but never 0: it keeps its sign."""
        return rounded(self) or copysign(5e-324, self.fraction)

    def __trunc__(self) -> int:
        return math.trunc(float(self))

    def __round__(self) -> int:
        return round(float(self))

    def __neg__(self) -> Far:
        return Far(-self.fraction, self.exponent)

    def __abs__(self) -> Far:
        return Far(abs(self.fraction), self.exponent)

    def __add__(self, other: Wide) -> Wide:
        fraction, exponent = parts(other)
        if not fraction:
            return self
        if not isfinite(fraction):
            return fraction
        behind = self.exponent - exponent
        if behind < 0:
            return wide(fraction + ldexp(self.fraction, max(behind, -200)), exponent)
        return wide(self.fraction + ldexp(fraction, max(-behind, -200)), self.exponent)

    __radd__ = __add__

    def __sub__(self, other: Wide) -> Wide:
        return self + -other

    def __rsub__(self, other: Wide) -> Wide:
        return -self + other

    def __mul__(self, other: Wide) -> Wide:
        return _product(self, other)

    __rmul__ = __mul__

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Far) and (self.fraction, self.exponent) == (other.fraction, other.exponent)

    def __hash__(self) -> int:
        return hash((self.fraction, self.exponent))

    def __lt__(self, other: Wide) -> bool:
        return self._above(other) < 0

    def __le__(self, other: Wide) -> bool:
        return self._above(other) <= 0

    def __gt__(self, other: Wide) -> bool:
        return self._above(other) > 0

    def __ge__(self, other: Wide) -> bool:
        return self._above(other) >= 0

    def _above(self, other: Wide) -> float:
        """A number with the sign of the difference."""
        return parts(self - other)[0]


Wide = float | Far


def wide(fraction: float, exponent: int = 0) -> Wide:
    """The number fraction * 2^exponent."""
    if not fraction or not isfinite(fraction):
        return fraction
    fraction, more = frexp(fraction)
    exponent += more
    if abs(exponent) < ROOM:
        return ldexp(fraction, exponent)
    if abs(exponent) > FARTHEST:
        return copysign(inf if exponent > 0 else 0.0, fraction)
    return Far(fraction, exponent)


def rounded(x: Wide) -> float:
    """The nearest float."""
    if not isinstance(x, Far):
        return x
    try:
        return ldexp(x.fraction, x.exponent)
    except OverflowError:
        return copysign(inf, x.fraction)


def parts(x: Wide) -> tuple[float, int]:
    """Fraction and exponent; those of 0, nan and infinities are the number itself and 0."""
    return (x.fraction, x.exponent) if isinstance(x, Far) else frexp(x)


def _product(x: Wide, y: Wide) -> Wide:
    (left, high), (right, low) = parts(x), parts(y)
    return wide(left * right, high + low)


def plus(x: Wide, y: Wide) -> Wide:
    """The sum."""
    out = x + y
    return out if isinstance(out, Far) or SMALL < abs(out) < LARGE else wide(out)


def minus(x: Wide, y: Wide) -> Wide:
    """The difference."""
    return plus(x, -y)


def times(x: Wide, y: Wide) -> Wide:
    """The product."""
    out = x * y
    return out if isinstance(out, Far) or SMALL < abs(out) < LARGE else _product(x, y)


def over(x: Wide, y: Wide) -> Wide:
    """The quotient; x/0 is an infinity, 0/0 is nan."""
    if isinstance(x, float) and isinstance(y, float) and y:
        out = x / y
        if SMALL < abs(out) < LARGE:
            return out
    (above, high), (below, low) = parts(x), parts(y)
    return wide(div(above, below), high - low)


def held(plain: Callable[..., float], far: Callable[..., Wide] | None, *operands: Wide) -> Wide:
    """A function that `plain` computes on floats, and `far` on wide numbers: where operands and value are floats with
    room to spare, it is that of floats, bit for bit."""
    if Far not in map(type, operands):
        out = plain(*operands)
        if SMALL < abs(out) < LARGE:
            return out
    return _outside(plain, far, operands)


def _outside(plain: Callable[..., float], far: Callable[..., Wide] | None, operands: Sequence[Wide]) -> Wide:
    """The same where an operand or the value may be out of range; without `far`, what the nearest floats give."""
    same = [float(x) for x in operands]
    if all(NORMAL <= abs(x) < inf for x, y in zip(same, operands, strict=True) if isinstance(y, Far)):
        near = plain(*same)
        if NORMAL <= abs(near) < inf:
            return wide(near)
    floats = nearest(operands)
    near = plain(*floats)
    if far is None or any(x != x for x in floats):  # what a formula makes of nan is no better, and zeta's calls itself
        return near
    found = far(*operands)
    inside = Far not in map(type, operands)
    kept = inside and not isinstance(found, Far) and (found != found or isfinite(near))
    return wide(near) if kept else found


def nearest(operands: Sequence[Wide]) -> list[float]:
    """The nearest floats."""
    return [0.0 if isinstance(x, Far) and x.exponent < 0 else float(x) for x in operands]
