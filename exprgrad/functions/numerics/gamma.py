"""The gamma function, its logarithm and its derivatives (DLMF chapter 5)."""

from __future__ import annotations

import math
from math import inf, nan

from exprgrad.functions.numerics.doubledouble import Pair, plus, polynomial, product, quotient, two_product, two_sum
from exprgrad.functions.numerics.ieee import div, log, power

BERNOULLI = (
    1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6, -3617 / 510, 43867 / 798, -174611 / 330,
)  # fmt: skip
_INVERSE_E = 0.36787944117144233, -1.2428753672788363e-17
_STIRLING = 1.520346901066281, -9.239528122039697e-17  # sqrt(2*pi/e)
_HALF_LOG_2_PI_E = 0.4189385332046727  # log(2*pi)/2 - 1/2
_PI = math.pi, 1.2246467991473532e-16
_LOG_PI = 1.1447298858494002

# log(gamma(x))/((x - 1)*(x - 2)) for 1 <= x <= 2.5 as a rational function of x - 1, to 2^-54
_NEAR_ONE = (
    (1.617450683823641e-06, 0.0006980166023666075, 0.021203176043154633, 0.20439108881700774,
     0.8520513981541668, 1.70581416294524, 1.6127980988295134, 0.5772156649015329),
    (0.0001821462808366695, 0.009078152769591183, 0.13188406729040505, 0.8203148799058525,
     2.531159284096056, 4.0536681493160565, 3.218986559675325, 1.0),
)  # fmt: skip
_ROOT = 1.4616321449683622, 9.549995429965697e-17  # of digamma
# digamma(x)/(x - root) for 1 <= x <= 2 as a rational function of x - 1, to 2^-55
_DIGAMMA = (
    (0.00022205476047991614, 0.012282771527360986, 0.1674321822097703, 0.8563282382526716, 1.7811904023777358,
     1.2503801375034054),
    (3.918857595782627e-05, 0.0034081071889811372, 0.06589990402253255, 0.4784894928792091, 1.5240244625242985,
     2.108065926448982, 1.0),
)  # fmt: skip


_FACTORIALS = tuple(float(math.factorial(n)) for n in range(171))  # all that are floats
_STIRLING_SERIES = tuple(b / (2 * k * (2 * k - 1)) for k, b in enumerate(BERNOULLI, 1))[::-1]
_DIGAMMA_SERIES = tuple(b / (2 * k) for k, b in enumerate(BERNOULLI, 1))[::-1]
_TRIGAMMA_SERIES = BERNOULLI[::-1]


def stirling_series(x: float) -> float:
    """log(gamma(x)) - ((x - 1/2)*log(x) - x + log(2*pi)/2), for x from 10 on (DLMF 5.11.1)."""
    z = 1.0 / (x * x)
    return polynomial(_STIRLING_SERIES, z) / x


def _base(x: float) -> Pair:
    """x/e."""
    high, low = two_product(x, _INVERSE_E[0])
    return high, low + x * _INVERSE_E[1]


def _stirling(x: float, low: float = 0.0) -> tuple[float, Pair]:
    """gamma(x + low) for x from 10 on, as a product; the first factor is 1 up to 140.

    sqrt(2*pi/e)*(x/e)^(x - 1/2)*e^s: libm's pow is right to 0.52 ulp, and the rounding of its base is
    made good by the factor 1 + (x - 1/2)*error/base.
    """
    base, error = _base(x)
    exponent = x - 0.5
    rest = math.expm1(stirling_series(x) + exponent * (error / base) + low * (math.log(x) - 0.5 / x))
    first = 1.0
    if x > 140.0:
        exponent *= 0.5
        first = power(base, exponent)
    high, error = two_product(power(base, exponent), _STIRLING[0])
    return first, (high, error + high * (rest + _STIRLING[1] / _STIRLING[0]))


