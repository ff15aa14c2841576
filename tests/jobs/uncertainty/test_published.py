"""Published numbers, to half a unit of the last digit that is printed."""

from __future__ import annotations

import pytest

from tests.jobs.uncertainty.published import PAGE, Compared, compared, written


@pytest.mark.parametrize("each", compared(), ids=lambda each: f"{each.source}: {each.number.what}")
def test_a_published_number_is_found(each: Compared) -> None:
    """Where it is not, the table says why; and it says so nowhere else."""
    assert each.agrees != bool(each.number.why), each


def test_the_page_shows_them() -> None:
    page = PAGE.read_text("utf-8")
    assert page == written(page), "run: python -m tests.jobs.uncertainty.published"
