"""Schedules by epoch."""

from __future__ import annotations

from math import cos, pi

import pytest

import exprgrad
from exprgrad.jobs.train.optimizers.schedules import Rate, schedule


@pytest.mark.parametrize(
    ("text", "warmup", "expected"),
    [
        ("constant", 0, [1, 1, 1, 1, 1]),
        ("constant", 2, [0.5, 1, 1, 1, 1]),
        ("step,every=2,factor=0.5", 0, [1, 1, 0.5, 0.5, 0.25]),
        ("exponential,factor=0.5", 1, [1, 1, 0.5, 0.25, 0.125]),
        ("cosine", 0, [(1 + cos(pi * k / 5)) / 2 for k in range(5)]),
        ("cosine,floor=0.5", 0, [0.5 + (1 + cos(pi * k / 5)) / 4 for k in range(5)]),
    ],
)
def test_schedule(text: str, warmup: int, expected: list[float]) -> None:
    factor = schedule(text, 5, warmup)
    assert [factor(epoch) for epoch in range(5)] == pytest.approx(expected, rel=1e-15)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("cos", "there is no schedule 'cos'; did you mean cosine?"),
        ("step,every=0", "every of the schedule step is a whole number from 1 on, not 0"),
        ("exponential,factor=0", "factor of the schedule exponential must lie between 0 and 1, not at 0"),
        ("cosine,base=1", "the schedule cosine has no setting 'base'; it has floor"),
    ],
)
def test_schedules_that_are_refused(text: str, message: str) -> None:
    with pytest.raises(exprgrad.UsageError) as caught:
        schedule(text, 5)
    assert str(caught.value) == message


@pytest.mark.parametrize("text", ["constant", "step,every=2"])
def test_rates_at_once_are_those_one_by_one(text: str) -> None:
    rate = Rate(0.1, text, 9, 3)
    for first in range(6):
        assert list(rate.over(first, 4)) == [rate(epoch) for epoch in range(first, first + 4)]
