"""What documents print for trials: clause 9 of JCGM 101:2008 and of JCGM 102:2011, NIST TN 1900, JCGM 106 and more."""

from __future__ import annotations

from collections.abc import Mapping
from math import hypot, sqrt
from typing import Any, NamedTuple

import exprgrad
from tests.jobs.uncertainty.published.case import unit
from tests.jobs.uncertainty.published.others import ATTENUATION, ATTENUATOR, VISCOMETER, VISCOSITY
from tests.jobs.uncertainty.published.seen import NOWHERE
from tests.jobs.uncertainty.published.supplements import (
    FLAT,
    GAUGE,
    GAUGES,
    LOSS,
    MASS,
    NORMAL,
    POLAR,
    SUM,
    WEIGHTS,
    WIDE,
    parts,
)

Printed = tuple[str, ...]
"""Mean, standard uncertainty, and the ends of the interval; "" for what is not printed or has no source."""
NAMES = ("mean", "standard uncertainty", "low", "high")


class Example(NamedTuple):
    """Inputs, and what is printed of the results."""

    source: str
    seen: Printed
    """Where each number was seen, a key of `seen.SEEN`; one for all of them."""
    expression: str
    inputs: Mapping[str, Any]
    printed: Mapping[str, Printed]
    """By the name of the result; "" for the only one."""
    coverage: float = 0.95
    interval: str = "shortest"
    trials: int = 500_000
    """As many as the printed numbers are taken to come from: fewer than most runs of the documents took."""
    linear_valid: bool | None = False
    """The verdict on the linear law; None for what the document leaves out."""

    def run(self, trials: int, seed: int = 101) -> exprgrad.Uncertainty:
        return exprgrad.uncertainty(
            self.expression,
            montecarlo=trials,
            seed=seed,
            coverage=self.coverage,
            interval=self.interval,
            **self.inputs,
        )

    @property
    def keys(self) -> set[str]:
        return set(self.seen)

    def rows(self, found: exprgrad.Uncertainty) -> list[tuple[str, str, float, float, str]]:
        """What each number is, as printed, as found, by how much both may differ, and where it was seen: they differ by
        half a unit of the last digit and four standard errors of both runs."""
        assert found.montecarlo is not None
        rows, trials = [], found.montecarlo.trials
        other = sqrt(trials / self.trials)
        for result, printed in self.printed.items():
            one = found.montecarlo.results[result] if result else found.montecarlo.only
            size = one.standard_uncertainty
            errors = (size / sqrt(trials), 1.5 * size / sqrt(trials), one.low_error, one.high_error)
            values = (one.mean, size, one.low, one.high)
            seen = self.seen if len(self.seen) > 1 else self.seen * 4
            for name, text, value, error, key in zip(NAMES, printed, values, errors, seen, strict=False):
                if text:
                    within = unit(text) / 2 + 4 * hypot(error, error * other)
                    rows.append((f"{result} {name}".strip(), text, value, within, key))
        return rows


def _loss(x: float, r: float, printed: Printed, seen: Printed) -> Example:
    source = f"JCGM 101, 9.4, loss (1e-6), x = {x:.3f}, r = {r:g}"
    return Example(source, seen, LOSS, parts(x, 0.005, r), {"": printed})


def _polar(x: float, r: float, radius: Printed, angle: Printed) -> Example:
    source = f"JCGM 102, 9.3, polar coordinates, x = {x:g}, r = {r:g}"
    return Example(source, ("Suncal",), POLAR, parts(x, 0.01, r), {"r": radius, "phi": angle}, trials=10_000_000)


_RISK = {"y": "gamma(4, 0.25)", "e": "normal(0, 0.25)"}

