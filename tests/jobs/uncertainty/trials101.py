"""The examples of JCGM 101:2008, clause 9, with the numbers that it prints for the Monte Carlo method.

The document was not at hand: the numbers of 9.5 are quoted in a paper, those of 9.2 to 9.4 were written down from
memory and have still to be compared with it.

`python -m tests.jobs.uncertainty.trials101` writes the table into docs/uncertainty.md.
"""

from __future__ import annotations

from decimal import Decimal
from math import hypot, sqrt
from pathlib import Path
from typing import Any, NamedTuple

import exprgrad

PAGE = Path(__file__).parents[3] / "docs" / "uncertainty.md"
START, END = "<!-- trials: written by tests.jobs.uncertainty.trials101 -->\n", "<!-- end of trials -->\n"
PRINTED_TRIALS = 500_000
"""Fewer than the document's adaptive runs took; the standard errors of its numbers are reckoned with so many."""


class Example(NamedTuple):
    """Inputs, and what is printed: mean, standard uncertainty, and the ends of the interval; "" for what is not."""

    source: str
    expression: str
    inputs: dict[str, Any]
    mean: str
    uncertainty: str
    low: str
    high: str
    coverage: float = 0.95
    linear_valid: bool = False

    def run(self, trials: int, seed: int = 101) -> exprgrad.Uncertainty:
        shortest = {} if self.source.startswith("9.2") else {"interval": "shortest"}
        more: Any = {**shortest, "coverage": self.coverage, **self.inputs}
        return exprgrad.uncertainty(self.expression, montecarlo=trials, seed=seed, **more)

    def rows(self, found: exprgrad.Uncertainty) -> list[tuple[str, str, float, float]]:
        """What each number is, as printed, as found, and by how much both may differ: half a unit of the last digit,
        and four standard errors of both runs."""
        assert found.montecarlo is not None
        one, trials = found.montecarlo.only, found.montecarlo.trials
        size, other = one.standard_uncertainty, sqrt(trials / PRINTED_TRIALS)
        errors = (size / sqrt(trials), 1.5 * size / sqrt(trials), one.low_error, one.high_error)
        names = ("mean", "standard uncertainty", "low", "high")
        printed = (self.mean, self.uncertainty, self.low, self.high)
        values = (one.mean, size, one.low, one.high)
        return [
            (name, text, value, _unit(text) / 2 + 4 * hypot(error, error * other))
            for name, text, value, error in zip(names, printed, values, errors, strict=True)
        ]


def _unit(text: str) -> float:
    exponent = Decimal(text).as_tuple().exponent
    assert isinstance(exponent, int)
    return float(10.0**exponent)


_SUM = "a + b + c + d"
_NORMAL, _FLAT = "normal(0, 1)", "uniform(-sqrt(3), sqrt(3))"
_LOSS = "1e6*(x^2 + y^2)"


def _loss(x: float, r: float) -> dict[str, Any]:
    return {"x": f"normal({x}, 0.005)", "y": "normal(0, 0.005)", "correlate": {("x", "y"): r} if r else {}}


EXAMPLES = [
    Example(
        "9.2.2 sum of four normal", _SUM, dict.fromkeys("abcd", _NORMAL), "0.00", "2.00", "-3.92", "3.92", 0.95, True
    ),
    Example(
        "9.2.3 sum of four uniform", _SUM, dict.fromkeys("abcd", _FLAT), "0.00", "2.00", "-3.88", "3.88", 0.95, True
    ),
    Example(
        "9.2.4 sum of uniform, one of them ten times as wide",
        _SUM,
        {**dict.fromkeys("abc", _FLAT), "d": "uniform(-10*sqrt(3), 10*sqrt(3))"},
        *("0.0", "10.1", "-17.0", "17.0"),
    ),
    Example(
        "9.3 mass (mg above 100 g)",
        "(R + d)*(1 + (a - 1.2)*(1/W - 1/S)) - 100000",
        {
            "R": "normal(100000, 0.050)",
            "d": "normal(1.234, 0.020)",
            "a": "uniform(1.10, 1.30)",
            "W": "uniform(7000, 9000)",
            "S": "uniform(7950, 8050)",
        },
        *("1.2340", "0.0754", "1.0834", "1.3825"),
    ),
    Example("9.4 loss (1e-6), x = 0", _LOSS, _loss(0, 0), "50", "50", "0", "150"),
    Example("9.4 loss (1e-6), x = 0.010", _LOSS, _loss(0.01, 0), "150", "112", "0", "367"),
    Example("9.4 loss (1e-6), x = 0.050", _LOSS, _loss(0.05, 0), "2551", "502", "1590", "3543"),
    Example("9.4 loss (1e-6), x = 0, r = 0.9", _LOSS, _loss(0, 0.9), "50", "67", "0", "185"),
    Example("9.4 loss (1e-6), x = 0.010, r = 0.9", _LOSS, _loss(0.01, 0.9), "150", "121", "13", "398"),
    Example("9.4 loss (1e-6), x = 0.050, r = 0.9", _LOSS, _loss(0.05, 0.9), "2551", "505", "1628", "3555"),
    Example(
        "9.5 gauge block (nm above 50 mm)",
        "ls + D + d1 + d2 - 50e6*(da*(t + o) + al*dt) - 50e6",
        {
            "ls": "student(50000623, 25, 18)",
            "D": "student(215, 6, 24)",
            "d1": "student(0, 4, 5)",
            "d2": "student(0, 7, 8)",
            "al": "uniform(9.5e-6, 13.5e-6)",
            "t": "normal(-0.1, 0.2)",
            "o": "arcsine(-0.5, 0.5)",
            "da": "ctrap(-1.0e-6, 1.0e-6, 0.1e-6)",
            "dt": "ctrap(-0.050, 0.050, 0.025)",
        },
        *("838", "36", "745", "932"),
        0.99,
    ),
]


def table(trials: int = 1_000_000) -> str:
    """The table of the page."""
    lines = ["| JCGM 101 | number | printed | trials |", "|---|---|---:|---:|"]
    for example in EXAMPLES:
        for name, printed, value, _ in example.rows(example.run(trials)):
            decimals = max(len(printed.partition(".")[2]), 0)
            lines.append(f"| {example.source} | {name} | {printed} | {value:.{decimals}f} |".replace(" -0 |", " 0 |"))
    return "\n".join(lines) + "\n"


def main() -> None:
    page = PAGE.read_text("utf-8")
    before, after = page.partition(START)[0], page.partition(END)[2]
    PAGE.write_text(f"{before}{START}\n{table()}\n{END}{after}", "utf-8")


if __name__ == "__main__":
    main()
