"""Threaded code gives the bits of compiled kernels and, for exact operations, of the interpreter."""

from __future__ import annotations

from random import Random
from unittest.mock import patch

import pytest
from hypothesis import given, settings

pytest.importorskip("llvmlite")

import numpy as np

import exprgrad
from benchmarks.expression import grow
from exprgrad.backends.llvm.backend import Kernels
from exprgrad.backends.llvm.threaded import strips
from exprgrad.backends.llvm.threaded.driver import STRIP
from exprgrad.backends.llvm.threaded.strips import ThreadedStage
from exprgrad.backends.rows import Rows
from exprgrad.columns.folds import BLOCK
from tests.backends.test_columns import EXACT, FOLDS, bits, doubles, planned, rows, run
from tests.expressions import texts


def threaded(work, numbers, batches, threads=1):
    """What threaded code computes."""
    with patch.object(strips, "LARGE", -1):
        backend = Kernels(work, threads=threads)
        results = run(work, backend, numbers, batches)
    assert all(isinstance(machine, ThreadedStage) for machine in backend._compiled.values())
    return bits(results)


def kernel(work, numbers, batches):
    """What kernels of straight-line code compute."""
    with patch.object(strips, "LARGE", 10**9):
        return bits(run(work, Kernels(work, threads=1, rows=1), numbers, batches))


@settings(max_examples=40, deadline=None)
@given(texts(EXACT + FOLDS), rows, doubles)
def test_exact_operations_and_sums_have_the_same_bits(text, data, z):
    work = planned(text, data)
    assert threaded(work, {"z": z}, [data]) == bits(run(work, Rows(work), {"z": z}, [data]))


@settings(max_examples=40, deadline=None)
@given(texts(), rows, doubles)
def test_any_function_has_the_bits_of_the_kernel(text, data, z):
    work = planned(text, data)
    assert threaded(work, {"z": z}, [data]) == kernel(work, {"z": z}, [data])


PROGRAMS = [
    "mean((w*x - y)^2) + max(tanh(x)) + min(w*y)",
    "norm(w*x) + prod(1 + x*w/1e5) + count(x)",
    "var(sigmoid(x*w)) + sum(2^x + x^3 + abs(x)^2.5)",
    "w*x + y",
    "x",
]


@pytest.mark.parametrize("text", PROGRAMS)
@pytest.mark.parametrize("size", [1, 8, STRIP - 1, STRIP + 8, BLOCK - 1, 20 * BLOCK + STRIP + 3])
def test_sizes_and_threads_do_not_change_a_bit(text, size):
    generator = np.random.default_rng(size)
    data = {name: generator.normal(size=size) for name in ("x", "y")}
    work = planned(text, data)
    expected = kernel(work, {"w": 0.7}, [data])
    cut = size // 3
    parts = [{name: column[:cut] for name, column in data.items()}, {name: c[cut:] for name, c in data.items()}]
    for threads in (1, 3):
        assert threaded(work, {"w": 0.7}, [data], threads) == expected
        assert threaded(work, {"w": 0.7}, parts, threads) == expected


@pytest.mark.parametrize(
    "text", ["exp(-abs(x))", "exp(-square(x*z))", "tanh(x)^2 + sech(x)^2", "sech(x)^3", "x^7 + 2^x", "x^0.5", "x^12"]
)
def test_functions_of_functions(text):
    data = {"x": np.linspace(-3, 9, 50)}
    work = planned(text, data)
    assert threaded(work, {"z": 0.3}, [data]) == kernel(work, {"z": 0.3}, [data])


def test_many_constant_operands_are_read_instead_of_compiled():
    data = {"x": np.linspace(0.5, 9, 20)}
    work = planned("+".join(f"hypot(x, {k})" for k in range(100)), data)
    with patch.object(strips, "LARGE", -1):
        backend = Kernels(work)
        (total, *_) = run(work, backend, {}, [data])
    (machine,) = backend._compiled.values()
    assert machine.compiled < 60
    assert np.allclose(total, sum(np.hypot(data["x"], k) for k in range(100)), rtol=1e-15)


def test_values_that_are_read_no_more_leave_their_place():
    data = {"x": np.linspace(0, 1, 20)}
    leaves = {"x": (0.0, 1.0), "z": (0.5, 1.0)}
    text = f"sum({'+'.join(str(grow(20, leaves, Random(seed))) for seed in range(50))})"
    work = planned(text, data)
    (stage,) = work.stages
    assert ThreadedStage(work.graph, stage).size < len(stage.columns) * STRIP / 4


def test_a_large_expression_runs():
    """20,000 nodes: a kernel of so many lines would take minutes to compile."""
    x, steps = np.linspace(0, 1, 1000), np.arange(1, 4001) / 1000
    text = f"mean({'+'.join(f'sin(x*{step})*w' for step in steps)})"
    value, slopes = exprgrad.compile(text).value_and_gradient(x=x, w=0.5)
    expected = np.sin(np.outer(x, steps)).sum(axis=1).mean()
    assert np.isclose(value, 0.5 * expected, rtol=1e-12)
    assert np.isclose(slopes["w"], expected, rtol=1e-12)


def test_many_columns_are_given_out():
    data = {"x": np.linspace(0, 1, 150)}
    names = [f"w{k}" for k in range(1200)]
    compiled = exprgrad.compile("+".join(f"sin({name}*x)" for name in names))
    slopes = compiled.gradient(**data, **dict.fromkeys(names, 0.5))
    assert all(np.allclose(slopes[name], data["x"] * np.cos(0.5 * data["x"]), rtol=1e-14) for name in names)
