"""Values with errors, rounded by the rule of the Particle Data Group; and the table for a document."""

from __future__ import annotations

from decimal import Decimal, localcontext

import pytest
from hypothesis import given
from hypothesis import strategies as st

import exprgrad
from exprgrad.render.formats import render
from exprgrad.text.measured import measured, short_p


@pytest.mark.parametrize(
    ("value", "error", "plain"),
    [
        (0.827, 0.119, "0.83 ± 0.12"),  # the three examples of the Review
        (0.827, 0.367, "0.8 ± 0.4"),
        (57.62345, 1.0049, "57.6 ± 1.0"),
        (57.62345, 0.96, "57.6 ± 1.0"),
        (14.674, 0.964, "14.7 ± 1.0"),
        (2.01954, 0.00447842, "2.020 ± 0.004"),
        (-0.0000123456, 0.00000012, "(-1.235 ± 0.012)e-5"),
        (57600, 1234, "(5.76 ± 0.12)e4"),
        (1234567.8, 0.02, "(1.234567800 ± 0.000000020)e6"),
        (0.0, 0.2, "0.00 ± 0.20"),
        (3, 40, "0 ± 40"),
        (3, 400, "(0 ± 4)e2"),
        (1e300, 3e298, "(1.000 ± 0.030)e300"),
        (1e-310, 5e-312, "(1.00 ± 0.05)e-310"),
        (1.5, float("nan"), None),
        (1.5, 0.0, None),
    ],
)
def test_measured(value: float, error: float, plain: str | None) -> None:
    found = measured(value, error)
    assert (found.plain if found else None) == plain


finite = st.floats(-1e300, 1e300, allow_subnormal=False)


@given(finite, st.floats(1e-290, 1e300))
def test_rounded_and_no_more(value: float, error: float) -> None:
    """Nothing is off by more than half of the error's leading place, and the error shows two digits at the most."""
    found = measured(value, error)
    assert found is not None
    with localcontext() as context:
        context.prec = 700
        shown, spread = (Decimal(text).scaleb(found.power) for text in (found.value, found.error))
        half = Decimal(1).scaleb(Decimal(error).adjusted()) / 2
        assert abs(shown - Decimal(value)) <= half
        assert abs(spread - Decimal(error)) <= half
    assert 1 <= len(found.error.replace(".", "").strip("0")) <= 2


def test_probabilities() -> None:
    assert [short_p(p) for p in (0.05234, 1.4e-10, 3e-17, 1.0)] == ["0.052", "1.4e-10", "< 1e-15", "1"]


def test_latex() -> None:
    fit = exprgrad.fit(
        "y ~ tau_1*x + k", {"x": [1, 2, 3, 4], "y": [2.1, 3.9, 6.2, 7.9], "k": 0.1}, fix=["k"], bound={"tau_1": (0, 9)}
    )
    text = render(fit, "latex")
    assert text.splitlines()[0] == r"\begin{tabular}{lrrrr}"
    assert r"$\tau_{1}$ & $1.970 \pm 0.026$ & $1.8858$ & $2.0542$ & $5.3 \times 10^{-6}$ \\" in text
    assert r"$k$ & $0.1$ & \multicolumn{3}{c}{fixed} \\" in text
