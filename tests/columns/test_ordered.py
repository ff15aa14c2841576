"""Medians and quantiles, which need all rows in order: on both backends, in batches, and their derivatives."""

from __future__ import annotations

from functools import cache
from math import isnan

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from exprgrad import LimitError, UsageError, parse
from exprgrad.autodiff.columns import column_derivatives
from exprgrad.backends.engine import Engine
from exprgrad.backends.prepared import Prepared
from exprgrad.columns import ordered
from exprgrad.columns.memory import Columns
from exprgrad.jobs.export.export import export
from tests.jobs.export.test_exports import function

BACKENDS = ["interpreter", "llvm"]
small = st.sampled_from([-2.0, -0.5, 0.0, 1.0, 1.0, 3.5])
rows = st.one_of(st.lists(small, min_size=1, max_size=9), st.lists(st.floats(-1e300, 1e300), min_size=1, max_size=40))


class Batches:
    """Rows that arrive two at a time."""

    names = ("x",)
    rows = None

    def __init__(self, column: list[float]) -> None:
        self.column = column

    def read(self, names):
        return [{"x": self.column[k : k + 2]} for k in range(0, len(self.column), 2) if names]


@cache
def prepared(text: str, backend: str, wrt: str) -> Prepared:
    """The value, and the derivative with respect to a variable, compiled once."""
    model = parse(text).model
    graph = model.graph.copy()
    nodes = column_derivatives(graph, model.output, [graph.input(wrt)], ["x"]) if wrt else []
    return Prepared(graph, [model.output, *nodes], Columns({"x": [1.0]}), Engine(backend))


def computed(text: str, source, backend: str, wrt: str = "", **numbers: float):
    """The same for some rows and numbers."""
    found = prepared(text, backend, wrt).run(source, numbers)
    return [value if isinstance(value, float) else list(value) for value in found.values]


def weights(column: list[float], q: float) -> list[float]:
    """The derivatives of a quantile with respect to the rows: those of the two order statistics, shared by ties."""
    place = q * (len(column) - 1)
    low = int(max(min(np.floor(place), len(column) - 2), 0))
    ends = sorted(column)[low], sorted(column)[min(low + 1, len(column) - 1)]
    shares = 1 - (place - low), place - low
    return [sum(s / column.count(end) for s, end in zip(shares, ends, strict=True) if x == end) for x in column]


@pytest.mark.parametrize("backend", BACKENDS)
@settings(max_examples=40)
@given(column=rows, q=st.one_of(st.sampled_from([0.0, 0.25, 0.5, 1.0, 1 / 3]), st.floats(0, 1)))
@example(column=[1.0, 2.0, 4.0], q=1.0)
@example(column=[5e-324], q=0.5)
def test_values_are_those_of_numpy_and_derivatives_the_weights_of_rows(
    backend: str, column: list[float], q: float
) -> None:
    value, slopes = computed("quantile(x, q)", Columns({"x": column}), backend, "x", q=q)
    assert value == np.quantile(column, q)
    assert slopes == pytest.approx(weights(column, q), rel=1e-12, abs=1e-300)
    value, slopes = computed("median(x)", Columns({"x": column}), backend, "x")
    assert value == np.median(column)
    assert slopes == pytest.approx(weights(column, 0.5), rel=1e-12, abs=1e-300)


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize(
    ("text", "column", "value"),
    [
        ("median(x)", [1.0, float("nan"), 2.0], None),
        ("quantile(x, 1.5)", [1.0, 2.0], None),
        ("quantile(x, 0/0)", [1.0, 2.0], None),
        ("median(x)", [float("-inf"), 1.0, float("inf")], 1.0),
        ("median(x)", [float("inf"), float("inf")], float("inf")),
        ("median(x)", [1.6e308, 1.7e308], 0.8e308 + 0.85e308),
        ("quantile(x, 0.5)", [-1.7e308, 1.7e308], 0.0),
        ("quantile(x, 0.5)", [1.0, 2.0, float("inf")], 2.0),
    ],
)
def test_at_the_edges(backend: str, text: str, column: list[float], value: float | None) -> None:
    (found,) = computed(text, Columns({"x": column}), backend)
    assert isnan(found) if value is None else found == value


@pytest.mark.parametrize("backend", BACKENDS)
def test_in_batches_beside_other_reductions_and_inside_of_others(backend: str) -> None:
    column = [4.0, -1.0, 2.5, 7.0, 0.5]
    text = "median(abs(x - median(w*x))) + quantile(w*x, q)*sum(x) + count(x)"
    (value, slope), held = (
        computed(text, source, backend, "w", w=2.0, q=0.3) for source in (Batches(column), Columns({"x": column}))
    )
    x = np.array(column)
    assert [value, slope] == held
    assert value == np.median(abs(x - np.median(2 * x))) + np.quantile(2 * x, 0.3) * x.sum() + 5
    step = 1e-6
    ends = [computed(text, Columns({"x": column}), backend, "w", w=2 + d, q=0.3)[0] for d in (-step, step)]
    assert slope == pytest.approx((ends[1] - ends[0]) / (2 * step), rel=1e-6)


def test_the_slope_along_q_is_that_to_the_right_and_to_the_left_at_the_end() -> None:
    at = {q: computed("quantile(x, q)", Columns({"x": [0.0, 1.0, 5.0]}), "llvm", "q", q=q)[1] for q in (0, 0.2, 0.5, 1)}
    assert at == {0: 2.0, 0.2: 2.0, 0.5: 8.0, 1: 8.0}


def test_rows_beyond_memory_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ordered, "half_of_memory", lambda: 30)
    assert computed("median(x)", Batches([1.0, 2.0, 3.0]), "llvm") == [2.0]
    with pytest.raises(LimitError, match="all rows in memory"):
        computed("median(x)", Batches([1.0, 2.0, 3.0, 4.0]), "llvm")


def test_a_cluster_refuses() -> None:
    model = parse("median(x)").model
    cluster = Engine("interpreter", cluster=object())  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="a cluster has them in parts"):
        Prepared(model.graph, [model.output], Columns({"x": [1.0]}), cluster)


@pytest.mark.parametrize("text", ["median(w*x)", "quantile(w*x, 0.3)", "mean(abs(x - median(w*x)))"])
def test_exported_to_numpy(text: str) -> None:
    column = [4.0, -1.0, 2.5, 7.0, 2.5]
    exported = function(export(parse(text).model, {}, "numpy", columns=["x"]))
    value, gradient = exported(x=np.array(column), w=1.5)
    wanted = computed(text, Columns({"x": column}), "interpreter", "w", w=1.5)
    assert [float(value), float(gradient["w"])] == pytest.approx(wanted, rel=1e-14)


@pytest.mark.parametrize("language", ["c", "jax", "sql"])
def test_other_languages_say_which_has_it(language: str) -> None:
    with pytest.raises(UsageError) as caught:
        export(parse("median(x)").model, {}, language, columns=["x"])
    assert "numpy" in caught.value.hint
