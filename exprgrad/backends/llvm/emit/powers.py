"""Powers with an exponent that is known, which are products, and exponentials of what is known to be negative."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeGuard

from exprgrad.backends.llvm.emit import calls
from exprgrad.backends.llvm.emit.emitter import Emitter
from exprgrad.backends.llvm.emit.instructions import INSTRUCTIONS

LARGEST = 8
"""The largest exponent that becomes a product: at most four products are rounded, to within 3.5 ulp."""


CHAINS = frozenset({("pow", "sech"), ("pow_slope", "sech"), ("exp", "neg", "abs"), ("exp", "neg", "square")})
"""Functions of functions that the writers below write together, outermost first."""


def is_product(exponent: float | None) -> TypeGuard[float]:
    """Whether a power with this exponent, if it is known, becomes a product: it is whole and small, not inf or nan."""
    return exponent is not None and abs(exponent) <= LARGEST and exponent == int(exponent)


def is_call(base: float | None, exponent: float | None) -> bool:
    """Whether a power with these operands, as far as they are known, is a call of the library: see `power`."""
    return not (base == 2.0 or exponent == 0.5 or is_product(exponent))


def power(emitter: Emitter, x: str, y: str) -> str:
    """x^y."""
    exponent = emitter.known(y)
    if is_product(exponent):
        return _whole(emitter, x, int(exponent))
    if exponent == 0.5:
        return emitter.operation("root")(x)
    if emitter.known(x) == 2.0:
        return emitter.operation("exp2")(y)
    return calls.call(emitter, "pow", x, y)


def slope(emitter: Emitter, x: str, y: str) -> str:
    """y*x^(y - 1), the derivative of x^y with respect to x."""
    exponent = emitter.known(y)
    if exponent == 0:
        return emitter.constant(0.0)
    if is_product(exponent):
        return INSTRUCTIONS["mul"](emitter, y, _whole(emitter, x, int(exponent) - 1))
    if exponent == 0.5:
        return INSTRUCTIONS["div"](emitter, y, emitter.operation("root")(x))
    return emitter.operation("pow_slope.general")(x, y)


def exponential(emitter: Emitter, x: str) -> str:
    """e^x; shorter where x is -abs(t) or -t^2."""
    size = emitter.source(x, "neg")
    if size and (emitter.source(size, "abs") or emitter.source(size, "square")):
        return emitter.operation("exp_below")(x, emitter.constant(-0.0), emitter.constant(1.0))
    return emitter.operation("exp.general")(x)


def _whole(emitter: Emitter, x: str, n: int) -> str:
    """x^n, such that powers of one x share their products: x^5 = x^4*x, x^4 = x^2*x^2."""
    multiply = INSTRUCTIONS["mul"]
    if n < 0:
        return INSTRUCTIONS["div"](emitter, emitter.constant(1.0), _whole(emitter, x, -n))
    if n <= 1:
        return x if n else emitter.constant(1.0)
    inner = emitter.source(x, "sech")
    if n == 2 and inner:  # from e^-2*abs(x), which tanh uses too
        return emitter.operation("sech_square")(inner)
    if n % 2:
        return multiply(emitter, _whole(emitter, x, n - 1), x)
    half = _whole(emitter, x, n // 2)
    return multiply(emitter, half, half)


POWERS: dict[str, Callable[..., str]] = {"pow": power, "pow_slope": slope, "exp": exponential}
