"""The normal distribution and the error function."""

from __future__ import annotations

FORMULAS: dict[str, str] = {
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
    "scaled_erfc": """x
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
        tail = exp_below(-(size*size), -fma(size, size, -(size*size)), scaled_erfc(size))
        x < 0 ? 2 - tail : tail
    """,
    # normal_cdf(-abs(x))*e^(x^2/2)
    "normal_ratio": """x
        0.5*scaled_erfc(0.7071067811865476*abs(x))
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
}
