"""The law of propagation, terms of second order, goals and conformity."""

from __future__ import annotations

from math import inf, isnan, sqrt
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import exprgrad
from exprgrad import DataError, NumbersError, UnboundError, UsageError
from exprgrad.quantities.readings import load
from exprgrad.text.measured import concise, plus_minus

POLYNOMIALS = st.lists(st.floats(-3, 3), min_size=3, max_size=3)


@settings(max_examples=20)
@given(POLYNOMIALS, st.floats(-0.9, 0.9))
def test_a_linear_result_has_the_variance_of_the_matrix(slopes: list[float], r: float) -> None:
    a, b, c = slopes
    found = exprgrad.uncertainty(
        "a*x + b*y + c*z", a=a, b=b, c=c, x="1±0.5", y="2±0.25", z="3±2", correlate={("x", "y"): r}
    )
    variance = (a * 0.5) ** 2 + (b * 0.25) ** 2 + (c * 2) ** 2 + 2 * r * a * b * 0.125
    assert found.only.standard_uncertainty == pytest.approx(sqrt(max(variance, 0)), rel=1e-9, abs=1e-12)
    if variance > 1e-6:
        assert sum(line.share for line in found.budget) == pytest.approx(1)


@settings(max_examples=8)
@given(POLYNOMIALS, st.floats(-0.9, 0.9))
def test_second_order_is_exact_for_quadratic_results_of_normal_inputs(slopes: list[float], r: float) -> None:
    """The variance of a quadratic form: g'Sg + tr(HSHS)/2, where no third derivative is left."""
    a, b, c = slopes
    found = exprgrad.uncertainty(
        "a*x^2 + b*x*y + c*y^2",
        a=a,
        b=b,
        c=c,
        x="1±0.5",
        y="2±0.25",
        correlate={("x", "y"): r},
        second_order=True,
    )
    s = [[0.25, r * 0.125], [r * 0.125, 0.0625]]
    h = [[2 * a, b], [b, 2 * c]]
    g = [2 * a + 2 * b, b + 4 * c]
    hs = [[sum(h[i][k] * s[k][j] for k in range(2)) for j in range(2)] for i in range(2)]
    linear = sum(g[i] * s[i][j] * g[j] for i in range(2) for j in range(2))
    square = sum(hs[i][k] * hs[k][i] for i in range(2) for k in range(2)) / 2
    (second,) = found.second_order.values()
    assert second.bias == pytest.approx((hs[0][0] + hs[1][1]) / 2, abs=1e-12)
    assert second.standard_uncertainty == pytest.approx(sqrt(linear + square), rel=1e-9, abs=1e-9)


def test_third_derivatives() -> None:
    """Of x^3 at 1: 9s^2 + 36s^4, to the fourth power of s (JCGM 100:2008, note to 5.1.2)."""
    (one,) = exprgrad.uncertainty("x^3", x="1±0.1", second_order=True).second_order.values()
    assert one.standard_uncertainty == pytest.approx(sqrt(0.09 + 0.0036), rel=1e-13)
    (two,) = exprgrad.uncertainty("x^2*y", x="1±0.1", y="2±0.3", second_order=True).second_order.values()
    g, s = (4.0, 1.0), (0.1, 0.3)
    hessian, third = ((4.0, 2.0), (2.0, 0.0)), {("x", "y"): 0.0, ("y", "x"): 2.0}  # d3f/dx dy^2, d3f/dy dx^2
    more = sum((hessian[i][j] * s[i] * s[j]) ** 2 for i in range(2) for j in range(2)) / 2
    more += g[0] * third["x", "y"] * s[0] ** 2 * s[1] ** 2 + g[1] * third["y", "x"] * s[1] ** 2 * s[0] ** 2
    assert two.standard_uncertainty == pytest.approx(sqrt(0.16 + 0.09 + more), rel=1e-13)


def test_where_the_first_derivative_is_0() -> None:
    found = exprgrad.uncertainty("x^2", x="0±0.5", second_order=True)
    (second,) = found.second_order.values()
    assert (second.value, second.standard_uncertainty) == pytest.approx((0.25, sqrt(2) * 0.25))
    (note,) = exprgrad.uncertainty("x^2", x="0±0.5").notes
    assert "second_order" in repr(exprgrad.uncertainty("x^2", x="0±0.5"))
    assert "--second-order" in note


