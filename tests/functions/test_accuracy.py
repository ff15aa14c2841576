"""Each row of the table against mpmath: value, partials, further derivatives; and that errors would be found."""

from __future__ import annotations

import math
import sys
from collections.abc import Iterable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mpmath import mp

import exprgrad as api
from benchmarks import reference
from benchmarks.accuracy import samples
from exprgrad.functions.entry import SECOND, Function
from exprgrad.functions.rules import bind
from exprgrad.functions.table import FUNCTIONS
from exprgrad.jobs.check.precise import Precise

pytestmark = pytest.mark.no_cover

NAMES = list(FUNCTIONS)
Operands = tuple[float, ...]


def check(function: Function, operands: Operands) -> None:
    """Value and partials within the bounds of the entry."""
    error = reference.value_error(function, operands)
    assert error <= function.ulp[0], f"{function.name}{operands}: the value is {error} ulp off"
    if function.name == "bessely" and math.isinf(function.value(*operands)):  # type: ignore[misc]
        return  # its slope is nan then, which a note is about
    for index, operand in enumerate(function.operands):
        error = reference.partial_error(function, index, operands)
        assert error <= function.ulp[1], (
            f"{function.name}{operands}: the partial with respect to {operand} is {error} ulp off"
        )


def check_all(function: Function, points: Iterable[Operands]) -> None:
    for operands in points:
        check(function, operands)


@st.composite
def points(draw: st.DrawFn, function: Function) -> Operands:
    """Operands from the function's domain; `n` is a small whole number."""
    drawn = []
    for index, name in enumerate(function.operands):
        low, high = function.interval(index)
        near, far = max(low, -750.0), min(high, 750.0)
        single = len(function.operands) == 1 and low < 1.0
        drawn.append(
            float(draw(st.integers(0, 6)))
            if name == "n"
            else draw(
                st.floats(near, far, allow_subnormal=single)
                | st.floats(max(low, -4.0), min(high, 4.0), allow_subnormal=single)
                | st.floats(
                    None if low == -math.inf else low,
                    None if high == math.inf else high,
                    allow_subnormal=single,
                    allow_nan=False,
                    allow_infinity=False,
                )
                | st.sampled_from([*drawn, 1.0, *(p[index] for p in function.points)]).filter(
                    lambda x, low=low, high=high: low <= x <= high
                )
            )
        )
    return tuple(drawn)


@pytest.mark.parametrize("name", NAMES)
def test_own_points(name: str) -> None:
    check_all(FUNCTIONS[name], FUNCTIONS[name].points)


@pytest.mark.long
@pytest.mark.parametrize("name", NAMES)
def test_drawn_points(name: str) -> None:
    function = FUNCTIONS[name]

    @settings(derandomize=True, database=None, deadline=None, max_examples=8 if function.slow else 30)
    @given(points(function))
    def run(operands: Operands) -> None:
        check(function, operands)

    run()


@pytest.mark.parametrize("name", NAMES)
def test_edges(name: str) -> None:
    """Some of the benchmark's points: roots and ends of the range, found by bisection."""
    check_all(FUNCTIONS[name], samples(FUNCTIONS[name], 40, seed=1)[:: 10 if FUNCTIONS[name].slow else 1])


WRONG = {
    "tanh": ("1 - out^2",),
    "sigmoid": ("out*(1 - out)",),
    "pow": ("y*x^(y - 1)", "pow_log(x, y)"),
    "softplus": ("1/(1 + exp(-x))*(1 + 1e-15)",),
    "gelu": ("gelu_slope(x)*0.9999999999999991",),
    "asinh": ("1/sqrt(1 + x^2)",),
    "atan2": ("x/(x^2 + y^2)", "-y/(x^2 + y^2)"),
    "erf": ("1.1283791670955126*exp(-x*x)",),
    "sinc": ("cos(x)/x - sin(x)/x^2",),
    "logaddexp": ("softmax2(x, y)", "softmax2(x, y)"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_partial_is_caught(name: str) -> None:
    planted = FUNCTIONS[name]._replace(partials=WRONG[name])
    with pytest.raises(AssertionError, match="the partial with respect to"):
        check_all(planted, samples(planted, 300))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("log1p", lambda x: math.log(1 + x)),
        ("sech", lambda x: 1.0),
        ("silu", lambda x: x / (1 + math.exp(-x) if x > -700 else math.inf)),
    ],
)
def test_a_wrong_value_is_caught(name: str, value) -> None:  # type: ignore[no-untyped-def]
    planted = FUNCTIONS[name]._replace(value=value)
    with pytest.raises(AssertionError, match="the value"):
        check_all(planted, samples(FUNCTIONS[name], 300))


