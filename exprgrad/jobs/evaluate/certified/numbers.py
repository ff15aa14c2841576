"""The numbers of an evaluation, each with what balls prove of it."""

from __future__ import annotations

from collections.abc import Mapping
from math import inf, isfinite

from exprgrad.backends.balls.digits import digits, enclosure, ends, error, rounded
from exprgrad.backends.balls.numbers import Ball, precision
from exprgrad.backends.balls.prove import MAX_BITS, TANGENT, VALUE, Key, Problem, Proof, derivative, prove
from exprgrad.graph.lower import Model
from exprgrad.jobs.evaluate.build import names_of
from exprgrad.jobs.evaluate.certified.literals import given, literals
from exprgrad.jobs.evaluate.certified.result import Certified
from exprgrad.jobs.evaluate.request import Request
from exprgrad.jobs.evaluate.result import Evaluation
from exprgrad.syntax import Program, parse

ACCURATE = 66
"""Bits of a ball from which on the error of a float is known to a hundredth of an ulp."""
_VANISHED = 1200
"""A ball around 0 that is below 2 to minus this is no float but 0."""
_FAR_BELOW = 8_000
"""The same where more digits are asked for than those of a float."""
_BITS_A_DIGIT = 3.33


def certify(
    model: Model,
    numbers: Mapping[str, float],
    found: Evaluation,
    request: Request,
    exact: Mapping[str, Program] | None = None,
) -> tuple[Certified, ...]:
    """What is proved of each number of an evaluation at a point; the result's value last, and before it its tangent if
    there is one. `exact` has the expressions of variables where literals are decimal numbers."""
    graph, inputs = model.graph, model.graph.inputs()
    named = names_of(model)
    decimals = (
        {} if exact is None else {name: given(exact.get(name) or parse(repr(value))) for name, value in numbers.items()}
    )
    problem = Problem(
        graph,
        model.output,
        {**numbers, **decimals},
        None if exact is None else literals(parse(model.source.text)),
        values=[node for name, node in named if name not in inputs],
        slopes=[node for _, node in named],
        variables=list(inputs.values()),
        order=request.order,
        hessian=request.hessian,
        direction={inputs[name]: rate for name, rate in request.direction.items() if name in inputs},
    )
    wanted = _wanted(model, found, request)
    if request.precision:
        wanted = [(name, ("value", (node,)), (), numbers[name]) for name, node in inputs.items()] + wanted
        problem = problem._replace(values=[node for _, node in named])
    computed = {key: value for _, key, _, value in wanted}
    least = -_FAR_BELOW if request.precision else -_VANISHED

    def decides(_: Key, ball: Ball) -> bool:
        accurate = ball.is_exact() or ball.rel_accuracy_bits() >= ACCURATE
        return accurate and (not request.precision or rounded(ball, request.precision) is not None)

    start = max(128, int(_BITS_A_DIGIT * request.precision) + 64)
    proofs = prove(
        problem,
        decides,
        lambda _, ball: bool(abs(ball).upper() < Ball(2) ** least),
        lambda key: not isfinite(computed.get(key, 0.0)),
        bits=start,
        most=max(MAX_BITS, 8 * start),
    )
    with precision(start):
        return tuple(_certified(name, wrt, computed[key], proofs[key], request) for name, key, wrt, _ in wanted)


WRONG = "no digit is right"
"""What is said of a float that rounding has left no digit of."""

Wanted = tuple[str, Key, tuple[str, ...], float]
"""The name of a number, its key, the variables of a derivative, and the float."""


def _wanted(model: Model, found: Evaluation, request: Request) -> list[Wanted]:
    """The numbers of an evaluation that are computed: not those of the variables."""
    inputs, rows = model.graph.inputs(), {row.name: row for row in found.rows[:-1]}
    wanted: list[Wanted] = []
    for name, node in names_of(model):
        if name in found.gradient:
            slope = found.gradient[name]
        elif name in rows:
            slope = rows[name].gradient
            wanted.append((name, ("value", (node,)), (), as_float(rows[name].value)))
        else:  # another name of the result, or one that is not asked for
            continue
        wanted.append((f"d/d{name}", derivative(node), (name,), as_float(slope)))
    for name, values in found.higher.items():
        for k, value in enumerate(values, 2):
            key = derivative(*(inputs[name],) * k)
            wanted.append((f"d{k}/d{name}{k}", key, (name,) * k, as_float(value)))
    for x, columns in found.hessian.items():
        for y, value in columns.items():
            if x != y or request.order < 2:
                name = f"d2/d{x}d{y}" if x != y else f"d2/d{x}2"
                wanted.append((name, derivative(inputs[x], inputs[y]), (x, y), as_float(value)))
    last = found.rows[-1]
    if last.tangent is not None:
        wanted.append(("tangent", TANGENT, (), as_float(last.tangent)))
    return [*wanted, (last.name, VALUE, (), as_float(last.value))]


def as_float(value: object) -> float:
    """A value at a point where all variables have one."""
    assert isinstance(value, float)
    return value


def _certified(name: str, wrt: tuple[str, ...], computed: float, proof: Proof, request: Request) -> Certified:
    ball = proof.ball
    if proof.reason:
        held = (enclosure(ball), *ends(ball)) if ball.is_finite() else ("", "", "")
        return Certified(name, wrt, computed, *held, 0, inf, "undecided", proof.reason)
    right, wrong = digits(computed, ball), error(computed, ball)
    reason = WRONG if right == 0 and wrong > 1 and not request.precision else ""
    decimal = rounded(ball, request.precision) or "" if request.precision else ""
    return Certified(name, wrt, computed, enclosure(ball), *ends(ball), right, wrong, "proved", reason, decimal)
