"""Functions that other languages have, under names or with operands that this one has not: what to write instead."""

from __future__ import annotations

import re
from collections.abc import Sequence

from exprgrad.functions.table import ALIASES, FUNCTIONS, find
from exprgrad.text.spelling import did_you_mean

_CHOICE = "where({all}), or {1} ? {2} : {3}"
_NONE = ""
"""What is written for a function that the language cannot express."""

NAMES = {
    # choices and truths
    **dict.fromkeys("if iif ifelse if_else cond select piecewise case ternary when switch".split(), _CHOICE),
    "and": "{1} and {2}",
    "or": "{1} or {2}",
    "xor": "{1} != {2}",
    # logistic and steps
    **dict.fromkeys("sigma logistic expit sigm ς".split(), "sigmoid({all})"),
    **dict.fromkeys("unitstep theta θ H".split(), "step({all}), or heaviside({all}), which is 0.5 at 0"),
    **dict.fromkeys("pos ramp positivepart".split(), "relu({all})"),
    "relu6": "clip({1}, 0, 6)",
    # logarithms, powers, roots
    **dict.fromkeys("lb ld".split(), "log2({all})"),
    "logb": "log({1})/log(b)",
    "logn": "log({1})/log(n)",
    **dict.fromkeys("power pwr".split(), "pow({all})"),
    **dict.fromkeys("pow10 exp10 alog".split(), "10^[1]"),
    "pow2": "exp2({1})",
    "sqr": "square({1}), or sqrt({1})",
    **dict.fromkeys("root nthroot surd".split(), "[1]^(1/{2})"),
    **dict.fromkeys("inv reciprocal".split(), "1/[1]"),
    # angles
    "tg": "tan({all})",
    **dict.fromkeys("ctg ctan cotan cotg".split(), "cot({all})"),
    **dict.fromkeys("cosec".split(), "csc({all})"),
    **dict.fromkeys("arctg atn".split(), "atan({all})"),
    **dict.fromkeys("arcctg actg".split(), "acot({all})"),
    **dict.fromkeys("arccosec".split(), "acsc({all})"),
    "sh": "sinh({all})",
    "ch": "cosh({all})",
    **dict.fromkeys("th tgh".split(), "tanh({all})"),
    **dict.fromkeys("cth ctgh".split(), "coth({all})"),
    **dict.fromkeys("arsh arsinh".split(), "asinh({all})"),
    **dict.fromkeys("arch arcosh".split(), "acosh({all})"),
    **dict.fromkeys("arth artanh".split(), "atanh({all})"),
    **dict.fromkeys("arcth arcoth".split(), "acoth({all})"),
    "arsech": "asech({all})",
    **dict.fromkeys("arcsch arcosech".split(), "acsch({all})"),
    **dict.fromkeys("deg degrees rad2deg".split(), "[1]*180/pi"),
    **dict.fromkeys("rad radians deg2rad".split(), "[1]*pi/180"),
    "sind": "sin([1]*pi/180)",
    "cosd": "cos([1]*pi/180)",
    "tand": "tan([1]*pi/180)",
    # signs, rounding, remainders
    **dict.fromkeys("fabs absolute magnitude betrag".split(), "abs({all})"),
    **dict.fromkeys("sgn signum".split(), "sign({all})"),
    **dict.fromkeys("ceiling roundup".split(), "ceil({all})"),
    **dict.fromkeys("int fix truncate".split(), "trunc({all})"),
    **dict.fromkeys("entier rounddown".split(), "floor({all})"),
    **dict.fromkeys("frac fract".split(), "[1] % 1"),
    **dict.fromkeys("rem modulo".split(), "[1] % [2]"),
    **dict.fromkeys("div idiv floordiv".split(), "floor([1]/[2])"),
    **dict.fromkeys("clamp limit bound saturate constrain".split(), "clip({all})"),
    **dict.fromkeys("lerp mix".split(), "a + (b - a)*t"),
    "smoothstep": "u = clip((x - a)/(b - a), 0, 1); u^2*(3 - 2*u)",
    "hypotenuse": "hypot({all})",
    # special functions
    **dict.fromkeys("factorial fact fac".split(), "gamma({1} + 1)"),
    **dict.fromkeys("binomial binom choose comb ncr".split(), "gamma(n + 1)/(gamma(k + 1)*gamma(n - k + 1))"),
    "β": "beta({all})",
    **dict.fromkeys("betaln logbeta".split(), "lbeta({all})"),
    **dict.fromkeys("probit normppf qnorm norminv ndtri normicdf".split(), "normal_quantile({1})"),
    **dict.fromkeys("logndtr lognormcdf".split(), "log_normal_cdf({1})"),
    **dict.fromkeys("lambert productlog lambertw0 w".split(), "lambertw({all})"),
    **dict.fromkeys("expi eint".split(), "ei({all})"),
    **dict.fromkeys("exp1 e1".split(), "expint(1, {all})"),
    "expn": "expint({all})",
    "sici": "si({all}), or ci({all})",
    **dict.fromkeys("sinint sinintegral".split(), "si({all})"),
    **dict.fromkeys("cosint cosintegral".split(), "ci({all})"),
    "ζ": "zeta({all})",
    **dict.fromkeys("igam gammap pgamma igamma".split(), "gammainc({all})"),
    **dict.fromkeys("igamc gammaq".split(), "gammaincc({all})"),
    **dict.fromkeys("ibeta pbeta betareg".split(), "betainc({all})"),
    **dict.fromkeys("j0 besj0".split(), "besselj(0, {all})"),
    **dict.fromkeys("j1 besj1".split(), "besselj(1, {all})"),
    **dict.fromkeys("jn jv besj".split(), "besselj({all})"),
    "y0": "bessely(0, {all})",
    "y1": "bessely(1, {all})",
    **dict.fromkeys("yn yv besy".split(), "bessely({all})"),
    "i0": "besseli(0, {all})",
    "i1": "besseli(1, {all})",
    **dict.fromkeys("iv besi".split(), "besseli({all})"),
    "k0": "besselk(0, {all})",
    "k1": "besselk(1, {all})",
    **dict.fromkeys("kv kn besk".split(), "besselk({all})"),
    "ai": "airyai({all})",
    "bi": "airybi({all})",
    "inverf": "erfinv({all})",
    **dict.fromkeys("gammaln loggamma lngamma".split(), "lgamma({all})"),
    "γ": "gamma({all})",
    **dict.fromkeys("psi ψ".split(), "digamma({all})"),
    **dict.fromkeys("trigamma".split(), "polygamma(1, {all})"),
    **dict.fromkeys("phi φ".split(), "normal_cdf({1}), or normal_pdf({1})"),
    **dict.fromkeys("normcdf pnorm ncdf cdf ndtr".split(), "normal_cdf({1})"),
    **dict.fromkeys("normpdf dnorm npdf pdf gaussian".split(), "normal_pdf({1})"),
    # columns
    **dict.fromkeys("avg average mittel".split(), "mean({all})"),
    **dict.fromkeys("stddev stdev sd stdevp".split(), "std({all})"),
    **dict.fromkeys("variance varp".split(), "var({all})"),
    **dict.fromkeys("len length size nrow".split(), "count({all})"),
    **dict.fromkeys("total Σ".split(), "sum({all})"),
    **dict.fromkeys("product".split(), "prod({all})"),
    "dot": "sum([1]*[2])",
    **dict.fromkeys("mse".split(), "mean((x - y)^2)"),
    **dict.fromkeys("mae".split(), "mean(abs(x - y))"),
    "percentile": "quantile([1], [2]/100)",
    "rms": "sqrt(mean([1]^2))",
    # derivatives
    **dict.fromkeys("derivative derive deriv differentiate gradient grad".split(), "diff(f, x)"),
    # none
    **dict.fromkeys("integral integrate quad lim limit".split(), _NONE),
    **dict.fromkeys("rand random randn normal dirac delta δ real re im conj".split(), _NONE),
}
"""By the name, as it is or in lower case without underscores: what to write, with `{1}` for the first operand, `[1]`
for it in parentheses where it needs them, and `{all}` for all operands."""

