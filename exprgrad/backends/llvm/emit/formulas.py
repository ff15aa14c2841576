"""Functions as programs of the language, for vectors: short, without branches, over `exp` and few others.

A form names its operands, then intermediate values, and ends with the result. Besides the functions of the
table it may use those in `bits`, `fma(x, y, z)` = x*y + z, rounded once, and other forms. Emitted code
shares equal parts: sigmoid and softplus of one x have one exponential.

Each value stays within 4 ulp of the bound in the function's entry, each derivative likewise.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from exprgrad.functions.rules import Rule, bind

if TYPE_CHECKING:
    from exprgrad.backends.llvm.emit.emitter import Emitter

FORMS: dict[str, str] = {
    # e^r - 1: (e^r - 1 - r)/r^2 as a minimax polynomial, to 2^-57
    "expm1_reduced": """r
        fma(r*r, polynomial(r, 0.5000000000000011, 0.16666666666666408, 0.04166666666652792, 0.00833333333349767,
            0.0013888888944344451, 0.00019841269501371544, 2.480149225145107e-05, 2.755758933460826e-06,
            2.7630583533185517e-07, 2.4999684309961196e-08), r)
    """,
    # x - n*log(2), with log(2) in two parts, of which the first has 42 bits
    "exp_rest": """x n
        fma(n, -5.497923018708371e-14, fma(n, -0.6931471805598903, x))
    """,
    # e^(high + low)*factor for high <= 0 and a small low. Neither e^high nor the product is rounded before the
    # end, so the result is right where e^high alone underflows. 2^n in two steps, as far as 2^-1150; it is ready
    # before the polynomial.
    "exp_below": """high low factor
        exp_between(limit(high, -797, 0), low, factor)
    """,
    # the same for -797 <= high <= 0
    "exp_between": """high low factor
        power = fma(high, 1.4426950408889634, biased(128))
        r = exp_rest(high, power - biased(128)) + low
        scale = factor*power_of_two(power)*2.938735877055719e-39
        fma(scale, expm1_reduced(r), scale)
    """,
    # For any x: as 2^n may overflow where e^x does not, the last step comes last.
    "exp.general": """x
        below = x < 0
        t = limit(x, -797, 720)
        bias = below ? biased(128) : biased(-128)
        power = fma(t, 1.4426950408889634, bias)
        r = exp_rest(t, power - bias)
        scale = below ? 2.938735877055719e-39 : 3.402823669209385e+38
        fma(scale, expm1_reduced(r), scale)*power_of_two(power)
    """,
    "exp2": """x
        exp2_product(x, 1)
    """,
    "exp2_slope": """x
        exp2_product(x, 0.6931471805599453)
    """,
    "exp2_product": """x factor
        below = x < 0
        t = limit(x, -1150, 1040)
        bias = below ? biased(128) : biased(-128)
        power = t + bias
        r = 0.6931471805599453*(t - (power - bias))
        scale = factor*(below ? 2.938735877055719e-39 : 3.402823669209385e+38)
        fma(scale, expm1_reduced(r), scale)*power_of_two(power)
    """,
    # 2^n*(e^r - 1) + (2^n - 1), by way of the half, as 2^n itself may overflow
    "expm1": """x
        t = limit(x, -45, 710)
        power = fma(t, 1.4426950408889634, biased(-1))
        n = power - biased(-1)
        half = power_of_two(power)
        rest = expm1_reduced(exp_rest(t, n))
        copysign(n == 0 ? rest : 2*fma(half, rest, half - 0.5), x)
    """,
    # log(1 + f) for f in [sqrt(1/2) - 1, sqrt(2) - 1], + k*log(2): with s = f/(2 + f) it is 2*atanh(s), and
    # (atanh(s)/s - 1)/s^2*2 a minimax polynomial in s^2, to 2^-59.
    "log_sum": """f k
        s = f/(2 + f)
        z = s*s
        r = polynomial(z, 0.6666666666666731, 0.3999999999943343, 0.28571428739023536, 0.22222198861321915,
            0.1818355157562235, 0.15314331656985758, 0.1479350929792036)
        half = 0.5*f*f
        fma(k, 0.6931471805598903, f - (half - fma(s, fma(z, r, half), k*5.497923018708371e-14)))
    """,
    "log": """x
        small = x < 2.2250738585072014e-308
        normal = small ? x*18014398509481984 : x
        value = log_sum(mantissa(normal) - 1, exponent(normal) - (small ? 54 : 0))
        x > 0 and x < inf ? value : x == 0 ? -inf : x < 0 ? nan : x
    """,
    "log1p": """x
        u = 1 + x
        rest = x < 1 ? x - (u - 1) : 1 - (u - x)
        value = log_sum(fma(rest, inverse_power(min(u, 1e300)), mantissa(u) - 1), exponent(u))
        tiny = abs(x) < 1e-17
        x > -1 and x < inf ? (tiny ? x : value) : x == -1 ? -inf : x < -1 ? nan : x
    """,
    # log1p for 0 <= x <= 1, such as e^-abs(t)
    "log1p_unit": """x
        big = x > 0.41421356237309503
        log_sum(big ? fma(0.5, x, -0.5) : x, big ? 1 : 0)
    """,
    "softplus": """x
        max(x, 0) + log1p_unit(exp_below(-abs(x), -0, 1))
    """,
    "logsigmoid": """x
        min(x, 0) - log1p_unit(exp_below(-abs(x), -0, 1))
    """,
    # The logistic gate, with one division for x and -x.
    "sigmoid": """x
        decay = exp_below(-abs(x), -0, 1)
        share = 1/(1 + decay)
        x < 0 ? decay*share : share
    """,
    "silu": """x
        share = 1/(1 + exp_below(-abs(x), -0, 1))
        x < 0 ? exp_below(-abs(x), -0, limit(x, -1000, 0))*share : x*share
    """,
    "silu_slope": """x
        decay = exp_below(-abs(x), -0, 1)
        share = 1/(1 + decay)
        slope = fma(limit(x, -1000, 1000), x < 0 ? share : decay*share, 1)
        x < 0 ? exp_below(-abs(x), -0, slope)*share : slope*share
    """,
    # gelu's abs(t) = sqrt(8/pi)*(a + 0.044715*a^3) = a*(A + B*a^2) for a = abs(x), and e^-abs(t)*factor. Where a is
    # 22, all that this decides has long underflowed.
    "gelu_size": """x
        at_most(abs(x), 22)
    """,
    "gelu_decay": """a factor
        square = a*a
        cubic = 0.07135481627260025*square
        slope = cubic + 1.5957691216057308
        cubic_low = fma(0.07135481627260025, square, -cubic)
        constants_low = fma(-6.175149918155315e-19, square, -9.96930880911092e-17)
        slope_low = sum_error(1.5957691216057308, cubic)
            + (cubic_low + fma(0.07135481627260025, fma(a, a, -square), constants_low))
        t = a*slope
        exp_between(-t, fma(-a, slope_low, fma(-a, slope, t)), factor)
    """,
    # what is lost in x + y (Knuth, TAOCP 2, 4.2.2)
    "sum_error": """x y
        total = x + y
        part = total - x
        (x - (total - part)) + (y - part)
    """,
    "gelu_gate": """x
        decay = gelu_decay(gelu_size(x), 1)
        share = 1/(1 + decay)
        x < 0 ? decay*share : share
    """,
    "gelu": """x
        a = gelu_size(x)
        share = 1/(1 + gelu_decay(a, 1))
        (x < 0 ? gelu_decay(a, -a) : x)*share
    """,
    "gelu_slope": """x
        a = gelu_size(x)
        decay = gelu_decay(a, 1)
        share = 1/(1 + decay)
        w = a*fma(0.21406444881780073, a*a, 1.5957691216057308)
        slope = fma(w, x < 0 ? -share : decay*share, 1)
        (x < 0 ? gelu_decay(a, slope) : slope)*share
    """,
    # 1 + -2*e/(1 + e) with e = e^-2*abs(x), and x + x*x^2*p(x^2)/q(x^2) up to 0.625 (Moshier's Cephes, tanh.c)
    "tanh": """x
        size = abs(x)
        decay = exp_below(-2*size, -0, 1)
        small = size <= 0.625
        square = x*x
        above = small ? size*(square*polynomial(square, -1614.6876844170845, -99.28772310019185, -0.9643991794250523))
            : -2*decay
        below = small ? polynomial(square, 4844.063053251255, 2235.4883906010045, 112.81167849163293, 1) : 1 + decay
        copysign((small ? size : 1) + above/below, x)
    """,
    "sech": """x
        decay = exp_below(-abs(x), -0, 1)
        2*decay/fma(decay, decay, 1)
    """,
    "sech_square": """x
        decay = exp_below(-2*abs(x), -0, 1)
        total = 1 + decay
        4*decay/(total*total)
    """,
    # e^-(h + l) with x^2 = h + l exactly
    "gauss": """x
        t = limit(x, -30, 30)
        exp_below(-(t*t), -fma(t, t, -(t*t)), 1)
    """,
    "half_square": """x
        -0.5*(x*x)
    """,
    "half_square_low": """x
        -0.5*fma(x, x, -(x*x))
    """,
    "normal_pdf": """x
        t = limit(x, -40, 40)
        exp_below(half_square(t), half_square_low(t), 0.3989422804014327)
    """,
    "normal_pdf_slope": """x
        t = limit(x, -40, 40)
        exp_below(half_square(t), half_square_low(t), -0.3989422804014327*t)
    """,
    # e^(x^2)*erfc(x)*(1 + 2*x) for 0 <= x <= 40 as a polynomial in (x - 4)/(x + 4) (the variable of Shepherd and
    # Laframboise 1981, Math. Comp. 36), to 2^-54
    "erfcx": """x
        t = (x - 4)/(x + 4)
        polynomial(t, 1.2329951186255526, -0.1396211168405625, 0.015379652102619415, 0.06809705425469166,
            -0.10103906603628719, 0.09373283499838864, -0.06633036581255057, 0.03716751553677351,
            -0.016197734054761284, 0.005031969985096378, -0.0007577733021725961, -0.00019925673674711053,
            0.00015062169819019734, -2.4399061752891003e-05, -1.1221983553804302e-05, 5.709391798981615e-06,
            2.935244730051359e-07, -8.249759655695139e-07, 7.519109806124758e-08, 1.0976210738941394e-07,
            -1.8438394579123787e-08, -1.4082841970156718e-08, 2.0340436400553576e-09,
            1.3172702887224342e-09)/(1 + 2*x)
    """,
    "erfc": """x
        size = limit(abs(x), 0, 30)
        tail = exp_below(-(size*size), -fma(size, size, -(size*size)), erfcx(size))
        x < 0 ? 2 - tail : tail
    """,
    # normal_cdf(-abs(x))*e^(x^2/2)
    "normal_ratio": """x
        0.5*erfcx(0.7071067811865476*abs(x))
    """,
    "normal_cdf": """x
        t = limit(x, -40, 40)
        tail = exp_below(half_square(t), half_square_low(t), normal_ratio(t))
        x > 0 ? 1 - tail : tail
    """,
    "gelu_erf": """x
        t = limit(x, -40, 40)
        ratio = normal_ratio(t)
        tail = exp_below(half_square(t), half_square_low(t), x > 0 ? ratio : t*ratio)
        x > 0 ? x*(1 - tail) : tail
    """,
    "gelu_erf_slope": """x
        t = limit(x, -40, 40)
        ratio = normal_ratio(t)
        tail = exp_below(half_square(t), half_square_low(t), fma(0.3989422804014327, t, x > 0 ? -ratio : ratio))
        x > 0 ? 1 + tail : tail
    """,
    # x*a/(a + 2) with a = e^x*(e^x + 2), both times e^-2x for x > 0
    "mish_below": """decay negative
        negative ? fma(decay, decay + 2, 2) : fma(2*decay, decay + 1, 1)
    """,
    "mish": """x
        decay = exp_below(-abs(x), -0, 1)
        above = x < 0 ? exp_below(-abs(x), -0, limit(x, -1000, 0)*(decay + 2)) : x*fma(2, decay, 1)
        x < inf ? above/mish_below(decay, x < 0) : x
    """,
    "mish_slope": """x
        t = limit(x, -1000, 1000)
        decay = exp_below(-abs(x), -0, 1)
        below = mish_below(decay, x < 0)
        rest = 4*t*(decay + 1)
        above = x < 0 ? exp_below(-abs(x), -0, fma(decay + 2, below, rest))
            : fma(fma(2, decay, 1), below, rest*(decay*decay))
        above/(below*below)
    """,
    "csch": """x
        copysign(2*exp_below(-abs(x), -0, 1)/-expm1(-2*abs(x)), x)
    """,
    "coth": """x
        1/tanh(x)
    """,
    # x^2/2 - x^4*r(x^2) up to 0.8
    "logcosh": """x
        size = abs(x)
        square = x*x
        rest = square*square*(polynomial(square, 0.08333333333333333, 0.055383678861514685, 0.010769440979873481,
            0.0005730614602797304, 8.597731205422981e-07)/polynomial(square, 1, 0.9312708130048142,
            0.296619794275274, 0.036830145928812806, 0.0013960752300698745))
        near = 0.5*square - (rest - 0.5*fma(x, x, -square))
        far = (size - 0.6931471805599453) + (log1p_unit(exp_below(-2*size, -0, 1)) - 2.3190468138462996e-17)
        size > 0.8 ? far : size > 1e-150 ? near : 0.5*square
    """,
    # max(x, y) + log1p(e^-abs(x - y)), with the rounding of x - y made good
    "logaddexp": """x y
        larger = max(x, y)
        smaller = min(x, y)
        difference = smaller - larger
        power = exp_below(difference, -0, 1)
        rest = log1p_unit(power)
        lost = sum_error(larger, rest) + sum_error(smaller, -larger)*power/(1 + power)
        abs(larger) == inf or difference < -800 ? larger + 0 : (larger + rest) + lost
    """,
    "softmax2": """x y
        difference = x - y
        lost = sum_error(x, -y)
        low = abs(difference) < 1400 ? difference < 0 ? lost : -lost : 0
        decay = exp_below(-abs(difference), low, 1)
        share = 1/(1 + decay)
        x == y ? 0.5 : difference < 0 ? decay*share : share
    """,
    # Powers of 2 that keep squares of x and y in range
    "hypot_scale": """x y
        size = max(abs(x), abs(y))
        size > 1e150 ? 2.409919865102884e-181 : size < 1e-150 ? 4.149515568880993e+180 : 1
    """,
    "hypot_scaled": """x y
        scale = hypot_scale(x, y)
        sqrt((x*scale)*(x*scale) + (y*scale)*(y*scale))
    """,
    "hypot": """x y
        abs(x) == inf or abs(y) == inf ? inf : hypot_scaled(x, y)/hypot_scale(x, y)
    """,
    "unit": """x y
        length = hypot_scaled(x, y)
        far = sign(x)*(abs(y) == inf ? 0.7071067811865476 : 1)
        abs(x) == inf ? far : length == 0 ? 0 : x*hypot_scale(x, y)/(abs(y) == inf ? inf : length)
    """,
    "sinc": """x
        x == 0 ? 1 : abs(x) == inf ? 0 : sin(x)/x
    """,
    # x^0.5, which differs from sqrt at -0 and -inf
    "root": """x
        x == -inf ? inf : sqrt(x) + 0
    """,
    "pow_slope.general": """x y
        out = x^y
        direct = out/x
        small = abs(y) < 1 or abs(direct) < 2.2250738585072014e-308
        ordinary = small ? y*out/x : y*direct
        half = abs(x)^(0.5*y)
        split = (y*half)*(half/abs(x))
        signed = x < 0 and y % 2 == 0 ? -split : split
        usual = abs(out) >= 2.2250738585072014e-308 and abs(out) < inf or out != out ? ordinary : signed
        finite = abs(x) < inf and abs(y) < inf
        y == 0 ? 0 : x == 0 or not finite ? y*x^(y - 1) : usual
    """,
    "pow_log": """x y
        out = x^y
        half = x^(0.5*y)
        ordinary = out >= 2.2250738585072014e-308 and out < inf or not (x > 0)
        x == 0 and y > 0 ? 0 : ordinary ? out*log(x) : (half*log(x))*half
    """,
}


def program(text: str, emitter: Emitter) -> Callable[..., str]:
    """A form as a function of its operands. Its first line names them, the last line is the value."""
    first, *lines, last = _statements(text)
    names = first.split()
    arity = len(names)
    steps: list[Rule[str]] = []
    for line in lines:
        name, _, formula = line.partition(" = ")
        steps.append(bind(formula, tuple(names), emitter))
        names.append(name)
    steps.append(bind(last, tuple(names), emitter))

    def run(*operands: str) -> str:
        scope = list(operands)
        assert len(scope) == arity
        for step in steps:
            scope.append(step(scope))
        return scope[-1]

    return run


def operands(name: str) -> list[str]:
    """The names of a form's operands."""
    return _statements(FORMS[name])[0].split()


def _statements(text: str) -> list[str]:
    """The lines of a form; one that is indented further goes on."""
    lines: list[str] = []
    for line in text.strip().splitlines():
        if line.startswith(_CONTINUED):
            lines[-1] += f" {line.strip()}"
        else:
            lines.append(line.strip())
    return lines


_CONTINUED = 12 * " "
