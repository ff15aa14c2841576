"""Activations, the logistic and the hyperbolic functions: over `exp_below`, e^-abs(x), which never overflows."""

from __future__ import annotations

FORMULAS: dict[str, str] = {
    "softplus": """x
        max(x, 0) + log1p_unit(exp_below(-abs(x), -0, 1))
    """,
    "logsigmoid": """x
        min(x, 0) - log1p_unit(exp_below(-abs(x), -0, 1))
    """,
    # The logistic gate, with one division for x and -x.
    "sigmoid": """x
        decay = exp_below(-abs(x), -0, 1)
        fraction = 1/(1 + decay)
        x < 0 ? decay*fraction : fraction
    """,
    "silu": """x
        fraction = 1/(1 + exp_below(-abs(x), -0, 1))
        x < 0 ? exp_below(-abs(x), -0, limit(x, -1000, 0))*fraction : x*fraction
    """,
    "silu_slope": """x
        decay = exp_below(-abs(x), -0, 1)
        fraction = 1/(1 + decay)
        slope = fma(limit(x, -1000, 1000), x < 0 ? fraction : decay*fraction, 1)
        x < 0 ? exp_below(-abs(x), -0, slope)*fraction : slope*fraction
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
    "gelu_gate": """x
        decay = gelu_decay(gelu_size(x), 1)
        fraction = 1/(1 + decay)
        x < 0 ? decay*fraction : fraction
    """,
    "gelu": """x
        a = gelu_size(x)
        fraction = 1/(1 + gelu_decay(a, 1))
        (x < 0 ? gelu_decay(a, -a) : x)*fraction
    """,
    "gelu_slope": """x
        a = gelu_size(x)
        decay = gelu_decay(a, 1)
        fraction = 1/(1 + decay)
        w = a*fma(0.21406444881780073, a*a, 1.5957691216057308)
        slope = fma(w, x < 0 ? -fraction : decay*fraction, 1)
        (x < 0 ? gelu_decay(a, slope) : slope)*fraction
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
        fraction = 1/(1 + decay)
        x == y ? 0.5 : difference < 0 ? decay*fraction : fraction
    """,
}
