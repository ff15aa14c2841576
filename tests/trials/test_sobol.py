"""Scrambled Sobol' points: the same in any division, as even as they should be, each uniform."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import qmc

from exprgrad.trials.sobol.directions import DIMENSIONS, directions
from exprgrad.trials.sobol.points import Points


def test_the_directions_are_those_of_scipy() -> None:
    """The points of both are the same ones in another order."""
    numbers = np.arange(64)
    found = np.zeros((64, DIMENSIONS), dtype=np.uint64)
    for k in range(6):
        found[numbers >> k & 1 == 1] ^= directions(DIMENSIONS)[:, k]
    expected = qmc.Sobol(DIMENSIONS, scramble=False, bits=32).random(64)
    assert sorted(map(tuple, found * 2.0**-32)) == sorted(map(tuple, expected))


@pytest.mark.parametrize("size", [6, 14])
def test_each_interval_of_a_coordinate_has_one_point(size: int) -> None:
    points = Points(5, 3)
    for dimension in range(5):
        column = points.column(dimension, 5 << size, 1 << size)
        assert sorted((column * 2.0**size).astype(int)) == list(range(1 << size))


def test_the_first_two_coordinates_are_even_together() -> None:
    """A (0, m, 2)-net: one point in each box of area 2^-m, whatever its sides."""
    points = Points(2, 7)
    x, y = points.column(0, 0, 256), points.column(1, 0, 256)
    for k in range(9):
        boxes = (x * 2**k).astype(int) * 2 ** (8 - k) + (y * 2 ** (8 - k)).astype(int)
        assert len(set(boxes)) == 256


@settings(max_examples=20)
@given(st.integers(0, 2**64 - 1), st.integers(0, 11), st.integers(0, 100))
def test_a_point_has_its_place(seed: int, size: int, place: int) -> None:
    points, count = Points(2, seed), 1 << size
    whole = points.column(1, 2 * place * count, 2 * count)
    assert (whole[count:] == points.column(1, (2 * place + 1) * count, count)).all()
    assert ((whole > 0) & (whole < 1)).all()
    assert (points.columns(2 * place * count + 1, 2 * (place + 1) * count)[1] == whole[1:]).all()


def test_scrambling_is_uniform() -> None:
    """A single point, over seeds."""
    found = np.array([[Points(3, seed).column(k, 8, 8)[1] for k in range(3)] for seed in range(100)])
    assert abs(found.mean(axis=0) - 0.5).max() < 0.12
    assert abs(np.corrcoef(found.T) - np.eye(3)).max() < 0.35
