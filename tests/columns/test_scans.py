"""Running sums: on both backends, in batches, in and beside reductions, and their derivatives of any order."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from exprgrad import LimitError, UsageError, parse, syntax
from exprgrad.autodiff.columns import column_derivatives
from exprgrad.autodiff.derivative import repeated
from exprgrad.autodiff.reverse import adjoint_at
from exprgrad.backends import interpreter
from exprgrad.backends.engine import Engine
from exprgrad.backends.prepared import Prepared
from exprgrad.columns import ordered
from exprgrad.columns.memory import Columns
from exprgrad.columns.shapes import Shapes
from exprgrad.functions.floats import FLOATS
from exprgrad.graph.forward import forward
from exprgrad.graph.lower import lower
from exprgrad.jobs.export.export import export
from tests.jobs.export.test_exports import function
from tests.sources import unrolled

BACKENDS = ["interpreter", "llvm"]
floats = st.one_of(st.sampled_from([0.0, -0.0, 1.0, -2.5]), st.floats(-1e300, 1e300))
rows = st.lists(floats, min_size=1, max_size=12)


class Batches:
    """Rows that arrive a few at a time."""

    rows = None

    def __init__(self, columns: dict[str, list[float]], size: int) -> None:
        self.columns, self.size = columns, size
        self.names = tuple(columns)

    def read(self, names):
        total = len(next(iter(self.columns.values())))
        for k in range(0, total, self.size):
            yield {name: np.array(self.columns[name][k : k + self.size]) for name in names}


@cache
def prepared(text: str, backend: str, wrt: tuple[str, ...] = (), order: int = 1) -> Prepared:
    """The value, and the derivatives with respect to variables, compiled once."""
    model = parse(text).model
    graph = model.graph.copy()
    nodes = [graph.input(name) for name in wrt]
    if order == 1:
        slopes = column_derivatives(graph, model.output, nodes, ["x", "y"])
    else:
        slopes = [repeated(graph, model.output, node, order, ["x", "y"])[-1] for node in nodes]
    return Prepared(graph, [model.output, *slopes], Columns({"x": [1.0], "y": [1.0]}), Engine(backend))


def computed(text: str, source, backend: str, wrt: tuple[str, ...] = (), order: int = 1, **numbers: float):
    """The same for some rows and numbers."""
    found = prepared(text, backend, wrt, order).run(source, numbers)
    return [value if isinstance(value, float) else list(value) for value in found.values]


@pytest.mark.parametrize("backend", BACKENDS)
@settings(max_examples=30)
@given(column=rows, size=st.integers(1, 12))
@example(column=[-0.0, -0.0], size=1)
def test_values_have_the_bits_of_numpy_wherever_batches_end(backend: str, column: list[float], size: int) -> None:
    source = Batches({"x": column}, size)
    (found,) = computed("cumsum(x)", source, backend)
    assert np.array(found).tobytes() == np.cumsum(column).tobytes()
    (found,) = computed("cumsum_back(x)", source, backend)
    assert np.array(found).tobytes() == np.cumsum(column[::-1])[::-1].tobytes()
    assert computed("row_number(x)", source, backend) == [[*np.arange(1.0, len(column) + 1)]]


PROGRAMS = [
    "sum(cumsum(a*x)*y)",
    "sum(square(cumsum(exp(a*x)) - y))",
    "cumsum(a*x)",
    "cumsum(cumsum(a*x)*y)*sum(a*cumsum(x))",
    "largest(cumsum(a*x + y)) + a*mean(cumsum_back(sin(a*x))*cumsum(y))",
    "cumsum(x - mean(cumsum(a*x*y)))/a",
    "sum(cumsum(a + 0*x)*y)",
    "sum(cumsum_back(a)*x) + cumsum(a)^2",
    "std(cumsum(a*row_number(x))*x) + norm(cumsum(a*y))",
    "sum(cumsum(x > 1 ? a*x : a^2*y))",
    "sum(cumsum(b*x + c*y + d*x*y + e*x^2 + f*y^2 + g*x^3 + h*y^3 + a*sin(x) + i*cos(y) + j*exp(x))*x)",
]
X, Y = [0.5, 1.5, -0.75, 2.0, 1.25], [1.0, 0.25, 3.0, -1.0, 0.5]
NUMBERS = {"a": 1.5} | {name: 0.5 + k for k, name in enumerate("bcdefghij")}


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("text", PROGRAMS)
def test_derivatives_are_those_of_the_rows_written_out(backend: str, text: str) -> None:
    model = lower(syntax.parse(text))
    numbers = {name: value for name, value in NUMBERS.items() if name in model.graph.inputs()}
    data = {"x": X, "y": Y}
    rowwise = Shapes(model.graph, data).is_column(model.output)
    wrt = ("a",) if rowwise else tuple(model.graph.inputs())
    flat, outputs = unrolled(model, len(X), list(data))
    cells = {f"{name}{row}": cell for name, column in data.items() for row, cell in enumerate(column)}
    ends = outputs if isinstance(outputs, list) else [outputs]
    values = forward(flat, FLOATS, {**numbers, **cells})
    for source in (Columns(data), Batches(data, 2)):
        value, *slopes = computed(text, source, backend, wrt, **numbers)
        _, second = computed(text, source, backend, ("a",), 2, **numbers)
        for row, end in enumerate(ends):
            assert (value[row] if rowwise else value) == pytest.approx(values[end], rel=1e-12)
            adjoints = interpreter.gradient(flat, end, values, flat.inputs().values())
            slope = {name: adjoint_at(adjoints, node, 0.0) for name, node in flat.inputs().items()}
            for name, found in zip(wrt, slopes, strict=True):
                got = found[row] if rowwise and isinstance(found, list) else found
                wanted = [slope.get(f"{name}{k}", 0.0) for k in range(len(X))] if name in data else slope[name]
                assert np.broadcast_to(got, np.shape(wanted)) == pytest.approx(np.array(wanted), rel=1e-11, abs=1e-11)
            curved = flat.copy()
            bend = repeated(curved, end, curved.input("a"), 2)[-1]
            wanted = forward(curved, FLOATS, {**numbers, **cells})[bend]
            assert (second[row] if isinstance(second, list) else second) == pytest.approx(wanted, rel=1e-10, abs=1e-10)


def test_what_each_row_takes_from_those_after_it_is_held_and_refused_beyond_memory(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(ordered, "half_of_memory", lambda: 30)
    assert computed("cumsum_back(x)", Batches({"x": [1.0, 2.0, 3.0]}, 2), "llvm") == [[6.0, 5.0, 3.0]]
    rows = Batches({"x": [1.0, 2.0, 3.0, 4.0]}, 2)
    assert computed("cumsum(x)", rows, "llvm") == [[1.0, 3.0, 6.0, 10.0]]
    with pytest.raises(LimitError, match="a running sum from the end takes all rows in memory"):
        computed("cumsum_back(x)", rows, "llvm")


def test_a_cluster_refuses() -> None:
    model = parse("sum(cumsum(x))").model
    cluster = Engine("interpreter", cluster=object())  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="a cluster has them in parts"):
        Prepared(model.graph, [model.output], Columns({"x": [1.0]}), cluster)


def test_row_by_row_there_is_no_derivative_with_respect_to_a_column_whose_rows_add_up() -> None:
    with pytest.raises(UsageError, match="depends on all its rows"):
        computed("cumsum(a*x)*y", Columns({"x": X, "y": Y}), "interpreter", ("x",), a=1.0)
    found = computed("cumsum(a*x)*y", Columns({"x": X, "y": Y}), "interpreter", ("y",), a=1.0)
    assert found[1] == [*np.cumsum(X)]


@pytest.mark.parametrize("text", PROGRAMS[:-1])
def test_exported_to_numpy(text: str) -> None:
    exported = function(export(parse(text).model, {}, "numpy", columns=["x", "y"] if "y" in text else ["x"]))
    numbers = {"a": 1.5, "x": np.array(X)} | ({"y": np.array(Y)} if "y" in text else {})
    value, gradient = exported(**numbers)
    wanted, slope = computed(text, Columns({"x": X, "y": Y}), "interpreter", ("a",), a=1.5)
    assert np.broadcast_to(value, np.shape(wanted)) == pytest.approx(np.array(wanted), rel=1e-12)
    assert np.broadcast_to(gradient["a"], np.shape(slope)) == pytest.approx(np.array(slope), rel=1e-12)


@pytest.mark.parametrize("to", ["c", "python", "javascript", "sql", "sympy"])
def test_a_language_that_has_no_running_sums_says_where_they_are(to: str) -> None:
    columns = ["x"] if to == "sql" else []
    with pytest.raises(UsageError, match=f"{to} has no function cumsum") as error:
        export(parse("cumsum(x)").model, {}, to, columns=columns)
    assert error.value.hint == "export to numpy, jax, torch, latex, mathml"