def test_degrees_of_freedom() -> None:
    """Welch and Satterthwaite's formula. It is refused where correlated inputs contribute; but those that were
    estimated together are one component."""
    given: dict[str, Any] = {"x": "1±0.1, dof=4", "y": "1±0.2, dof=9"}
    assert exprgrad.uncertainty("x + y", **given).only.dof == pytest.approx(0.05**2 / (1e-4 / 4 + 16e-4 / 9))
    refused = exprgrad.uncertainty("x + y", **given, correlate={("x", "y"): 0.5})
    assert isnan(refused.only.dof)
    assert refused.only.coverage_factor == pytest.approx(1.959963984540054)
    assert "no effective degrees of freedom" in refused.notes[0]
    assert exprgrad.uncertainty("x + y", x="1±0.1", y="1±1", correlate={("x", "y"): 0.5}).only.dof == inf
    fit = exprgrad.fit("q ~ a*p + b", {"p": [1, 2, 3, 4.0], "q": [2, 4.1, 5.9, 8.2]})
    line = exprgrad.uncertainty("a*p + b", fit, p=10)
    assert line.only.dof == pytest.approx(2)
    slope = [10, 1]
    variance = sum(slope[i] * fit.covariance[i][j] * slope[j] for i in range(2) for j in range(2))
    assert line.only.standard_uncertainty == pytest.approx(sqrt(variance), rel=1e-9)


def test_contributions_may_cancel() -> None:
    found = exprgrad.uncertainty("x + y", x="1±1, dof=3", y="2±1", correlate={("x", "y"): -1})
    assert found.only.standard_uncertainty == 0
    assert "cancel" in " ".join(found.notes)


def test_results_and_their_covariance() -> None:
    found = exprgrad.uncertainty("u = x*y; p = u + x; q = x/y", x="3±0.1", y="2±0.2")
    assert list(found.results) == ["p", "q"]
    p, q = (3 * 0.1, 3 * 0.2), (0.5 * 0.1, -0.75 * 0.2)
    assert found.covariance["p"]["q"] == pytest.approx(p[0] * q[0] + p[1] * q[1])
    again = exprgrad.uncertainty("p + q", found)
    both = exprgrad.uncertainty("x*y + x + x/y", x="3±0.1", y="2±0.2")
    assert again.only.standard_uncertainty == pytest.approx(both.only.standard_uncertainty, rel=1e-12)
    assert list(exprgrad.uncertainty("u = x*y; p = u + x", x="3±1", y=2, results=["u", "p"]).results) == ["u", "p"]


def test_goals() -> None:
    """What is asked for is reached when it is done."""
    given: dict[str, Any] = {"x": "3±0.1", "y": "2±0.2"}
    x, y = exprgrad.uncertainty("x*y", **given, target="u=0.5").goals
    for changed in ({"y": f"2±{y.alone}"}, {"x": f"3±{x.equal}", "y": f"2±{y.equal}"}):
        assert exprgrad.uncertainty("x*y", **{**given, **changed}).only.standard_uncertainty == pytest.approx(0.5)
    assert isnan(x.alone)
    _, y = exprgrad.uncertainty("x*y", **given, target="u=0.5", correlate={("x", "y"): 0.4}).goals
    kept = exprgrad.uncertainty("x*y", x="3±0.1", y=f"2±{y.alone}", correlate={("x", "y"): 0.4})
    assert kept.only.standard_uncertainty == pytest.approx(0.5)
    relative = exprgrad.uncertainty("x*y", **given, target="U=10%").goals[1]
    assert exprgrad.uncertainty("x*y", x="3±0.1", y=f"2±{relative.alone}").only.expanded_uncertainty == pytest.approx(
        0.6
    )


def test_conformity() -> None:
    (found,) = exprgrad.uncertainty("x", x="10±1", limits=(8, 13)).conformity
    assert found.probability == pytest.approx(0.9758999700201907, rel=1e-12)  # Phi(3) - Phi(-2)
    assert (found.accept_low, found.accept_high) == pytest.approx((9.959963984540054, 11.040036015459945))
    assert found.accepted
    assert found.probability + found.risk == pytest.approx(1)
    (open_end,) = exprgrad.uncertainty("x", x="10±1, dof=4", limits=(None, 20)).conformity
    assert open_end.risk == pytest.approx(0.000281001811358, rel=1e-9)  # P(t(4) > 10)


@pytest.mark.parametrize(
    ("value", "uncertainty", "text", "short"),
    [
        (9.8106, 0.0527, "9.811 ± 0.053", "9.811(53)"),
        (6.6743e-11, 1.5e-15, "(6.67430 ± 0.00015)e-11", "6.67430(15)e-11"),
        (50000838.0, 31.66, "50000838 ± 32", "50000838(32)"),
        (50000838.0, 320.0, "(5.000084 ± 0.000032)e7", "5.000084(32)e7"),
        (0.0, 0.1, "0.00 ± 0.10", "0.00(10)"),
        (-0.0006, 1.7, "0.0 ± 1.7", "0.0(1.7)"),
        (1.5, 0.0996, "1.50 ± 0.10", "1.50(10)"),
        (-1.2, 0.3, "-1.20 ± 0.30", "-1.20(30)"),
        (0.5, 12.3, "0 ± 12", "0(12)"),
        (1e300, 1e290, "(1.00000000000 ± 0.00000000010)e300", "1.00000000000(10)e300"),
        (1.0, 0.0, "1 ± 0", "1"),
        (1.0, inf, "1 ± inf", "1(inf)"),
    ],
)
def test_as_a_person_writes_it(value: float, uncertainty: float, text: str, short: str) -> None:
    assert (plus_minus(value, uncertainty), concise(value, uncertainty)) == (text, short)


