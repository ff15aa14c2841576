"""Lengths, roots and the derivatives of powers."""

from __future__ import annotations

FORMULAS: dict[str, str] = {
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
