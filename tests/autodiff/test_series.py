"""Derivatives of higher order, and derivatives whose way leaves the range of floats, against mpmath."""

from __future__ import annotations

import time
from math import isclose, isfinite

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from exprgrad import parse
from exprgrad.backends import careful, interpreter
from exprgrad.backends.engine import Engine
from exprgrad.diagnosis import provenance
from exprgrad.functions.table import FUNCTIONS
from exprgrad.jobs.check.digits import UNKNOWN, mp
from exprgrad.jobs.check.precise import Exact
from exprgrad.jobs.evaluate.request import Request
from tests.handing import evaluated

LEFT = [
    ("log(gamma(x))", 120.0, 2, 0.008368152004833314),
    ("log1p(exp(x))", 372.0, 2, 0.0),
    ("log(cosh(x))", 400.0, 2, 0.0),
    ("x/exp(x)", 300.0, 2, 1.5341636662787801e-128),
    ("exp(-x)*gamma(x)/gamma(x+1)", 150.0, 1, -4.815286630879229e-68),
    ("log(1+x^4)", 1e60, 2, -4e-120),
    ("log(1+x^4)", 1e75, 2, -4e-150),
    ("log(normal_pdf(x))", 30.0, 2, -1.0),
    ("log(normal_pdf(x))", 45.0, 2, -1.0),
    ("log(normal_cdf(x))", -45.0, 1, 45.02220032834359),
    ("1/(1+exp(-x))", -400.0, 1, 1.9151695967140057e-174),
    ("1/(1+exp(-x))", -400.0, 3, 1.9151695967140057e-174),
    ("1/(1+exp(x)) + 2*x", 720.0, 1, 2.0),
    ("tanh(x)/x", 1e-309, 1, 0.0),
    ("sqrt(exp(-x))", 740.0, 1, -1.0233205607296338e-161),
    ("exp(-x)*exp(x - 10)", 800.0, 1, 0.0),
    ("x^3", 0.0, 3, 6.0),
    ("1/x", 1e-3, 60, 8.3209871127413796e264),
    ("atan(x)", 1e90, 2, -2e-270),
    ("exp(x)", 720.0, 1, float("inf")),
    ("1.2^x", 1e305, 2, float("inf")),
    ("0.8^x", 1e305, 2, 0.0),
    ("(1 + x)^1e305", -0.2, 2, 0.0),
    ("beta(cosh(570.6*x), 0.5)", 1.3, 1, -6.010509843495219e-159),
    ("beta(cosh(570.6*x), 0.5)", 1.3, 2, 1.714798458349186e-156),
    ("log(erfcx(exp(285*tanh(x))))", 2.5, 2, 14.954674507215443),
    ("log(erfcx(exp(285*tanh(x))))", 2.5, 3, -29.105917869656801),
    ("log(beta(x, x))", 600.0, 1, -1.3871280416753256),
    ("beta(gamma(239*x), 1e79*x)", 1.001, 1, 0.0),
    ("beta(exp(x), 3)*exp(3*x)", 800.0, 1, 0.0),
    ("besseli(1e-10, x)", 1e-250, 1, 9.999999424237812e239),
    ("beta_density(2, 3, x)", 1e-300, 2, -48.0),
    ("beta_density(2, 3, x)", 0.0, 2, -48.0),
    ("beta_density(2, 2, x)", 1.0, 2, -12.0),
    ("beta_density(3, 1, x)", 1.0, 2, 6.0),
    ("digamma(exp(545.6*x))", 1.71, 1, 545.6),
    ("log(polygamma(3, exp(x)))", 800.0, 1, -3.0),
    ("zeta(exp(x))*x", -800.0, 1, -0.5),
]


@pytest.mark.parametrize(("text", "x", "order", "right"), LEFT)
def test_a_derivative_is_right_whatever_happens_on_the_way(text: str, x: float, order: int, right: float) -> None:
    found = evaluated(parse(text), {"x": x}, Request(order=max(order, 2)))
    number = found.gradient["x"] if order == 1 else found.higher["x"][order - 2]
    assert isinstance(number, float)
    assert isclose(number, right, rel_tol=1e-11, abs_tol=1e-15 if right == 0 else 0.0)
    if order == 2:
        assert isclose(parse(text).hessian(x=x)["x"]["x"], right, rel_tol=1e-11, abs_tol=1e-15 if right == 0 else 0.0)


def test_order_50_takes_milliseconds() -> None:
    expression = parse("exp(sin(x))*tanh(x)")
    start = time.process_time()
    found = evaluated(expression, {"x": 0.7}, Request(order=50)).higher["x"]
    assert time.process_time() - start < 0.5  # it takes a tenth of that
    with mp.workdps(80):
        coefficients = mp.taylor(lambda x: mp.exp(mp.sin(x)) * mp.tanh(x), mp.mpf(0.7), 50)
        for order in range(2, 51):
            right = coefficients[order] * mp.factorial(order)
            assert abs(found[order - 2] - right) < 1e-11 * abs(right), order


