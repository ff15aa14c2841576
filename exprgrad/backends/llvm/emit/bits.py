"""Operations on the bits of floats and a few others, for vector formulas alone: they are not part of the language."""

from __future__ import annotations

from collections.abc import Callable

from exprgrad.backends.llvm.emit.emitter import Emitter
from exprgrad.backends.llvm.emit.instructions import compare, intrinsic, select
from exprgrad.backends.llvm.ir import VECTOR, WIDTH

_WHOLE = f"<{WIDTH} x i64>"

_MAGIC = 1.5 * 2.0**52
"""A number of up to 2^51 that is added to it is rounded to a whole number, which stands in the low bits."""
_ONE = 0x3FF << 52
_SQRT_HALF = 0x3FE6A09E667F3BCD
_FRACTION = (1 << 52) - 1

_CHAIN = 6
"""Coefficients of the longest polynomial that is computed in one chain."""


def _literal(value: int) -> str:
    return f"splat (i64 {value})"


def _integer(emitter: Emitter, opcode: str, x: str, y: str) -> str:
    return emitter.emit(f"{opcode} {_WHOLE} {x}, {y}")


def _to_bits(emitter: Emitter, x: str) -> str:
    return emitter.emit(f"bitcast {VECTOR} {x} to {_WHOLE}")


def _to_number(emitter: Emitter, x: str) -> str:
    return emitter.emit(f"bitcast {_WHOLE} {x} to {VECTOR}")


def biased(emitter: Emitter, bias: str) -> str:
    """A number to add to a small x: the low bits of the sum are then the exponent field of 2^(n + bias), where n is
    the whole number nearest to x."""
    shift = emitter.known(bias)
    assert shift is not None
    return emitter.constant(_MAGIC + 1023.0 + shift)


def power_of_two(emitter: Emitter, x: str) -> str:
    """2^(n + bias) from the sum of a number and what `biased` gives."""
    return _to_number(emitter, _integer(emitter, "shl", _to_bits(emitter, x), _literal(52)))


def _offset(emitter: Emitter, x: str) -> str:
    """The bits of a positive normal number, moved so that the exponent field changes at sqrt(1/2)*2^k."""
    return _integer(emitter, "add", _to_bits(emitter, x), _literal(_ONE - _SQRT_HALF))


def mantissa(emitter: Emitter, x: str) -> str:
    """m in [sqrt(1/2), sqrt(2)) with x = m*2^k, for positive normal x."""
    fraction = _integer(emitter, "and", _offset(emitter, x), _literal(_FRACTION))
    return _to_number(emitter, _integer(emitter, "add", fraction, _literal(_SQRT_HALF)))


def exponent(emitter: Emitter, x: str) -> str:
    """k with x = m*2^k, m in [sqrt(1/2), sqrt(2)), for positive normal x."""
    field = _integer(emitter, "lshr", _offset(emitter, x), _literal(52))
    number = _to_number(emitter, _integer(emitter, "or", field, _literal(0x433 << 52)))  # 2^52 + field
    return emitter.emit(f"fsub {VECTOR} {number}, {emitter.constant(2.0**52 + 1023.0)}")


def inverse_power(emitter: Emitter, x: str) -> str:
    """2^-k for x = m*2^k, for positive normal x; 0 for k = 1023."""
    field = _integer(emitter, "lshr", _offset(emitter, x), _literal(52))
    shifted = _integer(emitter, "shl", _integer(emitter, "sub", _literal(2046), field), _literal(52))
    return _to_number(emitter, shifted)


def at_most(emitter: Emitter, x: str, high: str) -> str:
    """The smaller of both; nan stays nan."""
    return select(emitter, compare(emitter, "ogt", x, high), high, x)


def limit(emitter: Emitter, x: str, low: str, high: str) -> str:
    """x limited to [low, high]; nan stays nan."""
    below = at_most(emitter, x, high)
    return select(emitter, compare(emitter, "olt", below, low), low, below)


def polynomial(emitter: Emitter, x: str, *coefficients: str) -> str:
    """The polynomial with these coefficients, lowest power first. A long one is split into even and odd powers,
    which the processor computes side by side; within each, Horner's scheme reads every number from memory
    as part of an instruction, where pairs of numbers (Estrin) would take a load each."""
    if len(coefficients) > _CHAIN:
        square = emitter.operation("mul")(x, x)
        even, odd = (polynomial(emitter, square, *coefficients[first::2]) for first in (0, 1))
        return intrinsic(emitter, "fma", odd, x, even)
    value = coefficients[-1]
    for coefficient in coefficients[-2::-1]:
        value = intrinsic(emitter, "fma", value, x, coefficient)
    return value


BITS: dict[str, Callable[..., str]] = {
    "biased": biased,
    "power_of_two": power_of_two,
    "mantissa": mantissa,
    "exponent": exponent,
    "inverse_power": inverse_power,
    "at_most": at_most,
    "limit": limit,
    "polynomial": polynomial,
}
