"""Uncertain values from texts."""

from __future__ import annotations

from math import inf, sqrt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exprgrad.distributions.read import uncertain
from exprgrad.errors import UsageError


@pytest.mark.parametrize(
    ("text", "value", "uncertainty", "dof", "name"),
    [
        ("3", 3.0, 0.0, inf, "exact"),
        ("pi/2", 1.5707963267948966, 0.0, inf, "exact"),
        ("1.000±0.002", 1.0, 0.002, inf, "normal"),
        ("1.000 +- 0.002", 1.0, 0.002, inf, "normal"),
        ("-2+/-3%", -2.0, 0.06, inf, "normal"),
        ("2.006(5)", 2.006, 0.005, inf, "normal"),
        ("2.006(0.005)", 2.006, 0.005, inf, "normal"),
        ("0.01(12)", 0.01, 0.12, inf, "normal"),
        ("6.674 30(15)e-11", 6.6743e-11, 1.5e-15, inf, "normal"),
        ("-1.2(3)", -1.2, 0.3, inf, "normal"),
        ("(1.2±0.1)e3", 1200.0, 100.0, inf, "normal"),
        ("50±0.1, k=2, dof=18", 50.0, 0.05, 18.0, "student"),
        ("normal(s=2, m=1, dof=9)", 1.0, 2.0, 9.0, "normal"),
        ("uniform(-1, 1)", 0.0, 1 / sqrt(3), inf, "uniform"),
        ("triangular(0, 4)", 2.0, 4 / sqrt(24), inf, "triangular"),
        ("student(1, 2, 5)", 1.0, 2.0, 5.0, "student"),
        ("readings(1, 2, 3)", 2.0, 1 / sqrt(3), 2.0, "student"),
        ("1±0", 1.0, 0.0, inf, "exact"),
        ("1.00 \\pm 0.02", 1.0, 0.02, inf, "normal"),
        ("−1.50±0.02", -1.5, 0.02, inf, "normal"),  # the minus of mathematics
        ("−1.5(2)", -1.5, 0.2, inf, "normal"),
        ("1e−3±1e−4", 1e-3, 1e-4, inf, "normal"),
        ("100 ± 5 %", 100.0, 5.0, inf, "normal"),
        ("-100±20ppm", -100.0, 2e-3, inf, "normal"),
        ("5±30 ppb", 5.0, 1.5e-7, inf, "normal"),
        *(
            (text, 1e-3, 2e-5, inf, "normal")
            for text in ("1.00(2)E-3", "1.00(2) e−3", "1.00(2)×10^-3", "1.00(2)*10^-3")
        ),
        *((text, 1e-3, 2e-5, inf, "normal") for text in ("1.00(2)·10⁻³", "1.00(2) 10^-3", "(1.00(2))e-3")),
        *((text, 1e-3, 2e-5, inf, "normal") for text in ("(1.00±0.02)e-3", "(1.00 ± 0.02) × 10⁻³", "(1.00±0.02)*1e-3")),
        ("(1.00±0.02)", 1.0, 0.02, inf, "normal"),
        ("1.00±2e2", 1.0, 200.0, inf, "normal"),
        ("1.0E3±0.1E3", 1000.0, 100.0, inf, "normal"),
        ("3±1/sqrt(2)", 3.0, sqrt(0.5), inf, "normal"),
        ("1±pi/2", 1.0, 1.5707963267948966, inf, "normal"),
        ("(2)±(1)", 2.0, 1.0, inf, "normal"),
        ("1.00±0.04 (k=2)", 1.0, 0.02, inf, "normal"),
        ("(1.00±0.04), k=2", 1.0, 0.02, inf, "normal"),
        ("1.00±0.04 (k = 2, dof = 4)", 1.0, 0.02, 4.0, "student"),
        ("1.00±0.04 k=2 dof=4", 1.0, 0.02, 4.0, "student"),
        ("1.00±0.04, p=0.95", 1.0, 0.02040853827698616, inf, "normal"),  # 0.04/1.959963984540054
        ("1.00±0.04, p=95%, dof=4", 1.0, 0.014406911890718, 4.0, "student"),  # 0.04/2.776445105197799
    ],
)
def test_what_a_text_means(text: str, value: float, uncertainty: float, dof: float, name: str) -> None:
    found = uncertain(text, "--x")
    assert (found.value, found.uncertainty) == pytest.approx((value, uncertainty), rel=1e-14)
    assert (found.dof, found.name) == (dof, name)


