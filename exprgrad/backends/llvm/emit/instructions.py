"""Functions that are one instruction or a few: they give the interpreter's bits on any processor."""

from __future__ import annotations

from collections.abc import Callable
from math import frexp

from exprgrad.backends.llvm.emit.emitter import Emitter
from exprgrad.backends.llvm.ir import MASK, VECTOR, WIDTH

_SUFFIX = f"v{WIDTH}f64"


def _add(emitter: Emitter, x: str, y: str) -> str:
    for term, other in ((x, y), (y, x)):
        if _is(emitter, term, -0.0):
            return other
    first, second = sorted((x, y))
    return emitter.emit(f"fadd {VECTOR} {first}, {second}")


def _sub(emitter: Emitter, x: str, y: str) -> str:
    return x if _is(emitter, y, 0.0) else emitter.emit(f"fsub {VECTOR} {x}, {y}")


def _mul(emitter: Emitter, x: str, y: str) -> str:
    for factor, other in ((x, y), (y, x)):
        if _is(emitter, factor, 1.0):
            return other
        if _is(emitter, factor, -1.0):
            return _neg(emitter, other)
    first, second = sorted((x, y))
    product = emitter.emit(f"fmul {VECTOR} {first}, {second}")
    return emitter.remember(product, "square", x) if x == y else product


def _div(emitter: Emitter, x: str, y: str) -> str:
    divisor = emitter.known(y)
    if divisor and abs(frexp(divisor)[0]) == 0.5 and 2.0**-1000 < abs(divisor) < 2.0**1000:  # a power of 2: exact
        return _mul(emitter, x, emitter.constant(1.0 / divisor))
    return emitter.emit(f"fdiv {VECTOR} {x}, {y}")


def _is(emitter: Emitter, value: str, number: float) -> bool:
    """Whether a value is this number; 0.0 is not -0.0."""
    known = emitter.known(value)
    return known is not None and emitter.constant(number) == value


def _neg(emitter: Emitter, x: str) -> str:
    inner = emitter.source(x, "neg")
    return inner or emitter.remember(emitter.emit(f"fneg {VECTOR} {x}"), "neg", x)


def _abs(emitter: Emitter, x: str) -> str:
    return emitter.remember(intrinsic(emitter, "fabs", emitter.source(x, "neg") or x), "abs", x)


def intrinsic(emitter: Emitter, name: str, *operands: str) -> str:
    """A call of one of LLVM's own functions."""
    symbol = f"llvm.{name}.{_SUFFIX}"
    emitter.definitions.declare(symbol, VECTOR, [VECTOR] * len(operands))
    return emitter.call(symbol, *operands)


def _fma(emitter: Emitter, x: str, y: str, z: str) -> str:
    for factor, other in ((x, y), (y, x)):
        if _is(emitter, factor, 1.0):
            return _add(emitter, other, z)
    return intrinsic(emitter, "fma", x, y, z)


def _intrinsic(name: str) -> Callable[..., str]:
    return lambda emitter, *operands: intrinsic(emitter, name, *operands)


def compare(emitter: Emitter, predicate: str, x: str, y: str) -> str:
    """The mask of a comparison."""
    return emitter.emit(f"fcmp {predicate} {VECTOR} {x}, {y}")


def select(emitter: Emitter, mask: str, x: str, y: str) -> str:
    """x in the rows where the mask holds, else y."""
    return x if x == y else emitter.emit(f"select {MASK} {mask}, {VECTOR} {x}, {VECTOR} {y}")


def _comparison(predicate: str) -> Callable[..., str]:
    return lambda emitter, x, y: emitter.number(compare(emitter, predicate, x, y))


def _where(emitter: Emitter, condition: str, x: str, y: str) -> str:
    number = emitter.known(condition)
    if number is not None:
        return x if number else y
    return select(emitter, emitter.truth(condition), x, y)


def _junction(opcode: str) -> Callable[..., str]:
    def write(emitter: Emitter, x: str, y: str) -> str:
        first, second = sorted((emitter.truth(x), emitter.truth(y)))
        return emitter.number(first if first == second else emitter.emit(f"{opcode} {MASK} {first}, {second}"))

    return write


def _not(emitter: Emitter, x: str) -> str:
    return emitter.number(emitter.emit(f"xor {MASK} {emitter.truth(x)}, splat (i1 true)"))


def _extreme(predicate: str) -> Callable[..., str]:
    """max and min: the second where they are equal, nan if either is."""

    def write(emitter: Emitter, x: str, y: str) -> str:
        if emitter.known(y) is not None and emitter.known(y) == emitter.known(y):
            return select(emitter, compare(emitter, f"u{predicate}", x, y), x, y)
        better = select(emitter, compare(emitter, f"o{predicate}", x, y), x, y)
        if emitter.known(x) is not None and emitter.known(x) == emitter.known(x):
            return better
        return select(emitter, compare(emitter, "uno", x, x), x, better)

    return write


def _sign(emitter: Emitter, x: str) -> str:
    zero, one, minus = (emitter.constant(number) for number in (0.0, 1.0, -1.0))
    below = select(emitter, compare(emitter, "olt", x, zero), minus, x)
    return select(emitter, compare(emitter, "ogt", x, zero), one, below)


def _step(emitter: Emitter, x: str) -> str:
    zero, one = emitter.constant(0.0), emitter.constant(1.0)
    below = select(emitter, compare(emitter, "ole", x, zero), zero, x)
    return select(emitter, compare(emitter, "ogt", x, zero), one, below)


INSTRUCTIONS: dict[str, Callable[..., str]] = {
    "add": _add,
    "sub": _sub,
    "mul": _mul,
    "div": _div,
    "neg": _neg,
    "abs": _abs,
    "sqrt": _intrinsic("sqrt"),
    "floor": _intrinsic("floor"),
    "ceil": _intrinsic("ceil"),
    "trunc": _intrinsic("trunc"),
    "round": _intrinsic("roundeven"),
    "copysign": _intrinsic("copysign"),
    "fma": _fma,
    "lt": _comparison("olt"),
    "le": _comparison("ole"),
    "gt": _comparison("ogt"),
    "ge": _comparison("oge"),
    "eq": _comparison("oeq"),
    "ne": _comparison("une"),
    "and": _junction("and"),
    "or": _junction("or"),
    "not": _not,
    "where": _where,
    "max": _extreme("gt"),
    "min": _extreme("lt"),
    "sign": _sign,
    "step": _step,
}
"""By name: writes its instructions and returns the result. `fma(x, y, z)` is x*y + z, rounded once."""
