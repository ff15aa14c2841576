"""What `math`, `exprgrad.functions.numerics.ieee` and Python's own functions are in scalar code."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable
from math import inf

from exprgrad.backends.llvm.source.scalars import Builder, Scalar, TranslationError, Value, literal
from exprgrad.functions.numerics import ieee

_LIBM = """acos acosh asin asinh atan atan2 cbrt cos cosh erf erfc exp exp2 expm1 fmod log log10 log1p log2 pow
sin sinh tan tanh""".split()

_MODULO = """  %rest = frem double %x, %y
  %zero = call double @llvm.copysign.f64(double 0.0, double %y)
  %below = fcmp olt double %rest, 0.0
  %negative = fcmp olt double %y, 0.0
  %apart = xor i1 %below, %negative
  %moved = fadd double %rest, %y
  %kept = select i1 %apart, double %moved, double %rest
  %some = fcmp une double %rest, 0.0
  %value = select i1 %some, double %kept, double %zero
  ret double %value"""


def remainder(builder: Builder, x: Value, y: Value) -> Scalar:
    """Python's x % y on floats: the sign of y, of a zero too."""
    _declare_intrinsic(builder, "llvm.copysign.f64", 2)
    builder.definitions.define("python.modulo", "double", ["double %x", "double %y"], _MODULO.splitlines())
    return builder.call("python.modulo", x, y, extern=False)


def intrinsic(name: str) -> Callable[..., Value]:
    """One of LLVM's functions of doubles."""

    def write(builder: Builder, *operands: Value) -> Value:
        symbol = f"llvm.{name}.f64"
        _declare_intrinsic(builder, symbol, len(operands))
        return builder.call(symbol, *operands, extern=False)

    return write


def _declare_intrinsic(builder: Builder, symbol: str, arity: int) -> None:
    builder.definitions.declare(symbol, "double", ["double"] * arity)


def _libm(name: str) -> Callable[..., Value]:
    return lambda builder, *operands: builder.call(name, *operands)


def _magnitude(predicate: str, bound: float) -> Callable[..., Value]:
    """A test of abs(x)."""
    absolute = intrinsic("fabs")
    return lambda builder, x: builder.result(
        "i1", f"fcmp {predicate} double {builder.number(absolute(builder, x))}, {literal(bound)}"
    )


def _isnan(builder: Builder, x: Value) -> Value:
    return builder.result("i1", f"fcmp uno double {builder.number(x)}, {builder.number(x)}")


def _divide(builder: Builder, x: Value, y: Value) -> Value:
    return builder.result("double", f"fdiv double {builder.number(x)}, {builder.number(y)}")


def _ldexp(builder: Builder, x: Value, exponent: Value) -> Value:
    builder.definitions.declare("ldexp", "double", ["double", "i32"])
    whole = builder.integer(exponent, "i32")
    return builder.result("double", f"call double @ldexp(double {builder.number(x)}, i32 {whole})")


def _frexp(builder: Builder, x: Value) -> Value:
    builder.definitions.add("frexp", "declare double @frexp(double, ptr) nounwind willreturn")
    pointer = builder.slot("i32")
    fraction = builder.result("double", f"call double @frexp(double {builder.number(x)}, ptr {pointer})")
    exponent = builder.load("i32", pointer)
    return fraction, builder.result("double", f"sitofp i32 {exponent.text} to double")


def _divmod(builder: Builder, x: Value, y: Value) -> Value:
    rest = remainder(builder, x, y)
    exact = builder.result("double", f"fsub double {builder.number(x)}, {rest.text}")
    return _divide(builder, exact, y), rest


def _extreme(predicate: str) -> Callable[..., Value]:
    """Python's max and min: the first unless another is better."""

    def write(builder: Builder, *operands: Value) -> Value:
        best = operands[0]
        for other in operands[1:]:
            better = builder.result("i1", f"fcmp {predicate} double {builder.number(other)}, {builder.number(best)}")
            chosen = f"select i1 {better.text}, double {builder.number(other)}, double {builder.number(best)}"
            best = builder.result("double", chosen)
        return best

    return write


def _float(builder: Builder, x: Value) -> Value:
    if isinstance(x, tuple) and not isinstance(x, Scalar):
        raise TranslationError("float of a tuple")
    return x


BUILTINS: dict[Hashable, Callable[..., Value]] = {
    abs: intrinsic("fabs"),
    round: intrinsic("roundeven"),
    int: intrinsic("trunc"),
    float: _float,
    divmod: _divmod,
    max: _extreme("ogt"),
    min: _extreme("olt"),
    math.floor: intrinsic("floor"),
    math.ceil: intrinsic("ceil"),
    math.trunc: intrinsic("trunc"),
    math.fabs: intrinsic("fabs"),
    math.sqrt: intrinsic("sqrt"),
    math.copysign: intrinsic("copysign"),
    math.isfinite: _magnitude("olt", inf),
    math.isinf: _magnitude("oeq", inf),
    math.isnan: _isnan,
    math.ldexp: _ldexp,
    math.frexp: _frexp,
    ieee.div: _divide,
    ieee.power: _libm("pow"),
    **{getattr(module, name): _libm(name) for module in (math, ieee) for name in _LIBM if hasattr(module, name)},
}
"""By the Python object: writes the code of a call and returns its value."""
