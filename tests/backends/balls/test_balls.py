"""Numbers that are proved: what is called so holds mpmath's value, and what is open is not guessed."""

from __future__ import annotations

from collections.abc import Mapping
from math import comb, nextafter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks import certified
from benchmarks.accuracy import samples
from benchmarks.gradients import program
from exprgrad import UsageError, parse
from exprgrad.backends.balls.arithmetic import without_form
from exprgrad.backends.balls.digits import digits, enclosure, ends, error, rounded
from exprgrad.backends.balls.numbers import arb, precision
from exprgrad.backends.balls.settle import Settler
from exprgrad.backends.engine import Engine
from exprgrad.binding import bind
from exprgrad.columns.unroll import unrolled
from exprgrad.functions.floats import FLOATS
from exprgrad.functions.table import FUNCTIONS
from exprgrad.graph.forward import forward
from exprgrad.jobs.check.digits import Number, mp
from exprgrad.jobs.check.precise import Exact
from exprgrad.jobs.evaluate.certified.result import Certified
from exprgrad.jobs.evaluate.request import Request
from exprgrad.jobs.evaluate.result import Evaluation
from exprgrad.jobs.evaluate.run import evaluate
from tests.jobs.check.test_check import planted

KNOWN = list(FUNCTIONS)


def proved(text: str, at: Mapping[str, float], request: Request | None = None) -> Evaluation:
    """An expression with what balls prove of it."""
    expression = parse(text)
    model, inputs = bind(expression.lowered, {name: at[name] for name in expression.variables})
    return evaluate(model, inputs, request or Request(certify=True), Engine())


def numbers(text: str, at: Mapping[str, float], **wishes: object) -> dict[str, Certified]:
    """What is proved of each number; of the value under `value`."""
    *slopes, value = proved(text, at, Request(certify=True, **wishes)).certified  # type: ignore[arg-type]
    return {row.name: row for row in slopes} | {"value": value}


def holds(row: Certified, exact: Number, bits: int = 1000) -> bool:
    """Whether the enclosure has the number, which is right to so many bits."""
    room = abs(exact) * mp.mpf(2) ** -bits
    return bool(mp.mpf(row.lower) - room <= exact <= mp.mpf(row.upper) + room)


@settings(max_examples=6, deadline=None)
@given(random=st.randoms(use_true_random=False))
def test_what_is_proved_holds_what_mpmath_finds(random: object) -> None:
    """Values against mpmath, derivatives against the power series of Arb, which share no rule with the table."""
    text, at = program(random)  # type: ignore[arg-type]
    expression = parse(text)
    if any(name in FUNCTIONS and FUNCTIONS[name].slow for name in expression.model.graph.operations):
        return
    at = {name: at[name] for name in expression.variables}
    model = expression.model
    with mp.workprec(4000):
        exact = forward(model.graph, Exact(), {name: mp.mpf(x) for name, x in at.items()})
        *rows, last = proved(text, at).certified
        for row in (*rows, last):
            if row.verdict == "undecided":
                assert row.reason
            elif not row.wrt:
                assert holds(row, exact[model.output if row is last else model.intermediates[row.name]]), (text, at)
            elif row.wrt[0] in at:
                slope = Settler(model.graph, model.output).at(at, row.wrt[0], 200, 1 << 12, 1.0)
                if slope is not None:
                    fraction, exponent = slope.mid().man_exp()
                    found = mp.ldexp(mp.mpf(int(fraction)), int(exponent))
                    assert holds(row, found, bits=190), (text, at, row)


