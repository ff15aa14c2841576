"""`check`: right gradients pass, wrong rules are caught, rounding is told from error, kinks are named."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from math import isnan

import pytest

from benchmarks import gradients
from exprgrad import parse
from exprgrad.functions.table import FUNCTIONS
from exprgrad.jobs.check import proof
from exprgrad.jobs.check.check import check


@contextmanager
def planted(name: str, **changes: object) -> Iterator[None]:
    """The function table with one row made worse."""
    row = FUNCTIONS[name]
    FUNCTIONS[name] = row._replace(**changes)  # type: ignore[arg-type]
    try:
        yield
    finally:
        FUNCTIONS[name] = row


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("a*b + c", {"a": 3, "b": 2, "c": 5}),
        ("tanh(x)*y", {"x": 20, "y": 3}),
        ("softplus(x) + gelu(y)", {"x": -40, "y": -9}),
        ("(1 + x) - 1", {"x": 1e-9}),
        ("sin(x)", {"x": 1e22}),
        ("sin(x)", {"x": 1e300}),
        ("x > 0 ? log(x) : 0", {"x": -1}),
        ("diff(exp(sin(x))*tanh(x), x, 3)", {"x": 0.3}),
        ("gamma(x)*digamma(y)", {"x": 3.3, "y": -1.5}),
        ("x*y", {"x": 0, "y": 0}),
        ("3", {}),
        ("tanh(x)", {"x": 300}),
        ("erf(x)", {"x": 20}),
        ("cos(x)", {"x": 1e-100}),
        ("cos(x)", {"x": 1e-300}),
        ("sin(1e300*x)", {"x": 1}),
        ("tanh(x)", {"x": 1e5}),
        ("relu(x) + y", {"x": -2, "y": 1}),
        ("exp(-x^710)", {"x": 2}),
        ("csch(x)", {"x": -1e-320}),
        ("besselj(0, x)", {"x": -2000}),
        ("cosh(549.7*sigmoid(213.7*x))", {"x": 4.180294141664468}),
        ("exp(675.3*sigmoid(481.2*x))", {"x": 0.026476756670468227}),
    ],
)
def test_right_gradients_pass(text: str, at: dict[str, float]) -> None:
    record = parse(text).check(**at)
    assert [row.verdict for row in record.rows] == ["agrees"] * len(record.rows), record
    assert record.passed


@pytest.mark.parametrize(
    ("text", "value"),
    [("beta_density(0.9, 1, x)", 0.9), ("beta_density(2, 3, x)", 0.0), ("beta_density(2, 1, x)", 2.0)],
)
def test_the_end_of_a_domain_has_a_value(text: str, value: float) -> None:
    row = parse(text).check(x=1.0).rows[-1]
    assert (row.reference, row.verdict) == (value, "agrees")


@pytest.mark.parametrize(
    ("name", "changes", "text"),
    [
        ("tanh", {"partials": ("1 - out*out*1.0001",)}, "tanh(x)*2"),
        ("mul", {"partials": ("y", "y")}, "x*y"),
        ("sin", {"partials": ("cos(x) + 1e-12",)}, "sin(x)"),
        ("exp", {"value": lambda x: 1 + x}, "exp(x)"),
    ],
)
def test_a_planted_wrong_rule_is_caught(name: str, changes: dict[str, object], text: str) -> None:
    at = {"x": 0.7, "y": 1.3}
    expression = parse(text)
    used = {variable: at[variable] for variable in expression.variables}
    assert expression.check(**used).passed
    with planted(name, **changes):
        from exprgrad.functions.floats import FLOATS

        FLOATS._operations.pop(name, None)
        record = expression.check(**used)
        FLOATS._operations.pop(name, None)
    assert "differs" in [row.verdict for row in record.rows]
    assert not record.passed


@pytest.mark.parametrize("order", [2, 3, 6])
def test_derivatives_of_higher_order(order: int) -> None:
    """Right ones agree, also where they are 0 or small beside the value; a wrong rule is caught."""
    for text, at in (
        ("exp(-x^2)*y^3", {"x": 2.0, "y": 3.0}),
        ("1e300*x + x^2", {"x": 1.0}),
        ("x^4", {"x": 0.0}),
        ("log(x)/x", {"x": 1e-200}),
    ):
        model = parse(text).model
        assert check(model, at, order=order).passed, text
        (row, _) = check(model, at, ["x"], order).rows
        assert row.name == f"d{order}/dx{order}"
    with planted("sin", partials=("1.0001*cos(x)",)):
        row, value = check(parse("sin(x)*x").model, {"x": 0.7}, order=order).rows
    assert (row.verdict, value.verdict) == ("differs", "agrees")


@pytest.mark.parametrize(
    ("text", "at", "reference"),
    [
        ("1 + 1/(1+exp(x))", {"x": 400}, -1.9151695967140057e-174),
        ("1 + 1/gamma(x)", {"x": 170}, -1.2023360523319435e-304),
        ("exp(x)/exp(x)*x", {"x": 1000}, 1.0),
    ],
)
def test_a_slope_whose_way_leaves_the_range_of_floats_agrees(text: str, at: dict[str, float], reference: float) -> None:
    row = parse(text).check(**at).rows[0]
    assert (row.reference, row.verdict) == (reference, "agrees")


@pytest.mark.parametrize(("text", "x"), [("exp(-x)*exp(x - 100)", 800.0), ("sqrt(exp(-x))", 740.0)])
def test_a_value_whose_way_leaves_the_range_of_floats_differs(text: str, x: float) -> None:
    assert parse(text).check(x=x).rows[-1].verdict == "differs"


@pytest.mark.parametrize(
    ("text", "at", "verdicts"),
    [
        ("polygamma(inf, x)", {"x": 2}, ["undefined", "undefined"]),
        ("sech(sinh(1e308))", {}, ["undecided"]),
        ("pi^1e9^expm1(x)", {"x": 1e9}, ["undecided", "undecided"]),
        ("exp(exp(exp(x))) > 1 ? x : 2*x", {"x": 10}, ["undecided", "undecided"]),
        ("x > 0 ? x : exp(exp(exp(y)))", {"x": 1, "y": 10}, ["agrees", "agrees", "agrees"]),
        ("gamma(y) + x", {"y": 1e9, "x": 1e-300}, ["agrees", "undecided", "agrees"]),
        ("spherical_bessel(1e9, x)", {"x": 2}, ["undecided", "undecided"]),
        ("floor(exp(x))", {"x": 1e9}, ["kink", "undecided"]),
        ("1/x", {"x": 0}, ["undefined", "agrees"]),
    ],
)
@pytest.mark.parametrize("balls", [False, True])
def test_no_number_is_too_large_for_a_verdict(
    text: str, at: dict[str, float], verdicts: list[str], balls: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Balls decide what mpmath does not: a number beyond all floats is infinite, or 0, among them."""
    if not balls:
        monkeypatch.setattr(proof, "possible", lambda graph: False)
    record = parse(text).check(**at)
    more = {"undecided": {"undecided", "agrees"}} if balls else {}
    assert all(row.verdict in more.get(least, {least}) for row, least in zip(record.rows, verdicts, strict=True)), (
        record
    )


