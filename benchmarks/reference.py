"""What every function of the table should give, from `exprgrad.jobs.check.precise`, and the error in ulp.

Nothing here reads the table's `partials`: a derivative is the central difference of the formula, at a
step and a precision that are raised until the result stands still. Literals in a formula are the decimal
numbers as written (0.044715 is 44715/1000000), and pi and e are the real numbers.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Sequence

from exprgrad.functions.entry import SECOND, Function
from exprgrad.functions.floats import float_rule
from exprgrad.jobs.check.digits import UNKNOWN, Number, mp
from exprgrad.jobs.check.meanings import psi
from exprgrad.jobs.check.precise import meaning, real, rule
from exprgrad.jobs.check.special import SPECIAL, erfcinv, erfcx

# Bits of the step relative to the operand, and of the working precision, that are tried in turn.
# The last two serve sin(1e308), where the step must be below 2^-1024 of the operand.
LADDER = ((90, 400), (190, 1300), (420, 2600), (1200, 5200), (1400, 7000))
AGREED = 64  # bits in which two rungs must agree
LARGEST = mp.mpf(sys.float_info.max)
SMALLEST = mp.mpf(sys.float_info.min)


# Derivatives that mpmath has in closed form; differences of gamma and error functions would be slow.
_CLOSED: dict[tuple[str, int], Callable[..., Number]] = {
    ("round", 0): lambda x: mp.mpf(0),  # where the step would exceed that of the staircase
    ("gamma", 0): lambda x: mp.gamma(x) * psi(0, x),
    ("lgamma", 0): lambda x: psi(0, x),
    ("digamma", 0): lambda x: psi(1, x),
    ("polygamma", 1): lambda n, x: psi(n + 1, x),
    ("erfcx", 0): lambda x: mp.nan if x > 9_000 else 2 * x * erfcx(x) - 2 / mp.sqrt(mp.pi),
    ("ierfcx", 1): lambda n, x: -2 * (n + 1) * SPECIAL["ierfcx"](n + 1, x),
    ("erfinv", 0): lambda x: mp.sqrt(mp.pi) / 2 * mp.exp(SPECIAL["erfinv"](x) ** 2),
    ("erfcinv", 0): lambda x: -mp.sqrt(mp.pi) / 2 * mp.exp(erfcinv(x) ** 2),
    ("normal_quantile", 0): lambda x: mp.sqrt(2 * mp.pi) * mp.exp(erfcinv(2 * x) ** 2),
    ("log_normal_cdf", 0): lambda x: mp.sqrt(2 / mp.pi) / erfcx(-x / mp.sqrt(2)),
    ("beta", 0): lambda a, b: -SPECIAL["beta"](a, b) * SPECIAL["polygamma_difference"](0, a, b),
    ("beta", 1): lambda a, b: -SPECIAL["beta"](a, b) * SPECIAL["polygamma_difference"](0, b, a),
    ("lbeta", 0): lambda a, b: -SPECIAL["polygamma_difference"](0, a, b),
    ("lbeta", 1): lambda a, b: -SPECIAL["polygamma_difference"](0, b, a),
    ("polygamma_difference", 1): lambda n, x, h: SPECIAL["polygamma_difference"](n + 1, x, h),
    ("polygamma_difference", 2): lambda n, x, h: psi(n + 1, x + h),
    ("expint", 1): lambda n, x: -mp.expint(n - 1, x),
    ("ei", 0): lambda x: mp.exp(x) / x,
    ("si", 0): lambda x: mp.sin(x) / x if x else mp.mpf(1),
    ("ci", 0): lambda x: mp.cos(x) / x,
    ("zeta", 0): lambda x: SPECIAL["zeta_derivative"](1, x),
    ("zeta_derivative", 1): lambda n, x: SPECIAL["zeta_derivative"](n + 1, x),
    ("gammainc", 1): lambda a, x: SPECIAL["gamma_density"](a, x),
    ("gammaincc", 1): lambda a, x: -SPECIAL["gamma_density"](a, x),
    ("betainc", 2): lambda a, b, x: SPECIAL["beta_density"](a, b, x),
    ("besselj", 1): lambda v, x: (SPECIAL["besselj"](v - 1, x) - SPECIAL["besselj"](v + 1, x)) / 2,
    ("bessely", 1): lambda v, x: (SPECIAL["bessely"](v - 1, x) - SPECIAL["bessely"](v + 1, x)) / 2,
    ("besseli", 1): lambda v, x: (SPECIAL["besseli"](v - 1, x) + SPECIAL["besseli"](v + 1, x)) / 2,
    ("besselk", 1): lambda v, x: -(SPECIAL["besselk"](v - 1, x) + SPECIAL["besselk"](v + 1, x)) / 2,
    ("airyai", 0): SPECIAL["airyaiprime"],
    ("airybi", 0): SPECIAL["airybiprime"],
    ("airyaiprime", 0): lambda x: x * SPECIAL["airyai"](x),
    ("airybiprime", 0): lambda x: x * SPECIAL["airybi"](x),
    ("erf", 0): lambda x: 2 / mp.sqrt(mp.pi) * mp.exp(-x * x),
    ("erfc", 0): lambda x: -2 / mp.sqrt(mp.pi) * mp.exp(-x * x),
    ("normal_cdf", 0): lambda x: mp.exp(-x * x / 2) / mp.sqrt(2 * mp.pi),
}


def _settle(compute: Callable[[int], Number]) -> Number:
    """The first result that two rungs of the ladder agree on; a zero must hold up to the last."""
    last = None
    for step, precision in LADDER:
        with mp.workprec(precision):
            result = compute(step)
            if last is not None and (
                (mp.isnan(result) and mp.isnan(last))
                or (mp.isinf(result) and result == last)
                or (result != 0 and abs(result - last) <= mp.ldexp(abs(result), -AGREED))
            ):
                return result
            last = result
    return last if last == 0 else mp.nan


_SIGNED_ZEROS: dict[str, Callable[..., float]] = {
    "copysign": math.copysign,
    "atan2": math.atan2,
    "acot": lambda x: math.copysign(math.pi / 2.0, x),
}
"""Functions that tell -0 from 0, which mpmath does not."""


def _measured(function: Function, meant: Callable[..., Number]) -> Callable[..., Number]:
    """A function as `real` has it, with nan, which is not measured, where it would take too many digits."""
    evaluate = real(function, meant)

    def wrapped(*operands: Number) -> Number:
        found = evaluate(*operands)
        return mp.nan if found is UNKNOWN else found

    return wrapped


def value(function: Function, operands: Sequence[float]) -> Number:
    """The function's exact value (to 64 bits and more), nan where it is not real."""
    if function.name in _SIGNED_ZEROS and 0.0 in operands:
        return mp.mpf(_SIGNED_ZEROS[function.name](*operands))
    evaluate = _measured(function, meaning(function))
    return _settle(lambda step: evaluate(*[mp.mpf(x) for x in operands]))


