"""Functions that people asked for: values of textbooks, and what they give at edges."""

from __future__ import annotations

import math
import random
from fractions import Fraction
from math import inf, isnan, nan, pi

import pytest

from exprgrad import parse
from exprgrad.cli.process import execute
from exprgrad.functions.floats import FLOATS
from exprgrad.functions.numerics import fused, ieee

VALUES: list[tuple[str, float]] = [
    ("acot(0)", pi / 2),
    ("acot(-0)", -pi / 2),
    ("acot(inf)", 0.0),
    ("asec(-1)", pi),
    ("asec(0.5)", nan),
    ("acsc(1)", pi / 2),
    ("acsc(-inf)", -0.0),
    ("acoth(1)", inf),
    ("acoth(-1)", -inf),
    ("acoth(0)", nan),
    ("asech(0)", inf),
    ("asech(5e-324)", 745.1332191019412),
    ("asech(1)", 0.0),
    ("asech(-0.5)", nan),
    ("acsch(-0)", -inf),
    ("acsch(5e-324)", 745.1332191019412),
    ("lg(1000)", 3.0),
    ("tgamma(5)", 24.0),
    ("log1mexp(0)", -inf),
    ("log1mexp(1)", nan),
    ("log1mexp(-inf)", -0.0),
    ("log1mexp(-1e-300)", -690.7755278982137),
    ("heaviside(0)", 0.5),
    ("heaviside(-0, 1)", 1.0),
    ("heaviside(-1e-300)", 0.0),
    ("fdim(3, 5)", 0.0),
    ("fdim(inf, inf)", 0.0),
    ("fmod(-7, 3)", -1.0),
    ("fmod(5, inf)", 5.0),
    ("fmod(5, 0)", nan),
    ("remainder(7, 4)", -1.0),
    ("remainder(6, 4)", -2.0),
    ("remainder(10, 4)", 2.0),
    ("fma(0.1, 10, -1)", 5.551115123125783e-17),
    ("fma(1e308, 10, -inf)", -inf),
    ("erfcx(1e10)", 5.641895835477563e-11),
    ("erfcx(-27)", inf),
    ("erfcx(inf)", 0.0),
    ("erfinv(1)", inf),
    ("erfinv(-0)", -0.0),
    ("erfinv(1.5)", nan),
    ("erfcinv(0)", inf),
    ("erfcinv(2)", -inf),
    ("erfcinv(5e-324)", 27.213293210812953),
    ("normal_quantile(0.975)", 1.959963984540054),
    ("normal_quantile(0)", -inf),
    ("normal_quantile(1)", inf),
    ("normal_quantile(-1)", nan),
    ("log_normal_cdf(-40)", -804.6084420137538),
    ("log_normal_cdf(-1e200)", -inf),
    ("log_normal_cdf(inf)", -0.0),
    ("lambertw(1)", 0.5671432904097838),
    ("lambertw(-exp(-1))", -1.0),
    ("lambertw(-0.4)", nan),
    ("lambertw(inf)", inf),
    ("beta(2, 3)", 1 / 12),
    ("beta(0, 1)", inf),
    ("beta(-1, 1)", nan),
    ("beta(1e300, 1e300)", 0.0),
    ("lbeta(1, 1e10)", -23.025850929940457),
    ("lbeta(1e308, 1e308)", -1.3862943611198906e308),
    ("gammainc(1, 1)", 0.6321205588285577),
    ("gammaincc(1, 1)", 0.36787944117144233),
    ("gammaincc(1e6, 1e6)", 0.4998670192391274),
    ("gammainc(2, inf)", 1.0),
    ("gammainc(0, 1)", 1.0),
    ("gammainc(1, -1)", nan),
    ("betainc(2, 3, 0.5)", 0.6875),
    ("betainc(2, 3, 2)", nan),
    ("betainc(2, 1e-8, 0.999999999)", 1.97232639261923881e-7),
    ("betainc(3, 1e-300, 0.9)", 9.975850929940457e-301),
    ("betainc(1e-12, 1e-14, 0.6)", 0.009900990099013916),
    ("zeta(-296.2)", -inf),
    ("zeta(-264.00000001055)", -1.8300405558126943e307),
    ("expint(1, 1)", 0.21938393439552029),
    ("expint(1, 0)", inf),
    ("expint(3, 0)", 0.5),
    ("expint(0.5, 1)", nan),
    ("ei(1)", 1.8951178163559368),
    ("ei(0)", -inf),
    ("si(pi)", 1.8519370519824662),
    ("si(-inf)", -pi / 2),
    ("ci(1)", 0.33740392290096813),
    ("ci(-1)", nan),
    ("zeta(2)", pi**2 / 6),
    ("zeta(1)", inf),
    ("zeta(0)", -0.5),
    ("zeta(-2)", 0.0),
    ("zeta(-1)", -1 / 12),
    ("zeta_derivative(1, 2)", -0.9375482543158438),
    ("besselj(0, 1)", 0.7651976865579666),
    ("besselj(-1, 2)", -0.5767248077568734),
    ("besselj(0.5, -1)", nan),
    ("bessely(1, 1e-308)", -6.366197723675814e307),
    ("besselj(0, -2.5)", -0.048383776468198),
    ("besselj(3, inf)", 0.0),
    ("bessely(0, 0)", -inf),
    ("bessely(1, 2.5)", 0.14591813796678574),
    ("besseli(0, 1)", 1.2660658777520082),
    ("besseli(0, 800)", inf),
    ("besselk(0, 1)", 0.42102443824070834),
    ("besselk(0.5, 0)", inf),
    ("airy(0)", 0.3550280538878172),
    ("airybi(1)", 1.2074235949528713),
    ("airyai(200)", 0.0),
    ("airybi(inf)", inf),
    ("max(1, 5, 3)", 5.0),
    ("min(4, 2, 3, 1)", 1.0),
    ("hypot(2, 3, 6)", 7.0),
]