@pytest.mark.parametrize("name", [name for name in KNOWN if FUNCTIONS[name].points and not FUNCTIONS[name].reduces])
def test_each_function_is_proved_at_its_points(name: str) -> None:
    """To the bound of its row, unless the result is lost, an exact zero or no derivative."""
    row = FUNCTIONS[name]
    call = f"x {row.symbol} y" if row.symbol and len(row.operands) == 2 else f"{name}({', '.join(row.operands)})"
    for point in row.points:
        found = numbers(call, dict(zip(row.operands, point, strict=True)))
        for number in found.values():
            if number.verdict == "undecided":
                outside = name == "lambertw" and "effort" in number.reason  # the float is beyond -1/e
                known = any(
                    word in number.reason for word in ("kink", "jump", "zero", "no finite", "order", "no formula")
                )
                assert known or outside, (point, number)
            else:
                bound = row.ulp[1] if number.wrt else row.ulp[0]
                assert number.error <= bound + 0.01 or row.terms, (point, number)  # of the larger term, near a root


@pytest.mark.parametrize("name", [name for name in KNOWN if name != "no_formula"])
def test_the_bounds_of_a_row_are_proved(name: str) -> None:
    """At a few points here, at many in `benchmarks.accuracy --certify`; no rule of the table enters."""
    row = FUNCTIONS[name]
    found = certified.prove(row, samples(row, 6)[-6:] + list(row.points[:2]))
    assert found.holds, found
    assert found.value.points + found.first.points >= 2, found


def test_every_function_has_a_form() -> None:
    assert without_form(FUNCTIONS) == []


def test_what_has_no_formula_has_no_derivative_of_any_order() -> None:
    found = numbers("x*besselj(v, x)", {"x": 2.0, "v": 0.5}, order=3, hessian=True)
    assert all(("v" in row.wrt) == (row.verdict == "undecided") for row in found.values()), found


FOLDS = (
    "sum(u)",
    "mean(u)",
    "var(u, 1)",
    "std(u)",
    "norm(u)",
    "prod(u)",
    "logsumexp(u)",
    "max(u)",
    "min(u)",
    "count(u)",
)


@pytest.mark.parametrize("fold", [*FOLDS, "sum(softmax(u)*x)", "x - mean(u)"])
def test_folds_are_proved(fold: str) -> None:
    """Value, and first and second derivative, against mpmath with the rows written out."""
    rows = [0.5, -1.25, 3.1]
    text = fold.replace("(u", "(x*a + cos(a)")
    expression = parse(f"{text} + a")
    model, inputs = bind(expression.lowered, {"a": 0.7, "x": rows})
    found = evaluate(model, inputs, Request(certify=True, order=2), Engine())
    assert all(row.verdict == "proved" or "exact zero" in row.reason for row in found.certified), found.certified
    graph, outputs = unrolled(model.graph, model.output, {"x": rows})
    for k, output in enumerate(outputs):
        value, slope = (Settler(graph, output).at({"a": 0.7}, wrt, 100, 1 << 12, 1.0) for wrt in (None, "a"))
        here = [row for row in found.certified if row.row == (k + 1 if len(outputs) > 1 else 0)]
        for row in here:
            assert row.error < 8 or row.reason
            exact = value if not row.wrt else slope if len(row.wrt) == 1 else None
            assert exact is None or float(row.lower) <= float(exact.mid()) <= float(row.upper)


def test_the_rows_of_a_fold_have_derivatives() -> None:
    expression = parse("sum(a*abs(x))")
    model, inputs = bind(expression.lowered, {"a": 2.0, "x": [0.0, -3.0]})
    found = evaluate(model, inputs, Request(certify=True, wrt=("x",)), Engine())
    assert [(row.name, row.verdict, row.computed) for row in found.certified] == [
        ("d/dx[1]", "undecided", 0.0),
        ("d/dx[2]", "proved", -2.0),
        ("sum(a*abs(x))", "proved", 6.0),
    ]


def test_a_wrong_partial_is_seen() -> None:
    for name, partial in (("tanh", "sech(x)^2 + 1e-12"), ("gamma", "out*digamma(x)*1.000001"), ("atan", "1/(1 + x)")):
        with planted(name, partials=(partial,)):
            assert not certified.prove(FUNCTIONS[name], [(0.5,), (2.0,)]).holds