def partial(function: Function, index: int, operands: Sequence[float]) -> Number:
    """The exact partial derivative with respect to one operand, from differences of the formula alone."""
    if (function.name, index) in _CLOSED:
        closed = _measured(function._replace(slow=False, transcendental=False), _CLOSED[function.name, index])
        return _settle(lambda step: closed(*[mp.mpf(x) for x in operands]))
    evaluate = _measured(function, meaning(function))
    sizes = [abs(x) for x in operands if x]
    if operands[index]:
        sizes.append(abs(operands[index]))
    unit = min([1.0, *sizes]) if operands[index] == 0 else min(sizes)

    def difference(step: int) -> Number:
        h = mp.ldexp(mp.mpf(unit), -step)
        above, below = ([mp.mpf(x) + sign * h * (i == index) for i, x in enumerate(operands)] for sign in (1, -1))
        return (evaluate(*above) - evaluate(*below)) / (2 * h)

    return _settle(difference)


def term(function: Function, which: int, operands: Sequence[float]) -> Number:
    """The larger term that errors are counted in near a root; 0 where the row names none.

    `which` is 0 for the value, then 1, 2, … for the partials.
    """
    text = function.terms[which] if which < len(function.terms) else ""
    if not text:
        return mp.mpf(0)
    with mp.workprec(160):
        size = rule(text, function.operands)([mp.mpf(x) for x in operands])
    return abs(size) if size is not UNKNOWN and mp.isfinite(size) else mp.mpf(0)


