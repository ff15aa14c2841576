"""Columns of Arrow as float64, of any kind that holds numbers."""

from __future__ import annotations

from decimal import Decimal
from math import nan

import numpy as np
import pyarrow as pa  # type: ignore[import-untyped]
import pytest

from exprgrad.data.batch import floats

CASES = {
    "float64": (pa.array([1.5, -0.0, 3.0]), [1.5, -0.0, 3.0]),
    "float64 with nulls": (pa.array([1.5, None, 3.0]), [1.5, nan, 3.0]),
    "float32": (pa.array([1.5, None], pa.float32()), [1.5, nan]),
    "float16": (pa.array(np.array([1.5, 2], np.float16)), [1.5, 2]),
    "int8": (pa.array([1, -2, 3], pa.int8()), [1, -2, 3]),
    "int32, from the second on": (pa.array([1, None, 3], pa.int32())[1:], [nan, 3]),
    "uint64": (pa.array([2**63, None], pa.uint64()), [2.0**63, nan]),
    "truths": (pa.array([True, False]), [1, 0]),
    "truths with nulls, from the third on": (pa.array([True, None, False, None, True])[2:], [0, nan, 1]),
    "decimals": (pa.array([Decimal("0.1"), None]), [0.1, nan]),
    "a dictionary": (pa.array([2.0, None, 2.0]).dictionary_encode(), [2, nan, 2]),
    "nulls alone": (pa.nulls(2), [nan, nan]),
    "no rows": (pa.array([], pa.float32()), []),
    "no rows of a slice": (pa.array([1, 2], pa.int64())[2:], []),
}


@pytest.mark.parametrize("name", CASES)
def test_numbers_of_any_kind(name: str) -> None:
    array, expected = CASES[name]
    found = floats("x", array)
    assert found.dtype == np.float64
    assert found.flags.c_contiguous
    np.testing.assert_array_equal(found, expected)
    assert np.signbit(found).tolist() == np.signbit(np.array(expected, np.float64)).tolist()