def test_errors_are_in_ulp_of_the_true_result() -> None:
    ulp = sys.float_info.epsilon
    assert reference.error(1.0 + ulp, mp.mpf(1)) == 1.0
    assert reference.error(2.0 - ulp, mp.mpf(2) - mp.mpf(ulp) / 2) == 0.5
    assert reference.error(1e-310, mp.mpf(0)) == 0.0  # no normal float
    assert reference.error(ulp, mp.mpf(0), 1) == 1.0
    assert reference.error(0.5 + ulp, mp.mpf(0.5), 1) == 1.0  # of the larger term
    assert reference.error(0.0, mp.mpf(1e-300)) > 1e15
    assert reference.error(math.inf, mp.mpf(1e300)) == math.inf
    assert reference.error(math.nan, mp.mpf(1)) == math.inf
    assert reference.error(1.0, mp.mpf("1e400")) == math.inf
    assert reference.error(1.0, mp.mpf("1e-400")) == math.inf


SMOOTH = sorted({f.name for f in FUNCTIONS.values() if len(f.operands) == 1 and f.partials != ("0",)} - {"abs"})


@pytest.mark.parametrize("name", SMOOTH)
def test_further_derivatives(name: str) -> None:
    """Orders 2 and 3, through the graph, at ordinary points and at 0, where formulas such as sin(x)/x break down."""
    function = FUNCTIONS[name]
    candidates = [0.0, 0.5, 1.25, -0.75, 3.0, *(x for (x,) in function.points if 1e-9 <= abs(x) < 50)]
    with mp.workdps(60):
        for x in candidates:
            low, high = function.interval(0)
            if (
                not low < x < high
                or reference.is_kink(function, (x,))
                or not math.isfinite(api.evaluate(f"{name}(x)", x=x))
            ):
                continue
            if name in {"elu", "softsign"} and x == 0:
                continue  # smooth to the first order only
            for order in (2, 3):
                true = mp.diff(reference.meaning(function), mp.mpf(x), order)
                got = api.evaluate(f"diff({name}(x), x, {order})", x=x)
                scale = max(abs(true), abs(api.evaluate(f"diff({name}(x), x)", x=x)), mp.mpf(1e-3))
                assert abs(got - true) <= 1e-10 * scale, f"order {order} at {x}: {got}, not {mp.nstr(true, 17)}"


@pytest.mark.parametrize(
    ("expression", "x", "y"),
    [
        ("hypot(x, y)", 3.0, 4.0),
        ("atan2(x, y)", -1.0, 2.0),
        ("x^y", 2.0, 3.0),
        ("x^y", 0.3, -1.5),
        ("logaddexp(x, y)", 1.0, 2.5),
        ("xlogy(x, y)", 2.0, 3.0),
        ("x/y", 2.0, 3.0),
        ("polygamma(1, x)*y", 1.5, 1.0),
        ("polygamma(2, x)*y", -1.3, 1.0),
        ("spherical_bessel(2, x)*y", 1.1, 1.0),
        ("spherical_bessel(1, x)*y", 0.0, 1.0),
    ],
)  # fmt: skip
def test_further_derivatives_of_two_operands(expression: str, x: float, y: float) -> None:
    arithmetic = Precise()
    with mp.workdps(60):
        rule = bind(expression, ("x", "y"), arithmetic)
        for orders in ((2, 0), (1, 1), (0, 2), (3, 0), (2, 1), (1, 2), (0, 3)):
            true = mp.diff(lambda x, y: rule((x, y)), (mp.mpf(x), mp.mpf(y)), orders)
            text = expression
            for name, order in zip("xy", orders, strict=True):
                text = f"diff({text}, {name}, {order})" if order else text
            got = api.evaluate(text, x=x, y=y)
            assert abs(got - true) <= 1e-10 * max(abs(true), mp.mpf(1e-3)), f"{orders}: {got}, not {mp.nstr(true, 17)}"


def test_helpers_have_a_bound_of_their_own() -> None:
    loose = {f.name for f in FUNCTIONS.values() if f.ulp[1] >= SECOND}
    assert all(f.partials and f.formula for f in FUNCTIONS.values() if f.name in loose)
    assert not loose & {"gelu", "pow", "hypot", "tanh", "erf", "sinc", "normal_pdf", "logaddexp"}