EXAMPLES = [
    Example(
        "JCGM 101, 9.2.2, sum of four normal",
        ("Suncal",),
        SUM,
        dict.fromkeys("abcd", NORMAL),
        {"": ("0.00", "2.00", "-3.92", "3.92")},
        interval="probabilistic",
        linear_valid=True,
    ),
    Example(
        "JCGM 101, 9.2.3, sum of four uniform",
        ("Suncal",),
        SUM,
        dict.fromkeys("abcd", FLAT),
        {"": ("0.00", "2.00", "-3.88", "3.88")},
        interval="probabilistic",
        linear_valid=True,
    ),
    Example(
        "JCGM 101, 9.2.4, sum of uniform, one ten times as wide",
        ("DB48x",),
        SUM,
        {**dict.fromkeys("abc", FLAT), "d": WIDE},
        {"": ("0.0", "10.1", "-17.0", "17.0")},
        interval="probabilistic",
    ),
    Example(
        "JCGM 101, 9.3, mass (mg above 100 g)",
        (NOWHERE, "DB48x", NOWHERE, NOWHERE),
        MASS,
        WEIGHTS,
        {"": ("1.2341", "0.0754", "1.0834", "1.3825")},
    ),
    _loss(0, 0, ("50", "50", "0", "150"), ("DB48x",)),
    _loss(0.01, 0, ("150", "112", "0", "367"), (NOWHERE, "DB48x", NOWHERE, NOWHERE)),
    _loss(0.05, 0, ("2551", "502", "1590", "3543"), (NOWHERE, NOWHERE, "Fullseye", "Fullseye")),
    _loss(0, 0.9, ("50", "67", "0", "185"), (NOWHERE,)),
    _loss(0.01, 0.9, ("150", "121", "13", "398"), (NOWHERE, "DB48x", NOWHERE, NOWHERE)),
    _loss(0.05, 0.9, ("2551", "505", "1628", "3555"), (NOWHERE,)),
    Example(
        "JCGM 101, 9.5, gauge block (nm above 50 mm)",
        ("DB48x", "DB48x", "paper", "paper"),
        GAUGE,
        GAUGES,
        {"": ("838", "36", "745", "932")},
        coverage=0.99,
    ),
    _polar(0.001, 0, ("0.013", "0.007"), ("0.000", "1.744")),
    _polar(0.001, 0.9, ("0.012", "0.008"), ("-0.556", "1.599")),
    _polar(0.01, 0.9, ("0.015", "0.008"), ("-0.343", "0.903")),
    Example(
        "NIST TN 1900 E3, viscometer (mPa s)",
        ("Suncal",),
        VISCOSITY,
        VISCOMETER,
        {"": ("5.82", "1.11", "4.05", "8.39")},
        interval="probabilistic",
        linear_valid=None,
    ),
    Example(
        "NIST TN 1900 E11, step attenuator (dB)",
        ("Suncal",),
        ATTENUATION,
        ATTENUATOR,
        {"": ("30.043", "0.0224", "30.006", "30.081")},
        interval="probabilistic",
        linear_valid=None,
    ),
    Example(
        "JCGM 106, 9.5.4, bearings: part that does not conform",
        ("Suncal",),
        "(y > 2)*1",
        {"y": "gamma(4, 0.25)"},
        {"": ("0.042",)},
        linear_valid=None,
    ),
    Example(
        "JCGM 106, 9.5.4, bearings: the consumer's risk, accepted up to 2 µm",
        ("Suncal",),
        "(y > 2)*(y + e <= 2)",
        _RISK,
        {"": ("0.008",)},
        linear_valid=None,
    ),
    Example(
        "JCGM 106, 9.5.4, bearings: the consumer's risk, accepted up to 1.67 µm",
        ("Suncal",),
        "(y > 2)*(y + e <= 1.67)",
        _RISK,
        {"": ("0.001",)},
        linear_valid=None,
    ),
    Example(
        "NPL report DEM-ES-011, 9.2, log(x) of a uniform x",
        ("Suncal",),
        "log(x)",
        {"x": "uniform(0.1, 1.1)"},
        {"": ("-0.665", "0.606", "-1.895", "0.095")},
    ),
]