ARITIES = {
    "diff": "write diff({1}, x)",
    "log": "to base b, write log(x)/log(b)",
    "exp": "a power is x^y",
    "sqrt": "write x^(1/n)",
    "atan": "write atan2({all})",
    "round": "to n digits, write round(x*10^n)/10^n",
    "norm": "write hypot({all})",
    "pow": "a power is x^y",
    "sum": "it adds the rows of a column; of several values, write {sum}",
    "prod": "it multiplies the rows of a column; of several values, write {product}",
    "mean": "it is that of the rows of a column; of several values, write ({sum})/{count}",
    "softmax": "it is that of the rows of a column; of two values, write softmax2(x, y)",
    "logsumexp": "it is that of the rows of a column; of two values, write logaddexp(x, y)",
    "normal_pdf": "write normal_pdf((x - m)/s)/s",
    "normal_cdf": "write normal_cdf((x - m)/s)",
    "expint": "of order 1, write expint(1, {1}); the integral of exp(t)/t up to x is ei(x)",
    "atan2": "of one value, write atan(x)",
    "where": "write where(condition, x, y), or condition ? x : y",
    "clip": "write clip(x, low, high)",
}
"""What to write where a function of the language is called with more or fewer operands than it takes."""


def is_foreign(name: str) -> bool:
    """Whether other languages have a function of this name."""
    return _row(name) is not None