@pytest.mark.parametrize("balls", [False, True])
@pytest.mark.parametrize(
    ("text", "at", "value"),
    [
        ("(tanh(x) - 1)*exp(9990)", {"x": 5000}, -9.079985952496971e-05),
        ("(1 + x^12 - 1)*y^12", {"x": 2.0**-900, "y": 2.0**900}, 1.0),
        ("sin(x) - sin(x + 1e-30)", {"x": 1}, -5.403023058681397e-31),
    ],
)
def test_the_search_goes_on_while_all_has_cancelled(
    text: str, at: dict[str, float], value: float, balls: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not balls:
        monkeypatch.setattr(proof, "possible", lambda graph: False)
    assert parse(text).check(**at).rows[-1].reference == value


def test_balls_and_differences_give_the_same_references(monkeypatch: pytest.MonkeyPatch) -> None:
    """For each function of the table: Arb's power series and formulas on one side, mpmath's values on the other."""
    for row in FUNCTIONS.values():
        if row.reduces or row.helper or row.name in ("where", "not", "neg"):
            continue
        names = row.operands
        call = f"{names[0]} {row.symbol} {names[1]}" if row.symbol else f"{row.name}({', '.join(names)})"
        for point in row.points[:2] or ((0.3, 0.7)[: len(names)],):
            at = dict(zip(names, point, strict=True))
            with monkeypatch.context() as patch:
                proved = parse(call).check(**at)
                patch.setattr(proof, "possible", lambda graph: False)
                found = parse(call).check(**at)
            for one, other in zip(proved.rows, found.rows, strict=True):
                same = one.reference == other.reference or (isnan(one.reference) and isnan(other.reference))
                assert same or {"undecided", "kink"} & {one.verdict, other.verdict}, (call, at, one, other)


def test_kinks_are_named() -> None:
    record = parse("relu(x) + y").check(x=0, y=1)
    assert [(row.name, row.verdict) for row in record.rows] == [
        ("d/dx", "kink"),
        ("d/dy", "agrees"),
        ("value", "agrees"),
    ]
    assert "relu(x) has no derivative (0 at 0)" in record.notes[0]
    assert record.passed


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("atan2(x, y)", {"x": -0.0, "y": -1.0}),
        ("copysign(x, y)", {"x": 2.0, "y": -0.0}),
        ("copysign(x, 0*y)", {"x": 2, "y": -1}),
    ],
)
def test_the_sign_of_a_zero_is_no_error(text: str, at: dict[str, float]) -> None:
    """mpmath has one zero: its value is that of the other side of the jump."""
    record = parse(text).check(**at)
    assert record.rows[-1].verdict == "kink"
    assert record.passed


def test_what_rounding_destroys_does_not_pass() -> None:
    record = parse("(1 + x) - 1").check(x=1e-15)
    assert [row.verdict for row in record.rows] == ["agrees", "ill-conditioned"]
    assert not record.passed


def test_a_pole_in_a_condition_is_an_infinity_for_the_reference_too() -> None:
    record = parse("1/y > 0 ? x : x^2").check(x=3, y=0)
    assert [row.verdict for row in record.rows] == ["undefined", "agrees", "agrees"]


def test_what_is_no_number_does_not_pass() -> None:
    record = parse("log(x)").check(x=-1)
    assert [row.verdict for row in record.rows] == ["undefined", "undefined"]
    assert not record.passed


@pytest.mark.long
def test_derivatives_of_random_programs_agree_with_mpmath() -> None:
    """Value and orders 1 to 4 of up to 60 nodes, a third of them beyond the range of floats on the way: to 1e-12
    relative where well conditioned. `benchmarks.gradients` says how that is decided."""
    cases = [case for found in gradients.run(40) for case in found]
    outcomes = Counter(case.outcome for case in cases)
    assert [case for case in cases if case.outcome == "differs"] == []
    assert outcomes["agrees"] > 200
    assert outcomes["ill conditioned"] < outcomes["agrees"] / 5
