"""`exprgrad.compile`: expressions as functions of arrays."""

from __future__ import annotations

import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

import exprgrad
from exprgrad import ExprgradError

X = np.random.default_rng(3).normal(size=(5, 10_007))
LOSS = "mean(softplus(-y*(w1*x1 + w2*x2 + b)))"
DATA = {"x1": X[0], "x2": X[1], "y": np.sign(X[2])}
PARAMETERS = {"w1": 0.3, "w2": -0.2, "b": 0.1}


def numpy_loss() -> tuple[float, dict[str, float]]:
    margin = -DATA["y"] * (0.3 * X[0] - 0.2 * X[1] + 0.1)
    slope = -DATA["y"] / (1 + np.exp(-margin))
    partials = {"w1": slope * X[0], "w2": slope * X[1], "b": slope}
    return np.logaddexp(0, margin).mean(), {name: partial.mean() for name, partial in partials.items()}


@pytest.mark.parametrize("backend", ["llvm", "interpreter", "auto"])
def test_value_and_gradient_are_numpys(backend: str) -> None:
    loss = exprgrad.compile(LOSS, backend=backend)
    value, gradient = loss.value_and_gradient(**DATA, **PARAMETERS)
    expected, partials = numpy_loss()
    assert value == pytest.approx(expected, rel=1e-13)
    assert gradient == pytest.approx(partials, rel=1e-12)
    assert loss.evaluate(**DATA, **PARAMETERS) == value
    assert loss.gradient(**DATA, **PARAMETERS) == gradient


@pytest.mark.parametrize("backend", ["llvm", "interpreter"])
def test_by_a_column_there_is_a_derivative_by_each_row(backend: str) -> None:
    compiled = exprgrad.compile("sum(w*x^2)", backend=backend)
    _, gradient = compiled.value_and_gradient(["x", "w"], x=X[0], w=2.0)
    assert list(gradient["x"]) == list(4.0 * X[0])
    assert gradient["w"] == pytest.approx((X[0] ** 2).sum())
    rows = exprgrad.compile("w*x", backend=backend).value_and_gradient(["w", "x"], x=X[0], w=2.0)
    assert [list(rows[0]), list(rows[1]["w"]), list(rows[1]["x"])] == [list(2 * X[0]), list(X[0]), [2.0] * len(X[0])]


def test_arrays_of_any_kind() -> None:
    compiled = exprgrad.compile("sum(x)", backend="llvm")
    numbers = np.arange(-20, 21)
    for column in (
        numbers,
        numbers[::-1],
        numbers.astype(np.float32),
        numbers > 0,
        list(map(int, numbers)),
        range(-20, 21),
    ):
        assert compiled.evaluate(x=column) == float(np.sum(np.asarray(column, dtype=np.float64)))
    assert exprgrad.compile("x*y").evaluate(x=np.float64(2), y=np.array(3.0)) == 6.0


def test_which_names_are_columns_may_change_from_call_to_call() -> None:
    compiled = exprgrad.compile("mean(x*y)")
    assert compiled.evaluate(x=[1.0, 2.0], y=3) == 4.5
    assert compiled.evaluate(x=3, y=[1.0, 2.0]) == 4.5
    assert compiled.evaluate(x=3, y=2) == 6.0


def test_calls_from_many_threads() -> None:
    loss = exprgrad.compile(LOSS, threads=2, backend="llvm")
    with ThreadPoolExecutor(4) as pool:
        values = list(pool.map(lambda _: loss.evaluate(**DATA, **PARAMETERS), range(40)))
    assert len(set(values)) == 1


@pytest.mark.parametrize(
    ("text", "bindings", "wrt", "message"),
    [
        ("x*y", {"x": [1.0, 2.0]}, [], "no value for y"),
        ("x*y", {"x": [1.0, 2.0], "y": [1.0]}, [], "columns of unequal length: x has 2 rows, y has 1"),
        ("x", {"x": []}, [], "the column x has no rows"),
        ("x", {"x": [1.0], "z": 1}, [], "the expression has no variable z"),
        ("x", {"x": ["a"]}, [], "x is not a column of numbers"),
        ("x", {"x": np.zeros((2, 2))}, [], "x has 2 dimensions"),
        ("x", {"x": [1.0]}, ["w"], "no derivative with respect to w"),
        ("x - mean(x)", {"x": [1.0, 2.0]}, ["x"], "no derivative with respect to x row by row"),
    ],
)
@pytest.mark.parametrize("backend", ["llvm", "interpreter"])
def test_what_does_not_fit_is_an_error_that_says_so(backend, text, bindings, wrt, message) -> None:
    with pytest.raises(ExprgradError, match=re.escape(message)):
        exprgrad.compile(text, backend=backend).value_and_gradient(wrt, **bindings)


def without_extra(*line: str) -> subprocess.CompletedProcess[str]:
    """The command in an environment that lacks the packages of the extra `data`."""
    hidden = "sys.modules.update(dict.fromkeys(['numpy', 'pyarrow', 'llvmlite', 'scipy']))"
    program = f"import sys; {hidden}; from exprgrad.cli.process import run; run({list(line)!r})"
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)


def test_without_the_extra_inline_columns_work_and_data_say_what_to_install() -> None:
    done = without_extra("eval", "mean(w*x)", "--x", "1,2,3", "--w", "2")
    assert (done.returncode, done.stdout) == (0, "w\t2\t2\nmean(w*x)\t4\t1\n")
    for line in (("eval", "mean(x)", "--data", "d.csv"), ("eval", "mean(x)", "--x", "1,2", "--backend", "llvm")):
        done = without_extra(*line)
        assert done.returncode == 2
        assert 'install it: pip install "exprgrad[data]"' in done.stderr
        assert done.stderr.count("\n") == 1