@pytest.mark.parametrize(
    ("text", "uncertainty", "dof"),
    [
        ("1.00, u=0.02", 0.02, inf),
        ("1.00 u=2%", 0.02, inf),
        ("1.00, u=0.02, dof=9", 0.02, 9.0),
        ("1.00, U=0.04, k=2", 0.02, inf),
        ("1.00 (U = 0.04, k = 2)", 0.02, inf),
        ("1.00, U=0.04, p=0.95, dof=4", 0.014406911890718, 4.0),
    ],
)
def test_an_uncertainty_stands_behind_a_number(text: str, uncertainty: float, dof: float) -> None:
    found = uncertain(text, "--x")
    assert (found.value, found.dof) == (1.0, dof)
    assert found.uncertainty == pytest.approx(uncertainty, rel=1e-12)


@settings(max_examples=40)
@given(st.floats(-1e300, 1e300), st.floats(0, 1e300), st.sampled_from(["{!r}±{!r}", "{:.17E} +- {:.17E}"]))
def test_any_float_can_be_written(value: float, size: float, way: str) -> None:
    """With a power of ten or without, as Python and C write it."""
    found = uncertain(way.format(value, size), "--x")
    assert (found.value, found.uncertainty) == (value, size)


@settings(max_examples=40)
@given(st.integers(10, 9999), st.integers(0, 6), st.integers(1, 99), st.integers(-30, 30))
def test_last_digits(number: int, decimals: int, digits: int, power: int) -> None:
    """Both numbers are the nearest floats to what is written, whatever the power of ten."""
    written = f"{number:0{decimals + 2}d}"
    value = f"{written[:-decimals]}.{written[-decimals:]}" if decimals else written
    found = uncertain(f"{value}({digits})e{power}", "--x")
    assert found.value == float(f"{value}e{power}")
    assert found.uncertainty == float(f"{digits}e{power - decimals}")


@pytest.mark.parametrize(
    "text",
    [
        *(
            "1±-0.1",
            "2.006(12345)",
            "2.006(5.1)",
            "1.00 +0.02 -0.01",
            "1.00(+2-1)",
            "1.00 (+0.02/−0.01)",
            "1,00±0,02",
            "1,00(2)",
            "1,000.5±0.3",
            "1.00±0.02 m",
            "1.00(2) mm",
            "u=0.02",
            "1.00, U=0.04",
            "1.00, u=0.02, k=2",
            "1.00±0.04, k=2, p=0.95",
            "1.00±0.04, u=1",
            "1.00±0.04, p=95",
            "1.00±0.04, U95",
            "–1.50±0.02",
            "2.006(0.05)",
            "2.006()",
            "2.006(-5)",
            "0±3%",
            "±3",
            "1±",
            "1±x",
            "1±nan",
            "1±0.1±2",
        ),
        *("uniform(2, 1)", "uniform(1, 1)", "normal(0, -1)", "normal(0)", "normal(0, 1, 2)", "normal(0, 1", "gamma(5)"),
        *(
            "nomral(0, 1)",
            "trapezoid(0, 2, 1, 3)",
            "triangular(0, 1, 2)",
            "ctrap(0, 1, 0.6)",
            "beta(0, 1)",
            "beta(-1, 1)",
        ),
        *("readings(1)", "readings()", "1,2,3", "1±0.1, dof=0", "1±0.1, foo=1", "3, dof=4", "student(0, 1, -2)", "inf"),
        *(
            "truncated(normal(0, 1), 2, 1)",
            "truncated(normal(0, 1), 20, 21)",
            "truncated(3, 1, 2)",
            "normal(0, 1), dof=3",
        ),
        *(
            "",
            "x",
            "1:3",
            "(1±0.1)e400",
            "lognormal(0, 40)",
            "normal(0, 1, dof=-1)",
            "normal(0, s=1, s=2)",
            "(1±0.1",
            "truncated(normal(0, 1))",
        ),
    ],
)
def test_what_is_wrong_is_shown(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        uncertain(text, "--x")
    lines = str(caught.value).split("\n")
    assert len(lines) == 3
    assert lines[0].startswith("--x: ")
    assert lines[2].strip(" ") == "^" * len(lines[2].strip(" "))
