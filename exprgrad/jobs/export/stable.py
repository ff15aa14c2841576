"""The table's functions as short formulas that keep their digits, for targets without the careful sources.

The interpreter computes many functions in double-double arithmetic, to 2 ulp. These formulas are made of what
every numerical library has and keep 13 digits: nothing cancels, overflows or vanishes early.
"""

from __future__ import annotations

from exprgrad.functions.table import FUNCTIONS

_POWER = "abs(x^y)"
_LARGER = "max(abs(x), abs(y))"

STABLE: dict[str, str] = {
    "step": "x > 0 ? 1 : x <= 0 ? 0 : x",
    "sign": "x > 0 ? 1 : x < 0 ? -1 : x",
    "square": "x*x",
    "hypot": f"abs(x) == inf or abs(y) == inf ? inf : {_LARGER} == 0 ? 0"
    f" : {_LARGER}*sqrt(1 + square(min(abs(x), abs(y))/{_LARGER}))",
    "unit": f"abs(x) == inf ? sign(x)*(abs(y) == inf ? sqrt(0.5) : 1) : abs(y) == inf ? x/inf"
    f" : {_LARGER} == 0 ? 0 : x/{_LARGER}/hypot(x/{_LARGER}, y/{_LARGER})",
    "copysign": "y < 0 or y == 0 and 1/y < 0 ? -abs(x) : abs(x)",
    "mod": "x - y*floor(x/y)",
    "cbrt": "sign(x)*abs(x)^(1/3)",
    "exp2": "2^x",
    "exp2_slope": "exp2(x - 1)*(2*log(2))",
    "log2": "log(x)/log(2)",
    "log10": "log(x)/log(10)",
    # the rounding of 1 + x, and of e^x, is undone by what it brings to the logarithm (Kahan, in Higham 2002, 1.14)
    "log1p": "1 + x == 1 ? x : 1 + x == inf ? inf : log(1 + x)*(x/((1 + x) - 1))",
    "expm1": "exp(x) == 1 ? x : exp(x) == inf ? inf : exp(x) - 1 == -1 ? -1 : (exp(x) - 1)*(x/log(exp(x)))",
    "sinc": "x == 0 ? 1 : abs(x) == inf ? 0 : sin(x)/x",
    "sech": "2*exp(-abs(x))/(1 + exp(-2*abs(x)))",
    "csch": "abs(x) > 1 ? copysign(2*exp(-abs(x))/(1 - exp(-2*abs(x))), x) : 1/sinh(x)",
    "coth": "1/tanh(x)",
    "logcosh": "abs(x) < 1 ? log1p(2*square(sinh(x/2))) : abs(x) - log(2) + log1p(exp(-2*abs(x)))",
    "pow_slope": f"y == 0 ? 0 : x == 0 or not abs(x) < inf or {_POWER} <= 1e-300 or {_POWER} == inf"
    " ? y*x^(y - 1) : abs(y) < 1 ? y*x^y/x : y*(x^y/x)",
    "pow_log": "x == 0 and y > 0 ? 0 : x^y*log(x)",
    "sigmoid": "exp(min(x, 0))/(1 + exp(-abs(x)))",
    "silu": "x == -inf ? 0 : x*sigmoid(x)",
    "silu_slope": "abs(x) == inf ? sigmoid(x) : sigmoid(x)*(1 + x*sigmoid(-x))",
    "mish": "x < -700 ? 0 : x > 40 ? x : x > 0"
    " ? x*(1 + 2*exp(-x))/(1 + 2*exp(-x)*(1 + exp(-x)))"
    " : x*exp(x)*(exp(x) + 2)/(exp(x)*(exp(x) + 2) + 2)",
    "mish_slope": "abs(x) > 900 ? step(x) : tanh(softplus(x)) + x*square(sech(softplus(x)))*sigmoid(x)",
    "gelu_gate": "abs(x) > 30 ? step(x) : sigmoid(sqrt(8/pi)*(x + 0.044715*x*x*x))",
    "gelu": "x < -30 ? 0 : x*gelu_gate(x)",
    "gelu_slope": "abs(x) > 30 ? step(x) : gelu_gate(x)*(1 + x*gelu_gate(-x)*sqrt(8/pi)*(1 + 0.134145*x*x))",
    "gauss": "exp(-x*x)",
    "normal_pdf": "exp(-x*x/2)/sqrt(2*pi)",
    "normal_pdf_slope": "abs(x) > 39 ? 0*sign(x) : -x*normal_pdf(x)",
    "normal_cdf": "erfc(-x/sqrt(2))/2",
    "gelu_erf": "x < -40 ? 0 : x*normal_cdf(x)",
    "gelu_erf_slope": "abs(x) > 40 ? step(x) : normal_cdf(x) + x*normal_pdf(x)",
    "logaddexp": "x == y ? x + log(2) : max(x, y) + log1p(exp(-abs(x - y)))",
    "softmax2": "x == y ? 0.5 : sigmoid(x - y)",
}


def formula(function: str) -> str | None:
    """A function of the table over others; None where there is no such formula."""
    if function in STABLE:
        return STABLE[function]
    return FUNCTIONS[function].definition or None if function in FUNCTIONS else None