def error(got: float, true: Number, larger: Number = 0, margin: int = 0) -> float:
    """Error in ulp of the true result or of the larger term. A spurious 0, nan or infinity is infinite.

    Where the true result is no normal float but 0 or an infinity, the result must merely be near it;
    an infinity where the true result is one of the largest floats counts as 2^1024.
    Nothing is measured within `margin` powers of 2 from the ends of the range.
    """
    if mp.isnan(true) or (margin and not mp.ldexp(SMALLEST, margin) < abs(true) < mp.ldexp(LARGEST, -margin)):
        return 0.0
    size = abs(true)
    if size > LARGEST:
        return 0.0 if abs(got) > 0.999999 * sys.float_info.max and (got > 0) == (true > 0) else math.inf
    if max(size, larger) < SMALLEST:
        return 0.0 if abs(got) <= 2 * sys.float_info.min else math.inf
    if math.isnan(got) or (math.isinf(got) and (got > 0) != (true > 0)):
        return math.inf
    with mp.workprec(160):
        exponent = mp.frexp(max(size, larger))[1]
        number = mp.sign(got) * mp.mpf(2) ** 1024 if math.isinf(got) else mp.mpf(got)
        wrong = float(mp.ldexp(abs(number - true), 53 - exponent))
    return math.inf if math.isinf(got) and wrong > 2**13 else wrong


def is_kink(function: Function, operands: Sequence[float], out: float | None = None) -> bool:
    """Whether a convention, not a limit, gives the derivative here. The value may be given."""
    if not function.kink:
        return False
    if out is None:
        out = float_value(function)(*operands)
    return bool(float_rule(function.kink, (*function.operands, "out"))((*operands, out)))


def has_slope(function: Function, operands: Sequence[float], out: float | None = None) -> bool:
    """Whether a derivative is to be measured: not at a kink, nor where the function itself is nan, nor of a
    helper at operands whose square may leave the range, or which x - 1 no longer changes exactly. The value may be
    given."""
    if margin(function) and any(x and not 1e-150 < abs(x) < 1e15 for x in operands):
        return False
    if out is None:
        out = float_value(function)(*operands)
    return out == out and not is_kink(function, operands, out)


def float_value(function: Function) -> Callable[..., float]:
    """The table's function on floats."""
    if function.value is not None:
        return function.value
    rule = float_rule(function.definition, function.operands)
    return lambda *operands: rule(operands)


def float_partial(function: Function, index: int, operands: Sequence[float]) -> float:
    """The table's partial on floats: its formula, or 0 where its gate is closed."""
    return partial_rule(function, index)((*operands, float_value(function)(*operands)))


def partial_rule(function: Function, index: int) -> Callable[[Sequence[float]], float]:
    """The same, as a function of the operands and the value."""
    names = (*function.operands, "out")
    compute = float_rule(function.partials[index], names)
    gate = function.gates[index] if function.gates else ""
    if not gate:
        return compute
    opened = float_rule(gate, names)
    return lambda values: compute(values) if opened(values) else 0.0


def margin(function: Function) -> int:
    """Powers of 2 from the ends of the range where the partials of a helper are not measured."""
    return 60 if function.ulp[1] >= SECOND else 0


def value_error(function: Function, operands: Sequence[float]) -> float:
    """Error of the value in ulp."""
    got = float_value(function)(*operands)
    return error(got, value(function, operands), term(function, 0, operands))


def partial_error(function: Function, index: int, operands: Sequence[float]) -> float:
    """Error of a partial in ulp; 0 where there is none: at a kink, by a whole number, and where the table has none."""
    if function.operands[index] == "n" or function.partials[index] == "nan" or not has_slope(function, operands):
        return 0.0
    got = float_partial(function, index, operands)
    return error(got, partial(function, index, operands), term(function, index + 1, operands), margin(function))
