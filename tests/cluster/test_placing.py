"""Which worker does what."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from exprgrad.cluster.placing import replaced, spread


@given(st.lists(st.integers(0, 1000), max_size=60), st.integers(1, 9))
def test_neighbours_stay_together_and_no_place_has_much_more(weights: list[int], places: int) -> None:
    found = spread(weights, places)
    assert found == sorted(found)
    assert all(0 <= place < places for place in found)
    loads = [sum(w for w, at in zip(weights, found, strict=True) if at == place) for place in range(places)]
    assert max(loads) <= sum(weights) / places + max(weights, default=0)


def test_who_comes_takes_the_place_of_who_was_lost() -> None:
    assert replaced([], {"a": 1, "b": 2}) == ["a", "b", "b"]
    assert replaced(["a", "b", "c"], {"a": 1, "c": 1, "d": 1}) == ["a", "d", "c"]
    assert replaced(["a", "b", "c"], {"c": 1}) == ["c"]
    assert replaced(["a"], {"a": 1, "b": 1}) == ["a", "b"]
    assert replaced(["a", "b"], {}) == []
