"""Fits without any start of some 200 formulas that people fit: waves, peaks, steps, decays, and those of sciences.

    python -m benchmarks.fit_kinds [--seeds N] [--noise FACTOR] [NAME ...]

Each row of data/kinds.tsv has a formula, its rows of x, the errors of y and the parameters that the data are made from.
A fit has found the minimum where its sum of squares is not above that of these parameters. Printed are the fits that
have not, or that take more than 5 seconds of the processor. The exit code is 1 where one of them says "converged".
"""

from __future__ import annotations

import csv
import sys
import time
import warnings
import zlib
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

DATA = Path(__file__).parent / "data" / "kinds.tsv"
LIMIT = 5.0
"""Seconds of the processor."""


def case(row: dict[str, str], seed: int, noise: float) -> tuple[dict[str, NDArray[np.float64]], float]:
    """The columns, and the sum of squares of the true parameters."""
    import exprgrad

    draw = np.random.default_rng([seed, zlib.crc32(row["name"].encode())])
    variable, kind, *numbers = row["rows"].split()
    count, low, high = int(numbers[0]), float(numbers[1]), float(numbers[2])
    if kind == "uneven":
        x = np.sort(draw.uniform(low, high, count))
    else:
        x = np.geomspace(low, high, count) if kind == "log" else np.linspace(low, high, count)
    truth = {name: float(value) for name, value in (pair.split("=") for pair in row["truth"].split())}
    response, model = row["formula"].split(" ~ ")
    bindings: dict[str, Any] = {variable: x, **truth}
    curve = np.asarray(exprgrad.parse(model).evaluate(bindings), dtype=np.float64)
    size, *relative = row["noise"].split()
    error = draw.normal(0, 1, count) * float(size) * noise * (curve if relative else 1.0)
    return {variable: x, response: curve + error}, float((error**2).sum())


def main() -> None:
    """Fit them all, or those with these names."""
    import exprgrad

    parser = ArgumentParser(prog="python -m benchmarks.fit_kinds")
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--noise", type=float, default=1.0, help="what all errors are multiplied with")
    parser.add_argument("names", nargs="*", metavar="NAME")
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    with DATA.open(encoding="utf-8", newline="") as file:
        rows = [
            row for row in csv.DictReader(file, delimiter="\t") if not options.names or row["name"] in options.names
        ]
    fits = found = wrong = 0
    slowest = 0.0, ""
    for row in rows:
        for seed in range(options.seeds):
            columns, least = case(row, seed, options.noise)
            start = time.process_time()
            fit = exprgrad.fit(row["formula"], columns)
            seconds = time.process_time() - start
            good = fit.rss <= least * (1 + 1e-6) or 1 - fit.r2 < 1e-12
            fits, found, wrong = fits + 1, found + good, wrong + (fit.converged and not good)
            slowest = max(slowest, (seconds, row["name"]))
            if not good or seconds > LIMIT:
                print(
                    f"{row['name']} {seed}: {fit.stopped}, rss {fit.rss:.4g} for {least:.4g}, {seconds:.1f} s",
                    flush=True,
                )
                print(*(f"    {note}" for note in fit.notes), sep="\n")
    print(f"{found} of {fits} found, {wrong} wrong, the slowest {slowest[0]:.1f} s ({slowest[1]})")
    sys.exit(wrong > 0)


if __name__ == "__main__":
    main()
