"""The rows of designs: spread as their names promise, and the same bits wherever they are begun."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exprgrad.jobs.sweep.axes import Axis
from exprgrad.jobs.sweep.designs import rows_of
from exprgrad.jobs.sweep.read import axis
from exprgrad.jobs.sweep.request import DESIGNS, LATIN, SOBOL, Design

TEXTS = (
    "1:3",
    "-5,2,7",
    "0:1:0.25",
    "normal(1, 0.1)",
    "2.006(5)",
    "readings(1, 2, 4)",
    "truncated(normal(0, 1), 0, inf)",
)


def _axes(*texts: str) -> dict[str, Axis]:
    found = {f"x{k}": axis(text, f"--x{k}") for k, text in enumerate(texts)}
    return {name: each for name, each in found.items() if isinstance(each, Axis)}


@pytest.mark.parametrize("kind", [LATIN, SOBOL])
@pytest.mark.parametrize("rows", [8, 1024])
def test_each_interval_of_equal_probability_has_one_row(kind: str, rows: int) -> None:
    axes = _axes(*TEXTS)
    columns = rows_of(axes, Design(kind, rows, 7)).columns(0, rows)
    for each, column in zip(axes.values(), columns, strict=True):
        if each.uncertain is not None:
            distribution = each.uncertain.distribution
            assert distribution is not None
            probabilities = [distribution.cumulative(x) for x in column.tolist()]
        elif each.ends is not None:
            probabilities = ((column - each.ends[0]) / (each.ends[1] - each.ends[0])).tolist()
        else:
            counts = [int(np.count_nonzero(column == number)) for number in each.numbers]
            assert sum(counts) == rows
            assert max(counts) - min(counts) <= 2  # an interval may lie across two of the numbers
            continue
        assert sorted(int(p * rows) for p in probabilities) == list(range(rows))


@given(
    kind=st.sampled_from([LATIN, SOBOL]),
    seed=st.integers(0, 2**64 - 1),
    cut=st.integers(0, 40),
    rows=st.integers(1, 40),
)
def test_rows_do_not_depend_on_where_they_are_begun(kind: str, seed: int, cut: int, rows: int) -> None:
    axes, design = _axes("1:3", "uniform(0, 1)"), Design(kind, rows, seed)
    whole = rows_of(axes, design).columns(0, rows)
    cut = min(cut, rows)
    maker = rows_of(axes, design)
    last = maker.columns(cut, rows)
    first = maker.columns(0, cut)
    for k, column in enumerate(whole):
        assert np.array_equal(np.concatenate([first[k], last[k]]), column)


@pytest.mark.parametrize("kind", [LATIN, SOBOL])
def test_seeds_differ(kind: str) -> None:
    one, other = (rows_of(_axes("0:1"), Design(kind, 16, seed)).columns(0, 16)[0] for seed in (0, 1))
    assert not np.any(one == other)


def test_designs_are_those_of_the_option() -> None:
    assert (
        len({rows_of(_axes("0:3", "1:2"), Design(kind, None if kind == "grid" else 8)).rows for kind in DESIGNS}) == 1
    )