class Foreign:
    """A value of the package uncertainties, as far as it is looked at."""

    def __init__(
        self, nominal_value: float, derivatives: dict[Foreign, float] | None = None, std_dev: float = 0
    ) -> None:
        self.nominal_value = nominal_value
        self.derivatives = derivatives or {self: 1.0}
        parts = [slope * one.std_dev for one, slope in (derivatives or {}).items()]
        self.std_dev: float = std_dev or sqrt(sum(part * part for part in parts))


def test_values_of_other_packages() -> None:
    """They bring their correlations: x - x is exact."""
    x = Foreign(3.0, std_dev=0.1)
    twice = Foreign(6.0, {x: 2.0})
    found = exprgrad.uncertainty("t - x", t=twice, x=x)
    assert found.only.standard_uncertainty == pytest.approx(0.1)
    assert exprgrad.uncertainty("x", {"x": found.only}).only.standard_uncertainty == pytest.approx(0.1)


@pytest.mark.parametrize(
    ("expression", "given", "error", "words"),
    [
        ("abs(x)", {"x": "0±1"}, NumbersError, "montecarlo"),
        ("sqrt(x)", {"x": "0±1"}, NumbersError, "montecarlo"),
        ("max(x, y)", {"x": "1±1", "y": 1}, NumbersError, "no derivative"),
        ("log(x)", {"x": "-1±1"}, NumbersError, "nan"),
        ("x", {"x": 1}, UsageError, "exact"),
        ("x*y", {"x": "1±1"}, UnboundError, "y"),
        ("x", {"x": "1±1", "correlate": {("x", "z"): 0.1}}, UsageError, "no uncertain input z"),
        ("x*y", {"x": "1±1", "y": 2, "correlate": {("x", "y"): 0.1}}, UsageError, "y is exact"),
        ("x*y", {"x": "1±1", "y": "1±1", "correlate": "x,y=1.5"}, UsageError, "beyond ±1"),
        ("x*y", {"x": "1±1", "y": "1±1", "correlate": "x,y=a"}, UsageError, "takes a number"),
        (
            "x*y*z",
            {"x": "1±1", "y": "1±1", "z": "1±1", "correlate": ["x,y=0.9", "y,z=0.9", "x,z=-0.9"]},
            UsageError,
            "not positive definite",
        ),
        ("x", {"x": "1±1", "coverage": 95}, UsageError, "between 0 and 1"),
        ("x", {"x": "1±1", "target": "v=1"}, UsageError, "u=SIZE"),
        ("x", {"x": "1±1", "target": 0}, UsageError, "above 0"),
        ("x", {"x": "1±1", "limits": (2, 1)}, UsageError, "lower"),
        ("x", {"x": "1±1", "results": ["y"]}, UsageError, "the name y"),
        ("x", {"x": [1.0]}, UsageError, "two readings"),
    ],
)
def test_what_is_refused(expression: str, given: dict[str, object], error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        exprgrad.uncertainty(expression, **given)  # type: ignore[arg-type]


def test_a_kink_of_exact_inputs_does_no_harm() -> None:
    assert exprgrad.uncertainty("x + abs(y)", x="1±1", y=0).only.standard_uncertainty == 1


def test_a_file_that_takes_options_says_how_it_is_made_plain(tmp_path: Path) -> None:
    """`uncertainty` has no options for reading, so a hint that names one names the command that has it."""
    from exprgrad.quantities.readings import load

    file = tmp_path / "german.csv"
    file.write_text("V;I\n5,007;1\n4,994;2\n")
    match = r"--decimal , to exprgrad map 1 --data .*german.csv -o plain.csv"
    with pytest.warns(exprgrad.DataNote), pytest.raises(DataError, match=match):
        load(f"{file}:V", "--x")


@pytest.mark.parametrize(("text", "part"), [("u=3%", 0.03), ("u=20ppm", 20e-6), ("U=5 ppb", 5e-9)])
def test_a_target_is_a_part_of_the_value(text: str, part: float) -> None:
    from exprgrad.jobs.uncertainty.request import Target

    found = Target.read(text)
    assert found.relative
    assert found.size == pytest.approx(part, rel=1e-15)


def test_what_readings_need_is_said_in_their_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "x.csv").write_text("x\n1\n2\n")
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(UsageError) as raised:
        load(str(tmp_path / "x.csv"), "--x")
    assert raised.value.message == f"--x @{tmp_path / 'x.csv'} needs numpy"
