"""Published numbers, to half a unit of the last digit that is printed."""

from __future__ import annotations

import pytest

from tests.jobs.uncertainty.published.seen import SEEN
from tests.jobs.uncertainty.published.table import PAGE, Compared, compared, written
from tests.jobs.uncertainty.published.trials import EXAMPLES, Example


@pytest.mark.parametrize("each", compared(), ids=lambda each: f"{each.source}: {each.number.what}")
def test_a_published_number_is_found(each: Compared) -> None:
    """Where it is not, the table says why; and it says so nowhere else."""
    assert each.agrees != bool(each.number.why), each
    assert each.seen in SEEN


def _hold(example: Example, trials: int) -> None:
    found = example.run(trials)
    for name, printed, value, within, seen in example.rows(found):
        assert abs(value - float(printed)) <= within, name
        assert seen in SEEN
    assert found.montecarlo is not None
    if example.linear_valid is not None:
        assert all(one.linear_valid == example.linear_valid for one in found.montecarlo.results.values())


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.source)
def test_trials_give_what_is_published(example: Example) -> None:
    """With four standard errors of both runs."""
    _hold(example, 200_000)


@pytest.mark.long
@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.source)
def test_a_million_trials_give_what_is_published(example: Example) -> None:
    _hold(example, 1_000_000)


def test_the_page_shows_them() -> None:
    page = PAGE.read_text("utf-8")
    assert page == written(page), "run: python -m tests.jobs.uncertainty.published"