def gamma_pair(x: float) -> tuple[float, Pair]:
    """gamma(x) for x > 0 as the product of a float and a pair: by Stirling's series at x + n >= 10."""
    if x >= 10.0:
        return _stirling(x)
    if x < 1e-17:
        return 1.0, (div(1.0, x), 0.0)
    rising, shift = (x, 0.0), 1.0
    while x + shift < 10.0:
        rising = product(rising, two_sum(x, shift))
        shift += 1.0
    high, low = _stirling(*two_sum(x, shift))[1]
    ratio = quotient((high, low), rising)
    back, error = two_product(ratio, rising[0])
    return 1.0, (ratio, ((high - back) - error + low - ratio * rising[1]) / rising[0])


def _to_integer(x: float) -> tuple[float, bool]:
    """The signed distance of x from the nearest integer, exactly, and whether that integer is odd."""
    rest = math.fmod(x, 2.0)
    whole = round(rest)
    return rest - whole, whole % 2 == 1


def sine(x: float) -> float:
    """sin(pi*x)."""
    distance, odd = _to_integer(x)
    high, low = product(_PI, (distance, 0.0))
    value = math.sin(high) + low * math.cos(high)
    return -value if odd else value


def _cotangent(x: float) -> float:
    """cot(pi*x)."""
    distance, _ = _to_integer(x)
    if abs(distance) > 0.25:
        high, low = product(_PI, (0.5 - abs(distance), 0.0))
        return math.copysign(1.0, distance) * (math.tan(high) + low)
    high, low = product(_PI, (distance, 0.0))
    tangent = math.tan(high)
    return 1.0 / (tangent + low * (1.0 + tangent * tangent))


def gamma(x: float) -> float:
    """The gamma function; infinite at 0, nan at the negative integers. Below 0 by reflection (DLMF 5.5.3)."""
    if x == math.floor(x) if math.isfinite(x) else True:
        if x <= 0:
            return math.copysign(inf, x) if x == 0 else nan
        return x if not math.isfinite(x) else _FACTORIALS[int(x) - 1] if x < 171.5 else inf
    if x > 171.7:
        return inf
    if x > 0:
        first, (high, low) = gamma_pair(x)
        return first * (high + low)
    if x < -190.0:
        return -0.0 if math.floor(x) % 2 else 0.0
    if x > -1e-17:
        return div(1.0, x)
    first, (high, low) = gamma_pair(-x)
    return div(-math.pi, x * sine(x) * (high + low)) / first


def lgamma(x: float) -> float:
    """log(abs(gamma(x))); infinite at the poles."""
    if not math.isfinite(x):
        return abs(x)
    if x <= 0:
        if x == math.floor(x):
            return inf
        if x < -160.0:
            return _LOG_PI - math.log(-x * abs(sine(x))) - lgamma(-x)
        if x > -1e-17:
            return -math.log(-x)
        return math.log(abs(gamma(x)))
    if x < 1.0:
        return x * (x - 1.0) * polynomial(_NEAR_ONE[0], x) / polynomial(_NEAR_ONE[1], x) - log(x)
    if x < 2.5:
        z = x - 1.0
        return z * (x - 2.0) * polynomial(_NEAR_ONE[0], z) / polynomial(_NEAR_ONE[1], z)
    if x < 4.0:
        return lgamma(x - 1.0) + math.log(x - 1.0)
    if x < 10.0:
        high, low = gamma_pair(x)[1]
        return math.log(high) + low / high
    base, error = _base(x)
    if x > 1e15:
        return x * math.log(base)
    high, low = two_product(x - 0.5, math.log(base))
    return high + (low + error / base * x + _HALF_LOG_2_PI_E + stirling_series(x))


def lgamma_above(x: float) -> float:
    """log(gamma(1 + x)) for x from 0 to 1.5, right to the last digits near 0."""
    return x * (x - 1.0) * polynomial(_NEAR_ONE[0], x) / polynomial(_NEAR_ONE[1], x)


def _rounded(x: Pair) -> float:
    return x[0] + x[1]


