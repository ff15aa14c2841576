"""The normal forms: a sum as coefficients of terms, a product as exponents of bases."""

from __future__ import annotations

from math import copysign, inf
from sys import float_info

WIDE = 64
"""Terms or conditions from which a normal form is no longer merged into larger ones: keeps time linear."""
MANY_FACTORS = 32
"""The same of the factors of a product: each product on the way writes all of its factors anew."""

CONSTANT_TERM = -1
"""The key of the constant among a sum's terms."""


class Sum:
    """The terms, by node, each times its coefficient."""

    __slots__ = ("node", "terms")

    def __init__(self, terms: dict[int, float]) -> None:
        self.terms = terms
        self.node = -1
        """Its node, once it was asked for."""


class Product:
    """coefficient * the bases, by node, each to its exponent. Without bases: a number."""

    __slots__ = ("coefficient", "factors", "node")

    def __init__(self, coefficient: float, factors: dict[int, float]) -> None:
        self.coefficient = coefficient
        self.factors = factors
        self.node = -1


NormalForm = Sum | Product


_NEXT_TO_ONE = (1 - 2.0**-53, 1 + 2.0**-52)


def times(x: float, y: float) -> float:
    """The product of two coefficients. Where it is rounded to a number next to 1, it is 1: as log(10) times 1/log(10),
    which are rounded themselves."""
    product = x * y
    if abs(product) in _NEXT_TO_ONE:
        from fractions import Fraction

        if Fraction(x) * Fraction(y) != Fraction(product):
            return copysign(1.0, product)
    return product


def combined(numbers: dict[int, float], more: dict[int, float], factor: float) -> dict[int, float]:
    """The numbers with those of another normal form added, times a factor; what comes to 0 is left out."""
    result = dict(numbers)
    for key, number in more.items():
        total = result.get(key, 0.0) + factor * number
        if total:
            result[key] = total
        else:
            result.pop(key, None)
    return result


def ordinary(number: float) -> bool:
    """Whether a coefficient lost nothing to overflow or underflow."""
    return float_info.min <= abs(number) < inf
