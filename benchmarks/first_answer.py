"""How soon the first answer comes, in fresh processes, and a large expression.

(a) imported, compiled and run once on 8 rows, with NumPy's import counted and without, beside the import of
JAX alone; and a random expression of 20,000 nodes over 1,000 rows. Called by `benchmarks.kernels`.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib.util import find_spec
from statistics import median

from benchmarks import page
from benchmarks.workloads import WORKLOADS

_FIRST = """
import json, sys, time
if sys.argv[2] == "imported": import numpy
start = time.perf_counter()
import numpy
columns = {name: numpy.linspace(-1.0, 1.0, 8) for name in ("x1", "x2", "y")}
import exprgrad
compiled = exprgrad.compile(sys.argv[1], threads=1, backend="llvm")
compiled.value_and_gradient(**columns, w1=0.1, w2=-0.2, b=0.3)
print(json.dumps(time.perf_counter() - start))
"""
_JAX = "import json, time; start = time.perf_counter(); import jax; print(json.dumps(time.perf_counter() - start))"
_LARGE = """
import json, sys, time
import numpy
from benchmarks.workloads import RANDOM_COLUMNS, RANDOM_PARAMETERS, large_text
text = large_text()
rng = numpy.random.default_rng(20)
columns = {name: rng.uniform(*ends, 1_000) for name, ends in RANDOM_COLUMNS.items()}
import exprgrad
start = time.perf_counter()
compiled = exprgrad.compile(text)
compiled.value_and_gradient(**columns, **RANDOM_PARAMETERS)
first = time.perf_counter()
compiled.value_and_gradient(**columns, **RANDOM_PARAMETERS)
print(json.dumps([first - start, time.perf_counter() - first]))
"""


PATIENCE = 60.0
"""Seconds that a process may take."""


def _run(program: str, *arguments: str) -> list[float]:
    command = [sys.executable, "-c", program, *arguments]
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    done = subprocess.run(
        command, stdout=subprocess.PIPE, text=True, check=True, cwd=page.ROOT, timeout=PATIENCE, env=environment
    )
    answer = json.loads(done.stdout)
    return answer if isinstance(answer, list) else [answer]


def report(rounds: int) -> list[str]:
    """The part of the page, in Markdown; the processes take turns."""
    text = WORKLOADS["logistic"].text
    programs: dict[str, tuple[str, ...]] = {
        "exprgrad: import, compile, run": (_FIRST, text, "imported"),
        "exprgrad and NumPy: import, compile, run": (_FIRST, text, "not imported"),
    }
    if find_spec("jax"):
        programs["JAX: import alone"] = (_JAX,)
    times: dict[str, list[float]] = {name: [] for name in programs}
    for round_ in range(rounds + 1):
        for name, program in programs.items():
            seconds = _run(*program)[0]
            if round_:  # the first run writes byte code
                times[name].append(seconds)
    jax = median(times.get("JAX: import alone", [float("nan")]))
    rows = [[name, f"{1e3 * median(each):.0f}", f"{median(each) / jax:.2f}"] for name, each in times.items()]
    lines = ["### The first answer of (a), in a fresh process", ""]
    lines += [*page.markdown(["", "ms", "over JAX's import"], rows), ""]
    return [*lines, "### An expression of 20,000 nodes over 1,000 rows", "", _large(), ""]


def _large() -> str:
    try:
        times = [_run(_LARGE) for _ in range(3)]
    except subprocess.TimeoutExpired:
        return f"Not done after {PATIENCE:.0f} s."
    first, again = (median(column) for column in zip(*times, strict=True))
    return f"Compiled and run once, value and gradient: {first:.2f} s; each further run {1e3 * again:.1f} ms."
