"""Constants among the operands, which code is written for: inf, nan, -0.0, subnormal and huge ones."""

from __future__ import annotations

import math
import os
import subprocess
import sys
from math import inf, nan

import pytest

from exprgrad.autodiff.columns import column_derivatives
from exprgrad.backends.llvm.backend import Kernels
from exprgrad.backends.rows import Rows
from exprgrad.columns.plan import Plan, plan
from exprgrad.functions.table import FUNCTIONS
from exprgrad.graph.graph import Graph
from tests.backends.test_columns import run
from tests.command import exprgrad

CONSTANTS = [0.0, -0.0, 1.0, -1.0, 0.5, 2.0, -3.0, 8.0, 9.0, inf, -inf, nan, 5e-324, 1.7e308, 2.0**53 + 2, -1e22]
POINTS = [0.0, -0.0, 1.0, -1.0, 0.5, -2.5, 3.0, inf, -inf, nan, 5e-324, 1e300, -1.7e308, 2.0**53 + 2, 709.8, -745.2]


def planned(name: str) -> Plan:
    """A function of x in each place, with each constant in the others, and the derivatives with respect to x."""
    graph = Graph()
    x = graph.input("x")
    wanted: list[int] = []
    for place in range(len(FUNCTIONS[name].operands)):
        for constant in CONSTANTS:
            operands = [graph.constant(constant)] * len(FUNCTIONS[name].operands)
            operands[place] = x
            node = graph.apply(name, *operands)
            wanted += [node, *column_derivatives(graph, node, [x], {"x"})]
    return plan(graph, wanted, {"x"})


def near(number: float, exact: float, ulps: float) -> bool:
    """Whether both are nan, or as near as the two backends are to each other."""
    if number == exact or (number != number and exact != exact):
        return True
    return math.isfinite(exact) and math.isfinite(number) and abs(number - exact) <= ulps * math.ulp(exact)


@pytest.mark.parametrize("rows", [1, None], ids=["once", "often"])
@pytest.mark.parametrize("name", [name for name, f in FUNCTIONS.items() if len(f.operands) > 1 and not f.mixes])
def test_a_constant_operand_means_the_same_compiled(name: str, rows: int | None) -> None:
    work, ulps = planned(name), 2 * FUNCTIONS[name].ulp[1]
    columns = {"x": POINTS}
    pairs = zip(run(work, Kernels(work, 1, rows), {}, [columns]), run(work, Rows(work), {}, [columns]), strict=True)
    for compiled, exact in pairs:
        if isinstance(exact, float):
            assert near(compiled, exact, ulps), name
            continue
        for x, number, value in zip(POINTS, compiled, exact, strict=True):
            assert near(float(number), float(value), ulps), (name, x, number, value)


@pytest.mark.parametrize("exponent", ["inf", "-inf", "nan", "-0.0", "2^53 + 2"])
def test_training_takes_any_exponent(exponent: str) -> None:
    line = ["train", f"(a*x^({exponent}) - y)^2", "--x", "0.5,0.25", "--y", "1,2", "--a", "1", "--epochs", "2"]
    compiled, interpreted = (exprgrad(*line, "--backend", name) for name in ("llvm", "interpreter"))
    assert compiled.returncode == interpreted.returncode
    assert compiled.returncode in (0, 1)
    assert compiled.stdout == interpreted.stdout


_TEXTS = """
from benchmarks.elementwise import source
from exprgrad.functions.table import FUNCTIONS
for name, function in FUNCTIONS.items():
    if not function.mixes:
        arity = len(function.operands)
        print(source(lambda emitter, operands: [emitter.operation(name)(*operands)], arity)[0])
"""


def test_code_is_the_same_text_in_every_process() -> None:
    texts = [
        subprocess.run(
            [sys.executable, "-c", _TEXTS],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
            timeout=120,
        ).stdout
        for seed in ("1", "2")
    ]
    assert texts[0] == texts[1]
    assert b"table." in texts[0]