@pytest.mark.parametrize(
    ("function", "v", "x", "slope"),
    [
        ("besselj", 1e-8, 1e-8, 0.9999998096338955),  # v - 1 has lost the digits of v
        ("besselj", -1e-8, 2e-8, -0.50000009921733515),
        ("bessely", 200.0, 3.5, inf),  # and not inf - inf
        ("bessely", -200.3, 1.5, inf),
        ("bessely", 150.0, 1.5, 6.7000873438951053e280),
    ],
)
def test_slope_of_bessel_functions(function: str, v: float, x: float, slope: float) -> None:
    assert parse(f"{function}(v, x)").gradient(v=v, x=x)["x"] == pytest.approx(slope, rel=1e-14)


@pytest.mark.parametrize(("text", "value"), VALUES)
def test_value(text: str, value: float) -> None:
    got = parse(text).evaluate()
    assert (isnan(got) and isnan(value)) or math.isclose(got, value, rel_tol=2e-15), got
    assert math.copysign(1.0, got) == math.copysign(1.0, value) or value


def _number(rng: random.Random) -> float:
    exponent = rng.choice((0, rng.randrange(-60, 60), rng.randrange(-1073, 1010)))
    return rng.choice((-1.0, 1.0)) * math.ldexp(rng.choice((1.0, 1.0 + rng.random(), 1.0 + 2.0**-52)), exponent)


def test_fma_rounds_once() -> None:
    """Against fractions, with sums that cancel and results that are subnormal."""
    rng = random.Random(0)
    for k in range(4000):
        x, y, z = _number(rng), _number(rng), _number(rng)
        if k % 2 and math.isfinite(x * y):
            z = -x * y * rng.choice((1.0, 1.0 + 2.0**-52, 2.0**53, 3 * 2.0**-54))
        if k % 3 == 0:
            exponent = rng.randrange(-1080, -1000)
            x, y = (math.ldexp(1.0 + rng.random(), e) for e in (exponent // 2, exponent - exponent // 2))
            z = rng.choice((5e-324 * rng.randrange(9), math.ldexp(rng.random(), -1022)))
        if not math.isfinite(z):
            continue
        exact = Fraction(x) * Fraction(y) + Fraction(z)
        try:
            right = exact.numerator / exact.denominator
        except OverflowError:
            right = inf if exact > 0 else -inf
        assert fused.fma(x, y, z) == right, (x.hex(), y.hex(), z.hex())


def test_remainder_is_that_of_ieee_754() -> None:
    rng = random.Random(0)
    for _ in range(4000):
        x, y = _number(rng), _number(rng)
        y = rng.choice((y, x / rng.choice((1.0, 1.5, 2.5, 0.5, 100.5)))) or y
        assert ieee.remainder(x, y) == math.remainder(x, y), (x, y)


def test_many_operands_are_taken_from_the_left() -> None:
    assert parse("hypot(x, y, 2, z)").gradient(x=1, y=4, z=10) == pytest.approx(
        {"x": 1 / 11, "y": 4 / 11, "z": 10 / 11}
    )
    assert parse("max(x, y, z)").gradient(x=1, y=1, z=0) == {"x": 0.5, "y": 0.5, "z": 0.0}
    assert FLOATS.operation("max")(1.0, 2.0) == 2.0


def test_softmax_of_a_column(capfd: pytest.CaptureFixture[str]) -> None:
    """Derivatives go through the sum over all rows; a number is a column of one row."""
    columns = ["--x", "1,2,1000", "--y", "0,1,0", "--a", "0.5"]
    assert execute(["eval", "softmax(x)*y + softmax(x)", *columns[:4], "--value"]) == 0
    assert capfd.readouterr().out == "0,0,1\n"
    assert execute(["eval", "sum(log_softmax(a*x)*y)", *columns, "--gradient", "a"]) == 0
    assert capfd.readouterr().out == "-998\n"
    assert parse("log_softmax(3)").evaluate() == 0.0