def digamma(x: float) -> float:
    """The derivative of log(gamma(x)): around its root as a multiple of x - root, else by recurrence to there
    or to 10, where the asymptotic series holds (DLMF 5.5.2, 5.11.2); below 0 by reflection (5.5.4)."""
    if not x > 0:
        if not math.isfinite(x) or x == math.floor(x):
            return nan
        if x > -1e-17:
            return div(-1.0, x)
        return _rounded(plus(plus((digamma(-x), 0.0), -1.0 / x), -math.pi * _cotangent(x)))
    if x >= 10.0:
        z = 1.0 / (x * x)
        return math.log(x) - (0.5 / x + polynomial(_DIGAMMA_SERIES, z) * z)
    total, high, low = (0.0, 0.0), x, 0.0
    if x < 1.0:
        total = div(-1.0, x), 0.0
        if total[0] == -inf:
            return -inf
        high, low = two_sum(x, 1.0)
    while high >= 2.0:
        high -= 1.0
        total = plus(total, 1.0 / high)
    z = high - 1.0
    slope = polynomial(_DIGAMMA[0], z) / polynomial(_DIGAMMA[1], z)
    return _rounded(plus(total, ((high - _ROOT[0]) + (low - _ROOT[1])) * slope))


def _cotangent_derivative(order: int, x: float) -> float:
    """The derivative of pi*cot(pi*x): pi^(n+1) times a polynomial in c = cot(pi*x), as c' = -pi*(1 + c^2).

    The polynomial is even or odd in turn: the coefficients of c^0, c^2, … or of c^1, c^3, … stand in the same
    list, one place up, and each derivative is made out of the places between.
    """
    places = [0.0] * 174
    places[2] = 1.0
    for n in range(order):
        for k in range(n % 2, n + 3, 2):
            places[k + 1] = -(k - 1) * places[k] - (k + 1) * places[k + 2]
    cotangent = _cotangent(x)
    value = 0.0
    for k in range(order + 1, -1, -2):
        value = value * cotangent * cotangent + places[k + 1]
    return math.pi ** (order + 1) * (value if order % 2 else value * cotangent)


def _trigamma(x: float) -> float:
    """The derivative of digamma for x > 0: recurrence up to 10, then the asymptotic series as one polynomial."""
    total = 0.0, 0.0
    while x < 10.0:
        term = div(1.0, x * x)
        if term == inf:
            return inf
        total = plus(total, term)
        x += 1.0
    z = 1.0 / (x * x)
    return _rounded(plus(plus(plus(total, 1.0 / x), 0.5 * z), polynomial(_TRIGAMMA_SERIES, z) * z / x))


def polygamma(n: float, x: float) -> float:
    """The derivative of order n of digamma: recurrence up to x > 20 + n, then the asymptotic series
    (DLMF 5.15.5, 5.15.8); reflection below 0 (5.15.6)."""
    if not (0 <= n <= 170 and n == math.floor(n)) or x != x:  # 170! is the last factorial that is a float
        return nan
    if n == 0:
        return digamma(x)
    order = int(n)
    sign = 1.0 if order % 2 else -1.0
    if x <= 0:
        if not math.isfinite(x):
            return nan
        if x == math.floor(x):
            return inf if order % 2 else nan
        if x > -1e-9:
            return sign * div(gamma(n + 1.0), power(x, n + 1.0))
        # (-1)^n*psi_n(1 - x), without the rounding of 1 - x
        above = -sign * polygamma(n, -x) + div(gamma(n + 1.0), power(-x, n + 1.0))
        return above - _cotangent_derivative(order, x)
    if order == 1:
        return _trigamma(x)
    factorial = gamma(n + 1.0)
    total = 0.0, 0.0
    while x < 20.0 + n:
        term = div(factorial, x * x if n == 1 else power(x, n + 1.0))
        if term == inf:
            return sign * inf
        total = plus(total, term)
        x += 1.0
    root = power(x, 0.5 * n)  # as x^n may overflow where (n - 1)!/x^n is normal
    leading = gamma(n) / root / root
    series, term = 0.0, leading
    for k, bernoulli in enumerate(BERNOULLI, 1):
        term *= (2 * k + n - 1) * (2 * k + n - 2) / (2 * k * (2 * k - 1)) / x / x
        series += bernoulli * term
    return sign * _rounded(plus(plus(plus(total, leading), 0.5 * n * leading / x), series))
