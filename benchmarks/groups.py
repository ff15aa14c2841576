"""Fits of many groups: `exprgrad fit --by run` beside a loop of `scipy.optimize.curve_fit`.

    python -m benchmarks.groups [--groups N] [--rows N] [--rounds N]

Fits `y ~ a*exp(-b*x) + c` to each of 10,000 groups of 100 rows, from the same starts: ours in one call on arrays in
memory, and SciPy's in a loop over slices of them, with its Jacobian given as a function. A tenth of the groups goes
through the loop, and its time is multiplied. Both run in turns in one process. Printed are the medians of seconds and
of seconds of the CPU, the median of the ratios within a round, and how far the parameters differ in units of their
standard errors. Other work on the machine slows both: the ratio is what counts.
"""

from __future__ import annotations

import time
from argparse import ArgumentParser
from collections.abc import Callable
from statistics import median
from typing import Any

import numpy as np
from scipy import optimize

import exprgrad
from exprgrad.columns.memory import Columns
from exprgrad.jobs.fit.request import Request

FORMULA = "y ~ a*exp(-b*x) + c"
STARTS = {"a": 2.0, "b": 0.5, "c": 0.5}
_PART = 10
"""Of the groups, one in so many goes through SciPy's loop."""


def model(x: Any, a: Any, b: Any, c: Any) -> Any:
    """The same for SciPy."""
    return a * np.exp(-b * x) + c


def slopes(x: Any, a: float, b: float, c: float) -> Any:
    """Its Jacobian."""
    decay = np.exp(-b * x)
    return np.column_stack([decay, -a * x * decay, np.ones_like(x)])


def rows(groups: int, length: int) -> dict[str, Any]:
    """Rows of the model with errors, from a seed."""
    draw = np.random.default_rng(1)
    run = np.repeat(np.arange(float(groups)), length)
    x = np.tile(np.linspace(0, 10, length), groups)
    a, b, c = (np.repeat(draw.uniform(low, high, groups), length) for low, high in ((1, 3), (0.3, 1), (0, 1)))
    return {"run": run, "x": x, "y": model(x, a, b, c) + draw.normal(0, 0.05, len(x))}


def timed(work: Callable[[], Any]) -> tuple[float, float, Any]:
    """Seconds, seconds of the CPU, and what the work gives."""
    start, cpu = time.perf_counter(), time.process_time()
    found = work()
    return time.perf_counter() - start, time.process_time() - cpu, found


def main() -> None:
    """Print the table."""
    parser = ArgumentParser(description=__doc__)
    for name, default in (("groups", 10_000), ("rows", 100), ("rounds", 5)):
        parser.add_argument(f"--{name}", type=int, default=default)
    asked = parser.parse_args()
    data = rows(asked.groups, asked.rows)
    source, request = Columns(data), Request(by=("run",))
    formula = exprgrad.parse(FORMULA, formula=True)

    def ours() -> Any:
        return formula.fit_groups(request, STARTS, source)

    def theirs() -> list[Any]:
        starts = list(STARTS.values())
        x, y = (data[name].reshape(asked.groups, asked.rows)[::_PART] for name in ("x", "y"))
        return [optimize.curve_fit(model, xs, ys, starts, jac=slopes) for xs, ys in zip(x, y, strict=True)]

    ours()
    rounds = []
    for _ in range(asked.rounds):
        seconds, cpu, found = timed(ours)
        loop, loop_cpu, others = timed(theirs)
        rounds.append((seconds, cpu, loop * _PART, loop_cpu * _PART))
    apart = max(
        abs(estimate.value - value) / estimate.std_error
        for group, (values, _) in zip(found.groups[::_PART], others, strict=True)
        for estimate, value in zip(group.parameters.values(), values, strict=True)
    )
    mine, cpu, loop, loop_cpu = (median(column) for column in zip(*rounds, strict=True))
    print(f"exprgrad    {mine:8.3f} s  {cpu:8.3f} s of the CPU")
    print(f"curve_fit   {loop:8.3f} s  {loop_cpu:8.3f} s of the CPU")
    print(f"ratio       {median(r[2] / r[0] for r in rounds):8.1f}    {median(r[3] / r[1] for r in rounds):8.1f}")
    print(f"parameters differ by at most {apart:.1e} standard errors")


if __name__ == "__main__":
    main()