SMOOTH = [name for name, row in FUNCTIONS.items() if not (row.reduces or row.flat or row.truth)]


@pytest.mark.long
@given(st.data())
@settings(max_examples=12, deadline=None)
def test_orders_of_the_functions_of_the_table(data: st.DataObject) -> None:
    """Derivatives of orders 1 to 6 of each function follow from its partials: within 1e-12 of the largest of a
    derivative and its neighbours."""
    row = FUNCTIONS[data.draw(st.sampled_from(SMOOTH))]
    counts = "n" in row.operands
    ends = [row.interval(k) for k in range(len(row.operands))]
    operands = [
        float(data.draw(st.integers(0, 5)))
        if counts and k == 0
        else data.draw(st.floats(max(low, -8.0), min(high, 8.0), exclude_min=True, exclude_max=True))
        for k, (low, high) in enumerate(ends)
    ]
    sizes = {abs(x) for x in operands[counts:]}
    assume(min(sizes) > 1e-3 and len(sizes) == len(operands[counts:]))  # no kink of a derivative
    names = ["a", "b", "c"][: len(operands)]
    model = parse(f"{row.name}({', '.join(names)})").model
    graph, output, at = model.graph, model.output, dict(zip(names, operands, strict=True))
    values = interpreter.evaluate(graph, at)
    assume(isfinite(values[output]) and not provenance.kinks(graph, output, values))
    moved = data.draw(
        st.sampled_from([k for k, partial in enumerate(row.partials) if partial not in ("0", "nan")] or [0])
    )
    found = careful.orders(graph, output, at, graph.inputs()[names[moved]], 6)
    with mp.workdps(120):
        exact = Exact().operation(row.name)
        numbers = [mp.mpf(x) for x in operands]
        coefficients = mp.taylor(lambda t: exact(*numbers[:moved], t, *numbers[moved + 1 :]), numbers[moved], 7)
        assume(UNKNOWN not in coefficients)
        right = [c * mp.factorial(k) for k, c in enumerate(coefficients)]
        for order in range(1, 7):
            scale = max(abs(right[k]) for k in (order - 1, order, order + 1))
            assert abs(found[order - 1] - right[order]) <= 1e-12 * scale, (order, at)


ROWS = {"x": [0.5, 1.5, -2.0], "y": [2.0, 0.25, 1.0]}
PAIRS = list(zip(*ROWS.values(), strict=True))
OF_COLUMNS = {
    "mean((w*x - y)^4)": lambda w: sum((w * x - y) ** 4 for x, y in PAIRS) / 3,
    "prod(x*w) + norm(x - w)": lambda w: mp.fprod(x * w for x, _ in PAIRS) + mp.norm([x - w for x, _ in PAIRS]),
    "logsumexp(w*x + w)": lambda w: mp.log(mp.fsum(mp.exp(w * x + w) for x, _ in PAIRS)),
    "w*sum(y/(w + y))": lambda w: w * mp.fsum(y / (w + y) for _, y in PAIRS),
    "sum(w + x)^3": lambda w: (3 * w + mp.fsum(x for x, _ in PAIRS)) ** 3,
    "max(w*x)^3": lambda w: max(w * x for x, _ in PAIRS) ** 3,
}


@pytest.mark.parametrize("text", OF_COLUMNS)
@pytest.mark.parametrize("backend", ["interpreter", "llvm"])
def test_orders_of_numbers_over_columns(text: str, backend: str) -> None:
    data = {name: rows for name, rows in ROWS.items() if name in parse(text).variables}
    found = evaluated(parse(text), {**data, "w": 1.25}, Request(order=4), engine=Engine(backend)).higher["w"]
    with mp.workdps(60):
        coefficients = mp.taylor(OF_COLUMNS[text], mp.mpf(1.25), 4)
    for order, number in enumerate(found, 2):
        assert isclose(number, coefficients[order] * mp.factorial(order), rel_tol=1e-12, abs_tol=1e-12), order


@pytest.mark.parametrize(
    "text", ["log(gamma(x))", "x/exp(x)", "exp(sin(w*x))*tanh(x)", "where(x > 1, log(x - 1), x^3)"]
)
@pytest.mark.parametrize("backend", ["interpreter", "llvm"])
def test_orders_of_rows(text: str, backend: str) -> None:
    rows = [0.75, 3.5, 120.0]
    at = {"w": 1.5} if "w*" in text else {}
    found = evaluated(parse(text), {"x": rows, **at}, Request(order=3, wrt=["x"]), engine=Engine(backend)).higher["x"]
    for k, x in enumerate(rows):
        right = evaluated(parse(text), {"x": x, **at}, Request(order=3)).higher["x"]
        assert [column[k] if hasattr(column, "__len__") else column for column in found] == pytest.approx(
            list(right), rel=1e-9, abs=1e-300
        )