def test_digits_that_are_wrong_are_seen() -> None:
    true = numbers("sin(x)", {"x": 0.7})["value"]
    assert (true.verdict, true.digits >= 15, true.error <= 1) == ("proved", True, True)
    FLOATS._operations.pop("sin", None)
    for wrong, right in ((1e-12, 12), (1e-5, 5), (1e-2, 2)):
        with planted("sin", value=lambda x, wrong=wrong: true.computed * (1 + wrong)):
            seen = numbers("sin(x)", {"x": 0.7})["value"]
            FLOATS._operations.pop("sin", None)
        assert abs(seen.digits - right) <= 1
        assert seen.error > wrong * 1e15
    with planted("sin", value=lambda x: -true.computed):
        assert numbers("sin(x)", {"x": 0.7})["value"].reason == "no digit is right"
    FLOATS._operations.pop("sin", None)


@pytest.mark.parametrize(
    ("text", "at", "name", "reason"),
    [
        ("abs(x)", {"x": 0.0}, "d/dx", "a kink: abs(x)"),
        ("max(x, y)", {"x": 2.0, "y": 2.0}, "d/dx", "a kink: max(x, y)"),
        ("abs(sin(x)^2 + cos(x)^2 - 1)", {"x": 1.0}, "d/dx", "it may be at a kink"),
        ("sin(x)^2 + cos(x)^2 > 1 ? x : -x", {"x": 1.0}, "value", "it may be at a jump: sin(x)^2 + cos(x)^2 > 1"),
        ("floor(sqrt(x)^2)", {"x": 2.0}, "value", "it may be at a jump: floor(sqrt(x)^2)"),
        ("sin(x)^2 + cos(x)^2 - 1", {"x": 1.0}, "value", "an exact zero"),
        ("log(x)", {"x": -1.0}, "value", "no finite number"),
        ("log(x)", {"x": -1.0}, "d/dx", "no finite number"),
        ("1/x", {"x": 0.0}, "value", "no finite number"),
        ("sqrt(x)", {"x": 0.0}, "d/dx", "a kink"),
        ("polygamma(n, x)", {"n": 1.0, "x": 0.5}, "d/dn", "an order"),
        ("asin(gelu_gate(x))", {"x": 110.0}, "d/dx", "no finite number found"),
        ("besselj(v, x) + v", {"v": 1.5, "x": 2.0}, "d/dv", "besselj(v, x) has no formula of this derivative"),
        ("x % y", {"x": 6.0, "y": 3.0}, "d/dy", "a kink"),
        ("atan2(x, y)", {"x": -0.0, "y": -1.0}, "value", "it may be at a jump: atan2(x, y)"),
    ],
)
def test_what_is_open_is_undecided(text: str, at: dict[str, float], name: str, reason: str) -> None:
    found = numbers(text, at)[name]
    assert found.verdict == "undecided"
    assert reason in found.reason


@pytest.mark.parametrize(
    ("text", "x", "orders"),
    [
        ("elu(x)", 0.0, 1),
        ("huber(x)", 1.0, 1),
        ("x*abs(x)", 0.0, 0),
        ("softsign(x)", 0.0, 1),
        ("x^3", 0.0, 5),
        ("x > 0 ? exp(x) : 1", 0.5, 5),
        ("exp(x)*relu(x - 1)", 0.5, 5),
    ],
)
def test_a_kink_in_a_derivative_is_seen_in_those_that_follow(text: str, x: float, orders: int) -> None:
    """So many derivatives exist."""
    found = numbers(text, {"x": x}, order=5)
    names = ["d/dx", *(f"d{k}/dx{k}" for k in range(2, 6))]
    assert [found[name].verdict == "proved" for name in names] == [k <= orders for k in range(1, 6)], found


def test_a_branch_that_is_not_taken_leaves_nothing_open() -> None:
    found = numbers("x > 0 ? x^2 : log(x)*abs(y - y)", {"x": 3.0, "y": 1.0})
    assert {row.verdict for row in found.values()} == {"proved"}


