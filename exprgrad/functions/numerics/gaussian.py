"""Functions of the normal distribution. The digits are lost in x^2, which is therefore a pair:
e^-(h + l) = e^-h*(1 - l).

In the tail, erfc(x) = e^(-x^2 - 0.5625 + r(1/x^2))/x with the rational r of FreeBSD's s_erf.c (Sun
Microsystems 1993): as the whole exponent is a pair, one exponential suffices and its error is the only one.
"""

from __future__ import annotations

import math

from exprgrad.functions.numerics.doubledouble import Pair, exp_over, exp_pair, polynomial, two_product, two_sum

_TAIL = 1.25  # erfc's tail begins here, and where x/sqrt(2) is this the normal distribution's
_NORMAL_TAIL = 1.7677669529663689
_SQRT_HALF = 0.7071067811865476, -4.833646656726457e-17
_HALF_LOG_2PI = 0.9189385332046728, -3.8782941580672414e-17
_TAIL_SHIFT = 0.9090735902799727, -4.391591716202633e-17  # 0.5625 + log(2)/2
_LOG_SQRT_PI = 0.5723649429247001

_NEAR = (
    (-9.81432934416914548592e00, -8.12874355063065934246e01, -1.84605092906711035994e02, -1.62396669462573470355e02,
     -6.23753324503260060396e01, -1.05586262253232909814e01, -6.93858572707181764372e-01, -9.86494403484714822705e-03),
    (-6.04244152148580987438e-02, 6.57024977031928170135e00, 1.08635005541779435134e02, 4.29008140027567833386e02,
     6.45387271733267880336e02, 4.34565877475229228821e02, 1.37657754143519042600e02, 1.96512716674392571292e01, 1.0),
)  # fmt: skip
_FAR = (
    (-4.83519191608651397019e02, -1.02509513161107724954e03, -6.37566443368389627722e02, -1.60636384855821916062e02,
     -1.77579549177547519889e01, -7.99283237680523006574e-01, -9.86494292470009928597e-03),
    (-2.24409524465858183362e01, 4.74528541206955367215e02, 2.55305040643316442583e03, 3.19985821950859553908e03,
     1.53672958608443695994e03, 3.25792512996573918826e02, 3.03380607434824582924e01, 1.0),
)  # fmt: skip

# erfc at 8/16, 9/16, …, 20/16, as pairs.
_ERFC = (
    (0.4795001221869535, -1.900077467916287e-17), (0.42632554338440803, 1.157866955362719e-17),
    (0.376759117811582, 2.7016816836135297e-17), (0.33091533711391874, -2.1626326156388987e-17),
    (0.28884436634648486, 8.536743514828927e-18), (0.25053597441363795, -1.9451069995767674e-17),
    (0.21592493894014034, 4.289874173274569e-18), (0.1848975989656002, -1.1420613234291201e-17),
    (0.15729920705028513, -2.954563826510312e-18), (0.13294173056504724, 5.439674182372549e-18),
    (0.11161176829829224, -2.291347870416768e-18), (0.0930782802183135, 5.226876374995801e-18),
    (0.07709987174354177, -3.3360693261863044e-19),
)  # fmt: skip
_TWO_OVER_SQRT_PI = 1.1283791670955126


def tail(z: float) -> float:
    """r(z) = log(erfc(x)*x) + x^2 + 0.5625 at z = 1/x^2, for x from 1.25 on."""
    if z > 0.1225:
        return polynomial(_NEAR[0], z) / polynomial(_NEAR[1], z)
    return polynomial(_FAR[0], z) / polynomial(_FAR[1], z)


def _exponent(square: Pair, shift: Pair) -> Pair:
    """-(square + shift) as a pair."""
    high, low = two_sum(-square[0], -shift[0])
    return high, low - square[1] - shift[1]


def _half_square(x: float) -> Pair:
    high, low = two_product(x, x)
    return 0.5 * high, 0.5 * low


def gauss(x: float) -> float:
    """exp(-x^2)."""
    if abs(x) > 28.0:
        return 0.0
    high, low = two_product(x, x)
    return exp_pair(-high, -low)


