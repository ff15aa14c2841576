"""Least squares: `exprgrad fit` beside `scipy.optimize.curve_fit`.

    python -m benchmarks.fit [--rows N] [--rounds N] [--write]

Two tables. The first fits `y ~ a*exp(-b*x) + c` to a Parquet file of 10,000,000 rows, each time in a process of its
own: exprgrad with the columns held in memory between passes (its default), exprgrad without (`--memory 0`: it decodes
the file once and reads a copy on disk after), and curve_fit on NumPy arrays with its Jacobian given as a function. Each
process tells how long it took from the closed file to the fitted parameters, imports left out, and how long the fit
alone; the whole process and the peak of its memory are measured from outside. Seconds are medians over the rounds, a
ratio is the median within a round.

The second counts the digits of NIST's certified values, from both of NIST's starts, for the sets in tests/jobs/fit.
`--write` puts the tables into docs/performance.md.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
import warnings
from argparse import ArgumentParser
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib import import_module
from math import log10
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks import page

FORMULA = "y ~ a*exp(-b*x) + c"
STARTS = {"a": 1.0, "b": 1.0, "c": 0.0}
NIST = page.ROOT / "tests" / "jobs" / "fit" / "nist.json"


def make(file: Path, rows: int) -> None:
    """Rows of the model with errors, from a seed."""
    import numpy as np
    import pyarrow as pa  # type: ignore[import-untyped]
    from pyarrow import parquet

    draw = np.random.default_rng(1)
    x = draw.uniform(0, 10, rows)
    y = 2.5 * np.exp(-0.7 * x) + 0.5 + draw.normal(0, 0.1, rows)
    parquet.write_table(pa.table({"x": x, "y": y}), file)


_IMPORTED = (
    "scipy.special", "pyarrow.parquet", "exprgrad.expression", "exprgrad.jobs.fit.run", "exprgrad.jobs.fit.inputs",
    "exprgrad.backends.interpreter", "exprgrad.backends.llvm.backend", "exprgrad.data.formats.parquet",
)  # fmt: skip
"""What a fit of ours imports when it is needed: here before the clock starts."""
Round = tuple[float, float, list[float]]
"""Seconds of the fit alone, and with the reading of the file before it; the parameters with their standard errors."""


def ours(file: str, memory: int) -> Round:
    """By exprgrad."""
    for module in _IMPORTED:
        import_module(module)

    import exprgrad
    from exprgrad.data.between.resident import held
    from exprgrad.data.between.spooled import Spooled
    from exprgrad.data.source import TableSource
    from exprgrad.data.table import open_table

    start = time.perf_counter()
    rows = TableSource(open_table([file]), {"x": "x", "y": "y"})
    source = held(rows, ["x", "y"], memory) or Spooled(rows)
    read = time.perf_counter()
    found = exprgrad.parse(FORMULA, formula=True).fit(STARTS, data=source)
    end = time.perf_counter()
    numbers = [number for row in found.parameters.values() for number in (row.value, row.std_error)]
    return end - read, end - start, numbers


def scipys(file: str, _: int) -> Round:
    """By curve_fit."""
    import numpy as np
    from pyarrow import parquet
    from scipy.optimize import curve_fit

    def model(x: Any, a: float, b: float, c: float) -> Any:
        return a * np.exp(-b * x) + c

    def jacobian(x: Any, a: float, b: float, c: float) -> Any:
        e = np.exp(-b * x)
        return np.stack([e, -a * x * e, np.ones_like(x)], axis=1)

    start = time.perf_counter()
    table = parquet.read_table(file)
    x, y = table["x"].to_numpy(), table["y"].to_numpy()
    read = time.perf_counter()
    values, covariance = curve_fit(model, x, y, p0=list(STARTS.values()), jac=jacobian)
    end = time.perf_counter()
    errors = np.sqrt(np.diag(covariance))
    return end - read, end - start, [float(number) for pair in zip(values, errors, strict=True) for number in pair]


WORKERS: dict[str, tuple[Callable[[str, int], Round], int]] = {
    "exprgrad": (ours, 1 << 40),
    "exprgrad, --memory 0": (ours, 0),
    "curve_fit": (scipys, 0),
}


@dataclass
class Measured:
    """Rounds of one worker: seconds of the fit, inside, and of the whole process, and the largest peak in MB."""

    fit: list[float] = field(default_factory=list)
    inside: list[float] = field(default_factory=list)
    whole: list[float] = field(default_factory=list)
    peak: float = 0.0
    found: list[float] = field(default_factory=list)

    def run(self, name: str, file: Path) -> None:
        """One round in a process of its own. Ends the benchmark if it fails."""
        start = time.perf_counter()
        arguments = [sys.executable, "-m", "benchmarks.fit", "--worker", name, str(file)]
        process = subprocess.Popen(arguments, stdout=subprocess.PIPE, cwd=page.ROOT, text=True)
        assert process.stdout is not None
        text = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        process.stdout.close()
        if process.returncode:
            raise SystemExit(f"{name} failed")
        self.whole.append(time.perf_counter() - start)
        self.peak = max(self.peak, usage.ru_maxrss / 1024)
        fit, inside, self.found = json.loads(text)
        self.fit.append(fit)
        self.inside.append(inside)


def large(rows: int, rounds: int) -> list[str]:
    """The first table."""
    measured = {name: Measured() for name in WORKERS}
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "data.parquet"
        make(file, rows)
        for _ in range(rounds):
            for name, worker in measured.items():
                worker.run(name, file)
    peer = measured["curve_fit"]
    table = []
    for name, worker in measured.items():
        times = [
            median(theirs / mine for mine, theirs in zip(ours_, theirs_, strict=True))
            for ours_, theirs_ in (
                (worker.fit, peer.fit),
                (worker.inside, peer.inside),
                (worker.whole, peer.whole),
            )
        ]
        apart = max(abs(x - y) / abs(y) for x, y in zip(worker.found, peer.found, strict=True))
        table.append(
            [
                name,
                f"{median(worker.fit):.2f}",
                f"{times[0]:.1f}x",
                f"{median(worker.inside):.2f}",
                f"{times[1]:.1f}x",
                f"{median(worker.whole):.2f}",
                f"{times[2]:.1f}x",
                f"{worker.peak:.0f}",
                f"{worker.peak / peer.peak:.2f}",
                f"{apart:.0e}",
            ]
        )
    header = [
        "",
        "fit alone, s",
        "faster",
        "file to fit, s",
        "faster",
        "whole process, s",
        "faster",
        "peak MB",
        "ratio",
        "apart",
    ]
    said = f"`{FORMULA}`, {rows:,} rows of Parquet, {rounds} rounds; {page.machine()}, "
    said += f"SciPy {import_module('scipy').__version__}. Apart: the largest relative difference from curve_fit of a "
    return [f"{said}parameter or standard error.", "", *page.markdown(header, table)]


def digits(found: list[float], certified: list[str]) -> float:
    """Decimal digits that agree, the fewest over the numbers."""
    return min(
        min(15.0, -log10(max(abs(x - float(c)) / abs(float(c)), 1e-15))) if x == x else 0.0
        for x, c in zip(found, certified, strict=True)
    )


def by_exprgrad(data: dict[str, Any], start: list[float]) -> tuple[list[float], list[float]]:
    """Parameters and standard errors of a NIST set."""
    import exprgrad

    columns = dict(zip(["y", *data["vars"]], map(list, zip(*data["data"], strict=True)), strict=True))
    bindings = {**columns, **dict(zip(data["params"], start, strict=True))}
    found = exprgrad.fit(f"{data['response']} ~ {data['expr']}", bindings).parameters
    rows = [found[name] for name in data["params"]]
    return [row.value for row in rows], [row.std_error for row in rows]


def by_scipy(data: dict[str, Any], start: list[float]) -> tuple[list[float], list[float]]:
    """The same by curve_fit, with exact derivatives given, as its defaults have it."""
    import numpy as np
    from scipy.optimize import curve_fit

    import exprgrad

    rows = np.array(data["data"])
    columns = dict(zip(data["vars"], rows.T[1:], strict=True))
    compiled = exprgrad.compile(data["expr"], backend="interpreter")
    names = data["params"]
    response = np.log(rows[:, 0]) if data["response"] == "log(y)" else rows[:, 0]

    def model(_: Any, *values: float) -> Any:
        return compiled.evaluate(**columns, **dict(zip(names, values, strict=True)))

    def jacobian(_: Any, *values: float) -> Any:
        found = compiled.gradient(names, **columns, **dict(zip(names, values, strict=True)))
        return np.stack([np.broadcast_to(np.asarray(found[name]), len(rows)) for name in names], axis=1)

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            values, covariance = curve_fit(model, rows[:, 1], response, p0=start, jac=jacobian)
            return list(map(float, values)), list(map(float, np.sqrt(np.diag(covariance))))
    except (RuntimeError, ValueError):
        return [float("nan")] * len(names), [float("nan")] * len(names)


def nist() -> list[str]:
    """The second table."""
    table = []
    for name, data in json.loads(NIST.read_text("utf-8")).items():
        row = [name]
        for fit in (by_exprgrad, by_scipy):
            for start in ("start1", "start2"):
                values, errors = fit(data, data[start])
                row.append(f"{digits(values, data['cert']):.1f}, {digits(errors, data['sd']):.1f}")
        table.append(row)
    header = ["", "exprgrad, start 1", "start 2", "curve_fit, start 1", "start 2"]
    said = "Digits of NIST's certified values (which have 11) that agree: of the parameters, of their standard errors"
    return [f"{said}; the worst of each. 0.0 is no fit.", "", *page.markdown(header, table)]


def main() -> None:
    """Print the tables, and write them if asked."""
    parser = ArgumentParser(prog="python -m benchmarks.fit")
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--write", action="store_true", help="write the tables into docs/performance.md")
    parser.add_argument("--worker", nargs=2, metavar=("NAME", "FILE"), help="be one round of a worker")
    options = parser.parse_args()
    if options.worker:
        name, file = options.worker
        function, memory = WORKERS[name]
        print(json.dumps(function(file, memory)))
        return
    lines = [*large(options.rows, options.rounds), "", *nist()]
    print(*lines, sep="\n")
    if options.write:
        page.write("fit", lines)


if __name__ == "__main__":
    main()
