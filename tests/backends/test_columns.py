"""Both backends on columns: the same answers, whatever the batches and threads."""

from __future__ import annotations

import itertools
import struct

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exprgrad.autodiff.columns import column_derivatives
from exprgrad.backends.llvm.backend import Kernels
from exprgrad.backends.prepared import Prepared
from exprgrad.backends.rows import Rows
from exprgrad.columns.folds import BLOCK
from exprgrad.columns.plan import plan
from exprgrad.graph.lower import lower
from exprgrad.syntax import parse
from tests.expressions import texts

EXACT = ["add", "sub", "mul", "div", "neg", "sqrt", "abs", "sign", "square", "relu", "where", "max", "min", "clip"]
EXACT += ["lt", "le", "gt", "ge", "eq", "ne", "and", "or", "not", "step", "floor", "ceil", "round", "trunc", "copysign"]
FOLDS = ["sum", "mean", "var", "std", "norm", "prod", "largest", "smallest", "count"]

doubles = st.one_of(
    st.sampled_from([0.0, -0.0, 1.0, float("inf"), float("-inf"), float("nan"), 5e-324, 1.7e308]),
    st.floats(-10, 10),
    st.floats(),
)
rows = st.integers(1, 40).flatmap(
    lambda size: st.fixed_dictionaries({name: st.lists(doubles, min_size=size, max_size=size) for name in ("x", "y")})
)


def bits(values):
    """The bits of numbers and columns; all nans are one."""
    flat = [float(cell) for value in values for cell in (value if hasattr(value, "__len__") else [value])]
    return [struct.pack("<d", cell) if cell == cell else b"nan" for cell in flat]


class Batches:
    """Rows that arrive in batches, as a row source."""

    rows = None

    def __init__(self, batches):
        self.batches = batches

    def read(self, names):
        return [{name: batch[name] for name in names} for batch in self.batches]


def run(work, backend, numbers, batches):
    """The wanted values, computed from batches of columns."""
    return Prepared.of(work, backend).run(Batches(batches), numbers).values


def planned(text, columns):
    """Value and gradient with respect to what is no column."""
    model = lower(parse(text))
    by = [node for name, node in model.graph.inputs().items() if name not in columns]
    slopes = column_derivatives(model.graph, model.output, by, columns)
    return plan(model.graph, [model.output, *slopes], columns)


@settings(max_examples=60)
@given(texts(EXACT + FOLDS), rows, doubles, st.booleans())
def test_exact_operations_and_sums_have_the_same_bits(text, data, z, fast):
    work = planned(text, data)
    compiled = Kernels(work, threads=1, rows=None if fast else 1)
    assert bits(run(work, compiled, {"z": z}, [data])) == bits(run(work, Rows(work), {"z": z}, [data]))


PROGRAMS = [
    "mean((w*x - y)^2)",
    "norm(w*x) + prod(1 + x*w/1e5) + max(w*y) - min(x) + count(x)",
    "var(x*w) + sum(sin(x)*w)",
    "w*x + y",
]


@pytest.mark.parametrize("text", PROGRAMS)
@pytest.mark.parametrize("size", [1, 7, 8, BLOCK - 1, BLOCK, BLOCK + 9, 20 * BLOCK + 3])
def test_threads_and_batches_do_not_change_a_bit(text, size):
    generator = np.random.default_rng(size)
    data = {name: generator.normal(size=size) for name in ("x", "y")}
    work = planned(text, data)
    expected = bits(run(work, Kernels(work, threads=1), {"w": 0.7}, [data]))
    for threads, cuts in [(2, []), (1, [size // 3, size // 2]), (3, sorted(generator.integers(0, size, 5)))]:
        edges = [0, *cuts, size]
        batches = [{n: c[a:b] for n, c in data.items()} for a, b in itertools.pairwise(edges)]
        assert bits(run(work, Kernels(work, threads=threads), {"w": 0.7}, batches)) == expected
    if "sin" not in text and size < 3 * BLOCK:
        batches = [{n: c[a : a + 5000].tolist() for n, c in data.items()} for a in range(0, size, 5000)]
        assert bits(run(work, Rows(work), {"w": 0.7}, batches)) == expected


def test_a_sum_of_many_rows_is_as_good_as_pairwise():
    """Far better than one after the other, where 10^6 times 0.1 is off by 1e-6."""
    work = planned("sum(x)", ("x",))
    (total,) = run(work, Kernels(work), {}, [{"x": np.full(1_000_000, 0.1)}])
    assert abs(total - 100_000) < 2e-9
