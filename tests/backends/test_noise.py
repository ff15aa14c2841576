"""The arithmetic that rounds at random: by how much, and what it leaves alone."""

from __future__ import annotations

from math import ulp

import pytest

from exprgrad.backends.noise import Noisy, runs
from exprgrad.functions.floats import FLOATS
from exprgrad.functions.numerics.far import Far, Wide


@pytest.mark.parametrize(
    ("name", "operands", "ulps", "bound"),
    [
        ("mul", (0.1, 0.1), 1, 1),
        ("mul", (2.0, 0.1), 0, 0),
        ("add", (1.0, 1e-20), 1, 1),
        ("add", (1.0, 0.5), 0, 0),
        ("sub", (0.3, 0.2), 0, 0),
        ("div", (1.0, 3.0), 1, 1),
        ("div", (3.0, 4.0), 0, 0),
        ("exp", (1.0,), 1, 2),
        ("abs", (0.1,), 0, 0),
        ("gammainc", (2.0, 3.0), 1, 4096),
        ("besselk", (0.0, 1.0), 1, 64),
    ],
)
def test_results_are_nudged_by_an_ulp_or_by_the_bound_of_their_row(
    name: str, operands: tuple[float, ...], ulps: int, bound: int
) -> None:
    right = FLOATS.operation(name)(*operands)
    for bounds, by in ((False, ulps), (True, bound)):
        for noise in runs(2, bounds=bounds)[:-1]:
            assert abs(float(noise.operation(name)(*operands)) - right) == by * ulp(right)


def test_a_mirrored_run_nudges_to_the_other_side_and_one_without_a_seed_to_none() -> None:
    for one, other in zip(runs(3)[:-1:2], runs(3)[1::2], strict=True):
        exp, pxe = one.operation("exp"), other.operation("exp")
        for x in range(1, 20):
            assert float(exp(float(x))) + float(pxe(float(x))) == 2 * FLOATS.operation("exp")(float(x))
    assert runs(3)[-1].operation("exp")(1.0) == FLOATS.operation("exp")(1.0)


def test_numbers_beyond_the_range_are_nudged_too() -> None:
    far: Wide = Noisy(1, beyond=True).operation("exp")(900.0)
    assert isinstance(far, Far)
    assert far != Noisy(1, beyond=True, mirrored=True).operation("exp")(900.0)


def test_a_difference_near_a_root_is_nudged_by_the_ulp_of_its_terms() -> None:
    lgamma = Noisy(1, bounds=True).operation("lgamma")
    root = -2.457024738220800  # lgamma is a difference of larger terms there
    assert abs(float(lgamma(root)) - FLOATS.operation("lgamma")(root)) >= 1e-16