def test_second_derivatives_of_all_pairs() -> None:
    found = numbers("sin(x*y) + exp(x) + z^2*0.1", {"x": 0.3, "y": 0.7, "z": 2.0}, hessian=True)
    assert {row.verdict for row in found.values()} == {"proved"}
    assert found["d2/dxdz"].computed == 0
    assert found["d2/dxdz"].enclosure == "0"
    with mp.workprec(200):
        x, y = mp.mpf(0.3), mp.mpf(0.7)
        assert holds(found["d2/dxdy"], mp.cos(x * y) - x * y * mp.sin(x * y))


def test_a_named_value_may_be_called_tangent() -> None:
    text = "tangent = x^2; y = tangent*2; y"
    for direction, along in (({}, None), ({"x": 1.0}, "12")):
        found = proved(text, {"x": 3.0}, Request(precision=20, direction=direction))
        assert [(row.name, row.value, row.gradient) for row in found.rows[1:]] == [
            ("tangent", "9", "2"),
            ("y", "18", "1"),
        ]
        assert found.rows[-1].tangent == along


@settings(max_examples=60, deadline=None)
@given(st.floats(allow_nan=False, allow_infinity=False), st.integers(1, 60))
def test_decimals_are_rounded_right(number: float, count: int) -> None:
    from decimal import Context, Decimal

    with precision(300):
        text = rounded(arb(number), count)
        low, high = map(Decimal, ends(arb(number) / 3 if number else arb(0)))
    assert text is not None
    expected = Context(prec=count, rounding="ROUND_HALF_EVEN").create_decimal(Decimal(number))
    assert Decimal(text) == expected
    third = Context(prec=2000).divide(Decimal(number), Decimal(3))
    assert low <= third <= high


def test_errors_and_digits_of_floats() -> None:
    with precision(200):
        third = arb(1) / 3
        assert error(1 / 3, third) < 0.5
        assert digits(1 / 3, third) == 16
        assert digits(0.333, third) == 3
        assert digits(-1 / 3, third) == 0
        assert 1 < error(nextafter(nextafter(1 / 3, 1), 1), third) < 3
        assert error(float("inf"), arb(10) ** 400) == 0
        assert error(1e308, arb(10) ** 400) > 1e100
        assert enclosure(arb(0.1)).startswith("0.1000000000000000055511151 ± ")
        assert enclosure(arb(0.5)) == "0.5"


def test_a_function_without_a_form_is_named() -> None:
    with planted("exp2", formula="", value=lambda x: 2.0**x), pytest.raises(UsageError, match="exp2 cannot be proved"):
        numbers("exp2(x) + sin(x)", {"x": 1.0})


def test_binomial_numbers_beyond_floats_are_exact() -> None:
    """In Leibniz's rule, for orders above 57: the derivatives of x^2*exp(x) at 1 are (1 + 2n + n(n - 1))*e."""
    assert float(comb(80, 40)) != comb(80, 40)
    found = numbers("x*exp(x)*exp(x)", {"x": 1.0}, order=80)["d80/dx80"]
    with mp.workprec(300):
        assert holds(found, mp.mpf(2) ** 80 * mp.exp(2) * (1 + mp.mpf(80) / 2))


def test_a_number_with_an_exponent_of_50_digits() -> None:
    found = numbers("exp(-x)", {"x": 6e56})["value"]
    assert found.enclosure.startswith("2.650708232817173444955118e-2605766891419511016222")
    assert (found.digits, found.error, found.verdict) == (0, 0.0, "proved")


def test_what_is_told_from_0_by_thousands_of_bits_is_proved() -> None:
    assert numbers("log(1 - exp(-x^2))", {"x": 5e-305})["value"].enclosure.startswith("-1401.35803")
    assert numbers("polygamma(2, x + 1e-4) - polygamma(2, x)", {"x": 3e101})["d/dx"].verdict == "proved"
