"""Balls of any precision, and the three answers to a question about them. The only import of python-flint."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from exprgrad.errors import MissingError

try:
    from flint import acb as acb
    from flint import arb as arb
    from flint import arb_series as arb_series
    from flint import ctx
    from flint import fmpz as fmpz
except ModuleNotFoundError:
    raise MissingError("a certified number", "python-flint", "certify") from None

Ball = arb

LONGEST_SERIES = 1100
"""Terms of a power series of Arb: it silently leaves out what is beyond."""
TRUE, FALSE = arb(1), arb(0)
EITHER = arb(0.5, 0.5)
"""The truth of a question that the balls leave open: any number from 0 to 1."""
UNKNOWN = arb.nan()
"""What may be any number, or none."""


@contextmanager
def precision(bits: int) -> Iterator[None]:
    """Compute with so many bits. Equal texts of balls then mean equal balls, which a series relies on."""
    before = ctx.prec, ctx.pretty, ctx.cap
    ctx.prec, ctx.pretty, ctx.cap = bits, False, LONGEST_SERIES
    try:
        yield
    finally:
        ctx.prec, ctx.pretty, ctx.cap = before


def bits() -> int:
    """The precision that balls are computed with now."""
    return int(ctx.prec)


def truth(ball: Ball) -> bool | None:
    """Whether a number is not 0; None where that is open."""
    if ball.is_zero():
        return False
    return None if ball.is_nan() or ball.contains(0) else True


def answer(yes: bool, no: bool) -> Ball:
    """The truth of a question whose answer is yes for certain, or no for certain, or open."""
    return TRUE if yes else FALSE if no else EITHER


def exact_float(ball: Ball) -> float | None:
    """The float that a ball is; None for a ball with a radius, and for a number that is no float."""
    if not ball.is_exact() or not ball.is_finite():
        return None
    number = float(ball)
    return number if arb(number) == ball else None


_LONGEST = 1 << 24
"""Bits of a whole number: FLINT ends the process where one is too long for the memory."""


def whole(ball: Ball) -> int | None:
    """The only whole number in a ball; None where there is none, or more, or it is too long."""
    if not ball.is_finite() or not abs(ball) < arb(2) ** _LONGEST:
        return None
    found = ball.unique_fmpz()
    return None if found is None else int(found)
