"""Each optimizer against its published formula, written out here by hand."""

from __future__ import annotations

from collections.abc import Callable
from math import sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

import exprgrad
from exprgrad.functions.floats import FLOATS
from exprgrad.jobs.train.optimizers.choice import choose
from exprgrad.jobs.train.optimizers.table import OPTIMIZERS, Optimizer

RATE = 0.1
Course = Callable[[list[float]], list[float]]
"""From the gradients of one parameter, epoch by epoch, to where it stands after each: from 1 on."""


def sgd(gradients: list[float]) -> list[float]:
    p, course = 1.0, []
    for g in gradients:
        p -= RATE * g
        course.append(p)
    return course


def momentum(gradients: list[float]) -> list[float]:
    p, velocity, course = 1.0, 0.0, []
    for g in gradients:
        velocity = 0.9 * velocity + g
        p -= RATE * velocity
        course.append(p)
    return course


def nesterov(gradients: list[float]) -> list[float]:
    p, velocity, course = 1.0, 0.0, []
    for g in gradients:
        velocity = 0.9 * velocity + g
        p -= RATE * (g + 0.9 * velocity)
        course.append(p)
    return course


def rmsprop(gradients: list[float]) -> list[float]:
    p, square, course = 1.0, 0.0, []
    for g in gradients:
        square = 0.99 * square + 0.01 * g**2
        p -= RATE * g / (sqrt(square) + 1e-8)
        course.append(p)
    return course


def adagrad(gradients: list[float]) -> list[float]:
    p, square, course = 1.0, 0.0, []
    for g in gradients:
        square += g**2
        p -= RATE * g / (sqrt(square) + 1e-10)
        course.append(p)
    return course


def _adam(gradients: list[float], decay: float) -> list[float]:
    p, first, second, course = 1.0, 0.0, 0.0, []
    for t, g in enumerate(gradients, 1):
        first = 0.9 * first + 0.1 * g
        second = 0.999 * second + 0.001 * g**2
        step = first / (1 - 0.9**t) / (sqrt(second / (1 - 0.999**t)) + 1e-8)
        p = p - RATE * decay * p - RATE * step
        course.append(p)
    return course


def adam(gradients: list[float]) -> list[float]:
    return _adam(gradients, 0.0)


def adamw(gradients: list[float]) -> list[float]:
    return _adam(gradients, 0.01)


COURSES: list[Course] = [sgd, momentum, nesterov, rmsprop, adagrad, adam, adamw]


def test_every_optimizer_has_its_course_here() -> None:
    assert {course.__name__ for course in COURSES} == OPTIMIZERS.keys()


@pytest.mark.parametrize("course", COURSES, ids=lambda course: course.__name__)
@given(gradients=st.lists(st.floats(-10, 10, allow_subnormal=False), min_size=1, max_size=20))
def test_optimizer(course: Course, gradients: list[float]) -> None:
    choice = choose(course.__name__)
    update = choice.update(FLOATS)
    parameters, state, found = [1.0, 5.0], choice.start(2), []
    for g in gradients:
        parameters, state = update(parameters, [g, 0.0], state, RATE)
        found.append(parameters[0])
    assert found == pytest.approx(course(gradients), rel=1e-9, abs=1e-9)
    if course is not adamw:
        assert parameters[1] == 5.0  # parameters do not mix


@pytest.mark.parametrize("row", OPTIMIZERS.values(), ids=OPTIMIZERS.keys())
def test_formulas_round_alike_everywhere(row: Optimizer) -> None:
    """They call nothing but + - * / and sqrt, and name nothing but what they are given."""
    names = {"p", "g", "rate", *row.settings, *(memory.name for memory in row.memory)}
    for formula in (row.parameter, *(memory.next for memory in row.memory)):
        expression = exprgrad.parse(formula)
        assert names.issuperset(expression.variables)
        assert set(expression.model.graph.operations) <= {"input", "constant", "add", "sub", "mul", "div", "sqrt"}


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_an_update_is_pure(name: str) -> None:
    choice = choose(name)
    update, state = choice.update(FLOATS), choice.start(1)
    assert update([1.0], [0.5], state, RATE) == update([1.0], [0.5], state, RATE)
    assert state == choice.start(1)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("adm", "there is no optimizer 'adm'; did you mean adam?"),
        ("sgd,momentum=0.9", "the optimizer sgd has no setting 'momentum'; it has none"),
        ("adam,beta=0.9", "the optimizer adam has no setting 'beta'; did you mean beta2?"),
        ("momentum,momentum=1", "momentum of momentum must be at least 0 and below 1, not 1"),
        ("adam,epsilon=-1", "epsilon of adam must be at least 0, not -1"),
        ("adam,beta1", "a setting of the optimizer is written as NAME=NUMBER, not 'beta1'"),
        ("adam,epsilon=nan", "epsilon of the optimizer adam must be finite, not nan"),
    ],
)
def test_choices_that_are_refused(text: str, message: str) -> None:
    with pytest.raises(exprgrad.UsageError) as caught:
        choose(text)
    assert str(caught.value) == message
