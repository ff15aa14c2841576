"""The order of the rows in an epoch of minibatches."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from exprgrad.data.between.resident import order


@given(st.lists(st.integers(0, 2**64 - 1), max_size=50))
def test_any_bits_give_a_permutation(random: list[int]) -> None:
    assert sorted(order(random)) == list(range(len(random)))


def test_all_permutations_are_as_likely() -> None:
    found = [tuple(order(np.random.PCG64([1, k]).random_raw(3).tolist())) for k in range(6000)]
    counts = [found.count(one) for one in set(found)]
    assert len(counts) == 6
    assert max(counts) < 1150
    assert min(counts) > 850