def _taylor(x: float) -> float:
    """erfc about the nearest sixteenth c: its derivatives are those of e^(-c^2), Hermite polynomials
    times it (DLMF 7.10.1). The sum is at most a tenth of the value, and so are its roundings."""
    nearest = round(16.0 * x)
    c = nearest / 16.0
    h = x - c
    total, power = 0.0, h
    before, hermite = 0.0, 1.0
    for n in range(1, 14):
        total += hermite * power
        before, hermite = hermite, 2.0 * (c * hermite - (n - 1) * before)
        power *= -h / (n + 1)
    value, low = _ERFC[nearest - 8]
    return value + (low - _TWO_OVER_SQRT_PI * math.exp(-c * c) * total)


def erfc(x: float) -> float:
    """Complementary error function (DLMF 7.2.2). libm's loses up to 3.5 ulp between 1/2 and 5/4."""
    if 0.5 < x <= _TAIL:
        return _taylor(x)
    if not _TAIL < x < 28.0:
        return math.erfc(x)
    return exp_over(*_exponent(two_product(x, x), two_sum(0.5625, -tail(1.0 / (x * x)))), x)


def normal_pdf(x: float) -> float:
    """exp(-x^2/2)/sqrt(2*pi)."""
    if abs(x) > 39.0:
        return 0.0
    return exp_pair(*_exponent(_half_square(x), _HALF_LOG_2PI))


def normal_pdf_slope(x: float) -> float:
    """-x*exp(-x^2/2)/sqrt(2*pi)."""
    if abs(x) > 39.0:
        return math.copysign(0.0, -x)
    return exp_pair(*_exponent(_half_square(x), _HALF_LOG_2PI), -x)


def _normal_tail(x: float) -> float:
    """-x*normal_cdf(x) = e^(-x^2/2 - 0.5625 + r(2/x^2))/sqrt(2), for x < -1.77."""
    if x < -40.0:
        return 0.0
    shift, low = two_sum(_TAIL_SHIFT[0], -tail(2.0 / (x * x)))
    return exp_pair(*_exponent(_half_square(x), (shift, low + _TAIL_SHIFT[1])))


def _normal_body(x: float) -> Pair:
    """normal_cdf(x) = erfc(-x/sqrt(2))/2 for x > -1.77, with the rounding of the argument made good."""
    if x > 9.0:
        return 1.0, 0.0
    high, low = two_product(-x, _SQRT_HALF[0])
    low -= x * _SQRT_HALF[1]
    return 0.5 * erfc(high), -low * 0.5641895835477563 * math.exp(-high * high)  # 1/sqrt(pi)


def normal_cdf(x: float) -> float:
    """erfc(-x/sqrt(2))/2."""
    if x < -_NORMAL_TAIL:
        return -_normal_tail(x) / x
    body, correction = _normal_body(x)
    return body + correction


def gelu_erf(x: float) -> float:
    """x*normal_cdf(x)."""
    if x < -_NORMAL_TAIL:
        return -_normal_tail(x)
    if x > 9.0 or x == 0:
        return x
    body, correction = _normal_body(x)
    high, low = two_product(x, body)
    return high + (low + x * correction)


def gelu_erf_slope(x: float) -> float:
    """normal_cdf(x) + x*normal_pdf(x); in the tail normal_pdf(x)*(x + normal_cdf(x)/normal_pdf(x))."""
    if x < -40.0 or x > 40.0:
        return 1.0 if x > 0 else 0.0
    exponent = _exponent(_half_square(x), _HALF_LOG_2PI)
    if x < -_NORMAL_TAIL:
        mills = -math.exp(tail(2.0 / (x * x)) - 0.5625 + _LOG_SQRT_PI) / x
        factor, rest = two_sum(x, mills)
        return exp_pair(exponent[0], exponent[1] + rest / factor, factor)
    high, low = two_product(x, math.exp(exponent[0]))
    body, correction = _normal_body(x)
    total, error = two_sum(high, body)
    return total + (error + low + high * exponent[1] + correction)
