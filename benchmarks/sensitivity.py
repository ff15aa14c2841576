"""Indices of Sobol' with their intervals: seconds of ours, and of peers that are installed, as ratios.

`python -m benchmarks.sensitivity [ROUNDS]`; it is the last part of `benchmarks.uncertainty`, too. The function of
Ishigami at 65,536 points, first and total order. Peers: SALib (`pip install --group benchmarks`), and what a person
writes by hand with NumPy and SciPy. Each round measures all in turn, and medians are shown. Then a process of its own
is started for the command, with all that it imports.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from importlib.util import find_spec
from statistics import median
from typing import Any

import numpy as np
from numpy.typing import NDArray

import exprgrad
from benchmarks.turns import in_turns

_TEXT = "sin(x1) + 7*sin(x2)^2 + 0.1*x3^4*sin(x1)"
_NAMES = ("x1", "x2", "x3")
_TOTAL = (0.55758885520996, 0.44241114479004, 0.24368366406214)
_POINTS = 65_536
_RESAMPLES = 100
"""Those of SALib by default; ours are 1,000."""


def ours(threads: int | None = None) -> list[float]:
    inputs: Any = dict.fromkeys(_NAMES, "uniform(-pi, pi)")
    found = exprgrad.sensitivity(_TEXT, n=_POINTS, threads=threads, **inputs)
    return [found.total[name].value for name in _NAMES]


def _result(x: NDArray[np.float64]) -> NDArray[np.float64]:
    found: NDArray[np.float64] = np.sin(x[:, 0]) + 7 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0])
    return found


def by_hand() -> list[float]:
    """With NumPy and SciPy's points, resampling rows."""
    from scipy.stats import qmc

    points = np.pi * (2 * qmc.Sobol(6).random(_POINTS) - 1)
    a, b = points[:, :3], points[:, 3:]
    of_a, of_b = _result(a), _result(b)
    mixed = []
    for k in range(3):
        columns = a.copy()
        columns[:, k] = b[:, k]
        mixed.append(_result(columns))
    draw, found = np.random.default_rng(), []
    for _ in range(_RESAMPLES):
        rows = draw.integers(0, _POINTS, _POINTS)
        variance = np.r_[of_a[rows], of_b[rows]].var()
        found.append([((of_a[rows] - each[rows]) ** 2).mean() / 2 / variance for each in mixed])
    np.quantile(found, (0.025, 0.975), axis=0)
    variance = np.r_[of_a, of_b].var()
    return [float(((of_a - each) ** 2).mean() / 2 / variance) for each in mixed]


def salib() -> list[float]:
    from SALib.analyze import sobol as analyze  # type: ignore[import-not-found,import-untyped,unused-ignore]
    from SALib.sample import sobol as sample  # type: ignore[import-not-found,import-untyped,unused-ignore]

    problem = {"num_vars": 3, "names": [*_NAMES], "bounds": [[-np.pi, np.pi]] * 3}
    points = sample.sample(problem, _POINTS, calc_second_order=False)
    return [float(each) for each in analyze.analyze(problem, _result(points), calc_second_order=False)["ST"]]


def command() -> float:
    """Seconds of the command as a shell starts it."""
    options = [word for name in _NAMES for word in (f"--{name}", "uniform(-pi, pi)")]
    line = [sys.executable, "-m", "exprgrad", "sensitivity", _TEXT, *options]
    start = time.perf_counter()
    subprocess.run(line, check=True, capture_output=True)
    return time.perf_counter() - start


def report(rounds: int) -> None:
    """Print how long each took."""
    peers: dict[str, Callable[[], list[float]]] = {
        "exprgrad, 1 thread": lambda: ours(1),
        "exprgrad": ours,
        "NumPy by hand": by_hand,
    }
    if find_spec("SALib"):
        peers["SALib"] = salib
    found = in_turns(peers, rounds)
    print(f"Ishigami at {_POINTS:,} points, medians of {rounds} rounds, on {len(os.sched_getaffinity(0))} processors")
    for name, turns in found.items():
        ratio = turns.cpu / found["exprgrad, 1 thread"].cpu
        error = max(abs(value - exact) for value, exact in zip(turns.result, _TOTAL, strict=True))
        times = f"{turns.cpu:6.3f} s CPU {turns.wall:6.3f} s"
        print(f"  {name:20} {times} {ratio:7.2f} of ours   off by {error:.1e} at the most")
    print(f"  the command, with its start: {median(command() for _ in range(rounds)):.2f} s")


if __name__ == "__main__":
    report(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
