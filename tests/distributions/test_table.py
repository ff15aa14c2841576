"""The table of distributions against SciPy, and against integrals of its own densities."""

from __future__ import annotations

from itertools import pairwise
from math import inf

import pytest
from scipy import stats

from exprgrad.distributions.distribution import Distribution, coverage_factor
from exprgrad.distributions.quadrature import integral
from exprgrad.distributions.table import KINDS

REFERENCES = {
    "normal": ((1.0, 2.0), stats.norm(1, 2)),
    "student": ((1.0, 2.0, 4.5), stats.t(4.5, 1, 2)),
    "lognormal": ((0.5, 0.7), stats.lognorm(0.7, scale=1.6487212707001282)),
    "exponential": ((3.0,), stats.expon(scale=3)),
    "gamma": ((0.3, 2.0), stats.gamma(0.3, scale=2)),
    "uniform": ((-1.0, 2.0), stats.uniform(-1, 3)),
    "triangular": ((0.0, 4.0, 1.0), stats.triang(0.25, 0, 4)),
    "arcsine": ((1.0, 3.0), stats.arcsine(1, 2)),
    "trapezoid": ((1.0, 2.0, 4.0, 4.5), stats.trapezoid(1 / 3.5, 3 / 3.5, 1, 3.5)),
    "beta": ((0.7, 3.0, -1.0, 2.0), stats.beta(0.7, 3, -1, 3)),
}


def test_every_kind_has_a_reference() -> None:
    assert KINDS.keys() == REFERENCES.keys() | {"ctrap"}  # which SciPy lacks: below


@pytest.mark.parametrize("name", REFERENCES)
def test_a_kind_agrees_with_scipy(name: str) -> None:
    arguments, reference = REFERENCES[name]
    assert KINDS[name].check(*arguments) == ("", "")
    found = Distribution(KINDS[name], arguments)
    assert (found.mean(), found.deviation()) == pytest.approx((reference.mean(), reference.std()), rel=1e-13)
    for p in (1e-4, 1e-3, 0.2, 0.5, 0.9, 1 - 1e-6):
        x = found.quantile(p)
        assert x == pytest.approx(reference.ppf(p), rel=1e-9, abs=1e-15)
        assert found.cumulative(x) == pytest.approx(p, rel=1e-10, abs=1e-12)
        assert found.density(x) == pytest.approx(reference.pdf(x), rel=1e-6)


def test_the_curved_trapezoid_is_that_of_its_density() -> None:
    found = Distribution(KINDS["ctrap"], (-1.0, 1.0, 0.5))
    places = (-1.5, -0.5, 0.5, 1.5)
    for power, moment in ((0, 1.0), (1, 0.0), (2, found.deviation() ** 2)):
        parts = pairwise(places)
        total = sum(integral(lambda x, n=power: x**n * found.density(x), *part) for part in parts)  # type: ignore[misc]
        assert total == pytest.approx(moment, abs=1e-12)
    assert found.deviation() ** 2 == pytest.approx(4 / 12 + 0.25 / 9)  # JCGM 101:2008, 6.4.3.4
    for p in (1e-6, 0.1, 0.5, 0.97):
        assert found.cumulative(found.quantile(p)) == pytest.approx(p, rel=1e-12)


@pytest.mark.parametrize(
    ("name", "arguments", "low", "high", "reference"),
    [
        ("normal", (0.0, 1.0), -1.0, 2.0, stats.truncnorm(-1, 2)),
        ("normal", (0.0, 1.0), 5.0, inf, stats.truncnorm(5, inf)),
        ("normal", (0.0, 1.0), -inf, -5.0, stats.truncnorm(-inf, -5)),
        ("exponential", (2.0,), 0.0, 3.0, stats.truncexpon(1.5, scale=2)),
        ("uniform", (0.0, 4.0), 1.0, inf, stats.uniform(1, 3)),
    ],
)
def test_truncation(name: str, arguments: tuple[float, ...], low: float, high: float, reference: object) -> None:
    found = Distribution(KINDS[name], arguments, low, high)
    expected = reference.mean(), reference.std()  # type: ignore[attr-defined]
    assert (found.mean(), found.deviation()) == pytest.approx(expected, rel=1e-10)
    for p in (0.0, 0.01, 0.6, 1.0):
        assert found.quantile(p) == pytest.approx(reference.ppf(p), rel=1e-11)  # type: ignore[attr-defined]


def test_coverage_factors_are_those_of_table_g2() -> None:
    """JCGM 100:2008, table G.2."""
    table: dict[float, tuple[float, ...]] = {
        1: (6.31, 12.71, 63.66),
        2: (2.92, 4.30, 9.92),
        9: (1.83, 2.26, 3.25),
        16: (1.75, 2.12, 2.92),
    }
    table |= {50: (1.68, 2.01, 2.68), inf: (1.64, 1.96, 2.58)}
    for dof, factors in table.items():
        for coverage, factor in zip((0.90, 0.95, 0.99), factors, strict=True):
            found = coverage_factor(coverage, dof)
            assert abs(found - factor) <= 0.005 + 1e-9, (dof, coverage)
    assert coverage_factor(0.95, 4.5) == pytest.approx(stats.t(4.5).ppf(0.975), rel=1e-12)
    for dof in (9.9e4, 1.1e5, 1e12):
        assert coverage_factor(0.99, dof) == pytest.approx(stats.t(dof).ppf(0.995), rel=1e-9)
