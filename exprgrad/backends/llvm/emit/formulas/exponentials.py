"""Exponentials and logarithms, from which most others are built."""

from __future__ import annotations

FORMULAS: dict[str, str] = {
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
    # what is lost in x + y (Knuth, TAOCP 2, 4.2.2)
    "sum_error": """x y
        total = x + y
        part = total - x
        (x - (total - part)) + (y - part)
    """,
}
