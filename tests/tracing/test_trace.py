"""Explanations: what is said is what is computed, and the rules in symbols give the partials in numbers."""

from __future__ import annotations

from math import isclose, isfinite, isnan

import pytest
from hypothesis import given, settings

from exprgrad import Expression, evaluate, parse
from exprgrad.functions.floats import FLOATS
from exprgrad.functions.table import FUNCTIONS
from exprgrad.jobs.explain.result import Explanation
from exprgrad.tracing.steps import BackwardStep
from tests.expressions import bindings, texts
from tests.test_notebook import CELLS


def same(x: float, y: float) -> bool:
    return x == y or (isnan(x) and isnan(y))


def totals(record: Explanation) -> dict[str, float]:
    """The adjoints that the steps add up to."""
    return {step.operand: step.total for step in record.backward}


@pytest.mark.parametrize(("args", "expected", "tolerance"), CELLS, ids=lambda value: None)
def test_the_notebook_step_by_step(args: list[str], expected: dict[str, tuple[float, float]], tolerance: float) -> None:
    text, *rest = args
    values = {name.removeprefix("--"): float(value) for name, value in zip(rest[::2], rest[1::2], strict=False)}
    record = parse(text).explain(values)
    forward, backward = {step.name: step.value for step in record.forward}, totals(record)
    for name, (value, slope) in expected.items():
        called = name if name in forward else record.result
        assert forward[called] == pytest.approx(value, rel=1e-13)
        assert backward[called] == pytest.approx(slope, rel=tolerance)


@given(texts(), bindings)
@settings(max_examples=60, deadline=None)
def test_it_is_what_is_computed(text: str, values: dict[str, float]) -> None:
    expression = parse(text)
    used = {name: values[name] for name in expression.variables}
    record = expression.explain(used)
    assert same(record.value, expression.evaluate(**used))
    found, gradient = totals(record), expression.gradient(**used)
    assert all(same(found.get(name, 0.0), slope) for name, slope in gradient.items())
    assert all(same(record.gradient[name], slope) for name, slope in gradient.items())
    multiply = FLOATS.operation("mul")
    so_far: dict[str, float] = {}
    for step in record.backward:
        if step.contribution is None or step.partial is None:
            assert same(step.total, so_far.get(step.operand, 0.0)), "nothing is added"
            continue
        assert same(step.contribution, multiply(step.adjoint, step.partial))
        assert same(step.total, so_far.get(step.operand, 0.0) + step.contribution)
        assert step.node == step.operand or same(step.adjoint, so_far[step.node]), "complete before it is passed on"
        so_far[step.operand] = step.total


POINTS = [
    (function.name, point)
    for function in FUNCTIONS.values()
    for point in [*function.points, (0.7, 1.3, 2.1)[: len(function.operands)]]
    if not function.reduces and function.name != "no_formula" and len(point) == len(function.operands)
]


@pytest.mark.parametrize(("name", "point"), POINTS)
def test_rules_in_symbols_give_the_partials(name: str, point: tuple[float, ...]) -> None:
    if "n" in FUNCTIONS[name].operands and int(point[0]) != point[0]:
        return  # these take an order that is a whole number
    variables = "xyz"[: len(point)]
    record = _graph_of(name, variables).explain(dict(zip(variables, point, strict=True)))
    at_kink = any("convention" in step.note for step in (*record.forward, *record.backward))
    for step in record.backward[1:]:
        if at_kink or step.partial is None or not isfinite(step.partial) or max(map(abs, point)) > 100:
            continue  # rules in symbols follow real numbers: not at kinks, not where they overflow
        if point[0] == 0 and "log(x)" in step.rule:
            continue  # 0^y*log(0), of which the number is the limit
        rule, _, condition = step.rule.partition(" where ")
        values = {entry.name: entry.value for entry in record.forward}
        assert isclose(_value(rule, values), step.partial, rel_tol=1e-6, abs_tol=1e-12), step
        assert not condition or _value(condition, values), step


def _graph_of(name: str, variables: str) -> Expression:
    from exprgrad.graph.graph import Graph
    from exprgrad.notation.infix import write

    graph = Graph()
    node = graph.apply(name, *(graph.input(variable) for variable in variables))
    return parse(f"result = {write(graph, node)}")


def _value(text: str, values: dict[str, float]) -> float:
    expression = parse(text)
    return expression.evaluate(**{name: values[name] for name in expression.variables})


def rules(text: str, **values: float) -> list[str]:
    return [step.rule for step in parse(text).explain(values).backward[1:]]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("y = x^2", ["2*x"]),
        ("y = x/3", ["1/3"]),
        ("y = log(x)", ["1/x"]),
        ("y = erf(x)", ["2/sqrt(pi)*exp(-x^2)"]),
        ("y = relu(x)", ["1 where x > 0"]),
        ("y = silu(x)", ["sigmoid(x)*(1 + x*sigmoid(-x))"]),
        ("y = 2^x", ["2^x*log(2)"]),
        ("y = exp(x)", ["y"]),
        ("s = x + 1; y = s*s", ["s", "s", "1"]),
    ],
)
def test_rules_are_what_a_person_writes(text: str, expected: list[str]) -> None:
    assert rules(text, x=0.5) == expected


def names(text: str, **values: float) -> list[str]:
    return [step.name for step in parse(text).explain(values).forward]


def test_names() -> None:
    assert names("relu(x*w)", x=1, w=2) == ["x", "w", "x*w", "L"]
    assert names("L = 2*x; L + 1", x=1) == ["x", "L", "out"]
    assert names("exp(x*x*x + 1)*v1", x=1, v1=2) == ["x", "x*x", "t1", "t2", "t3", "v1", "L"]
    assert names("u = x*y; w = x*y; u + w", x=1, y=2) == ["x", "y", "u", "w", "L"]
    assert names("k = 2; k*x", x=1) == ["k", "x", "L"]
    assert names("7") == ["L"]


def step(text: str, operand: str, **values: float) -> BackwardStep:
    return [step for step in parse(text).explain(values).backward if step.operand == operand][-1]


def test_accumulation_kinks_and_closed_gates_are_said() -> None:
    assert step("f = x + x", "x", x=4).note == "used again: df/dx = 1 + 1 = 2"
    assert "by convention: 0 at 0" in step("abs(x)", "x", x=0).note
    closed = step("x > 0 ? log(x) : 1", "log(x)", x=-1)
    assert (closed.contribution, closed.note) == (None, "nothing flows back: it does only where x > 0")
    assert "kink" in parse("relu(x)").explain({"x": 0}).forward[-1].note
    assert step("floor(x)*x", "x", x=1.5).total == evaluate("floor(x)", x=1.5)
