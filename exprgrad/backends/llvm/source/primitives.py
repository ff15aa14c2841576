"""What the functions that the Python subset calls are in scalar code: see `functions.source.primitives`."""

from __future__ import annotations

from collections.abc import Callable
from math import inf

from exprgrad.backends.llvm.source.scalars import Builder, Scalar, Value, literal

_LIBM = """acos acosh asin asinh atan atan2 atanh cbrt cos cosh erf exp exp2 expm1 fmod log log10 log1p log2 pow
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


def intrinsic(name: str) -> Callable[..., Scalar]:
    """One of LLVM's functions of doubles."""

    def write(builder: Builder, *operands: Value) -> Scalar:
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
    """The first operand, unless another is better."""

    def write(builder: Builder, *operands: Value) -> Value:
        best = operands[0]
        for other in operands[1:]:
            better = builder.result("i1", f"fcmp {predicate} double {builder.number(other)}, {builder.number(best)}")
            chosen = f"select i1 {better.text}, double {builder.number(other)}, double {builder.number(best)}"
            best = builder.result("double", chosen)
        return best

    return write


PRIMITIVES: dict[str, Callable[..., Value]] = {
    **{name: _libm(name) for name in _LIBM},
    "abs": intrinsic("fabs"),
    "ceil": intrinsic("ceil"),
    "copysign": intrinsic("copysign"),
    "div": _divide,
    "divmod": _divmod,
    "erfc.libm": _libm("erfc"),
    "first_largest": _extreme("ogt"),
    "first_smallest": _extreme("olt"),
    "floor": intrinsic("floor"),
    "frexp": _frexp,
    "isfinite": _magnitude("olt", inf),
    "isinf": _magnitude("oeq", inf),
    "isnan": _isnan,
    "ldexp": _ldexp,
    "round": intrinsic("roundeven"),
    "sqrt": intrinsic("sqrt"),
    "trunc": intrinsic("trunc"),
}
"""By the name of the operation: writes the code of a call and returns its value."""