def _row(name: str) -> str | None:
    return NAMES.get(name, NAMES.get(name.lower().replace("_", "")))


def instead(call: str, others: Sequence[str]) -> str:
    """A hint for a call such as `heaviside(x)` of a function that the language has not; `others` are functions of
    the user's."""
    name, operands = _parts(call)
    plain = name.lower().replace("_", "")
    row = _row(name)
    if row is not None:
        return f"write {_filled(row, operands)}" if row else "the language has none"
    for known in _called():
        if known.replace("_", "") == plain:
            return f"write {known}({', '.join(operands)})"
    if based := re.fullmatch(r"log_?(\w+)", name):
        return _filled(f"write log({{1}})/log({based[1]})", operands)
    return did_you_mean(name, [*_called(), *others], "`exprgrad functions` lists them", "'{}'")


def with_operands(call: str) -> str:
    """A hint for a call of a function of the language with a wrong number of operands."""
    name, operands = _parts(call)
    if not operands and (function := find(name)):
        return f"write {name}({', '.join(function.operands)})"
    return _filled(ARITIES.get(ALIASES.get(name, name), ""), operands)


def _called() -> list[str]:
    """The names by which a person calls functions."""
    rows = ((name, find(name)) for name in (*FUNCTIONS, *ALIASES))
    return [name for name, row in rows if row and not row.helper and (row.called or not row.symbol)]


_LONGEST = 40
"""Characters of an operand that a hint repeats."""


def _parts(call: str) -> tuple[str, list[str]]:
    """The name of a call and its operands."""
    name, _, rest = call.partition("(")
    operands, depth = [""], 0
    for character in rest.rpartition(")")[0]:
        depth += (character in "([") - (character in ")]")
        if character == "," and depth == 0:
            operands.append("")
        else:
            operands[-1] += character
    found = [operand.strip() for operand in operands]
    return name.strip(), [operand if len(operand) <= _LONGEST else "…" for operand in found if operand]


def _filled(row: str, operands: Sequence[str]) -> str:
    """The row with the operands put in; where it names more of them than there are, with letters."""
    for number, operand in enumerate([*operands, *"xyz"[len(operands) :]], 1):
        whole = operand if re.fullmatch(r"[\w.…]*(\([^()]*\))?", operand) else f"({operand})"
        row = row.replace(f"[{number}]", whole).replace(f"{{{number}}}", operand)
    words = {"all": ", ".join(operands), "sum": " + ".join(operands), "product": "*".join(operands)}
    for word, text in {**words, "count": str(len(operands))}.items():
        row = row.replace(f"{{{word}}}", text)
    return row
