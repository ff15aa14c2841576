"""Annex H of JCGM 100:2008 (the GUM)."""

from __future__ import annotations

from functools import cache
from math import exp, sqrt
from typing import Any

import exprgrad
from exprgrad import Fit
from tests.jobs.uncertainty.published.case import (
    ROUNDED,
    Case,
    Number,
    case,
    contribution,
    correlation,
    dof,
    estimate,
    expanded,
    input_u,
    input_value,
    rescaled,
    second,
    u,
    value,
)
from tests.jobs.uncertainty.published.seen import NOWHERE

_TIMES = [21.521, 22.012, 22.512, 23.003, 23.507, 23.999, 24.513, 25.002, 25.503, 26.010, 26.511]
_CORRECTIONS = [-171, -169, -166, -159, -164, -165, -156, -157, -159, -161, -160]
_IMPEDANCE: dict[str, Any] = {
    "V": [5.007, 4.994, 5.005, 4.990, 4.999],
    "I": [0.019663, 0.019639, 0.019640, 0.019685, 0.019678],
    "phi": [1.0456, 1.0438, 1.0468, 1.0428, 1.0433],
    "correlate": "V,I,phi=readings",
}
_COUNTS = [  # table H.7: time and counts of the standard, counts of the blank, time and counts of the sample
    (243.74, 15380, 4054, 367.37, 41432),
    (984.53, 14978, 3922, 1107.66, 38706),
    (1723.87, 14394, 4200, 1846.99, 35860),
    (2463.17, 13254, 3830, 2586.28, 32238),
    (3217.56, 12516, 3956, 3340.68, 29640),
    (3956.83, 11058, 3980, 4079.94, 26356),
]
_DECAY = 1.25894e-4


def _rate(counts: float, blank: float, time: float) -> float:
    """Counts per minute without those of the blank, at the reference time."""
    return (counts - blank) / 60 * exp(_DECAY * time)


_STANDARD = [_rate(counts, blank, time) for time, counts, blank, _, _ in _COUNTS]
_SAMPLE = [_rate(counts, blank, time) for _, _, blank, time, counts in _COUNTS]


@cache
def thermometer() -> Fit:
    data = {"t": _TIMES, "b": [each / 1000 for each in _CORRECTIONS]}
    return exprgrad.fit("b ~ y1 + y2*(t - 20)", data)


CASES = (
    case(
        "GUM H.1, end gauge (nm)",
        "Fullseye",
        "l = ls + d0 + d1 + d2 - ls*(da*(t + D) + as*dt)",
        (
            Number("l", "50000838", value(), seen="GTC"),
            Number("u(l)", "32", u()),
            Number("from ls", "25", contribution("ls")),
            Number("from the mean of the differences", "5.8", contribution("d0")),
            Number("from the temperature difference", "16.6", contribution("dt")),
            Number("from the difference of expansion", "2.9", contribution("da")),
            Number("effective dof", "16.7", dof, ROUNDED),
            Number("effective dof, rounded down", "16", dof, "rounded down there, as G.4.1 allows"),
            Number("U, 99 %", "93", expanded, "from 16 dof and 32 nm there"),
            Number("u(l), second order", "34", second, seen="GTC"),
        ),
        ls="normal(50000623, 25, dof=18)",
        d0="normal(215, 5.8, dof=24)",
        d1="normal(0, 3.9, dof=5)",
        d2="normal(0, 6.7, dof=8)",
        da="uniform(-1e-6, 1e-6, dof=50)",
        t="normal(-0.1, 0.2)",
        D="arcsine(-0.5, 0.5)",
        dt="uniform(-0.05, 0.05, dof=2)",
        coverage=0.99,
        second_order=True,
        **{"as": "uniform(9.5e-6, 13.5e-6)"},
    ),
    case(
        "GUM H.1, difference of the gauges (nm)",
        "Suncal",
        "d = d0 + d1 + d2",
        (Number("u(d)", "9.7", u()), Number("its dof", "25.6", dof, ROUNDED)),
        d0="normal(215, 5.8, dof=24)",
        d1="normal(0, 3.9, dof=5)",
        d2="normal(0, 6.7, dof=8)",
    ),
    case(
        "GUM H.2, resistance and reactance (ohm)",
        "Fullseye",
        "R = V*cos(phi)/I; X = V*sin(phi)/I; Z = V/I",
        (
            Number("u(V)", "0.0032", input_u("V"), seen="GTC"),
            Number("u(phi)", "0.00075", input_u("phi"), seen="GTC"),
            Number("R", "127.732", value("R")),
            Number("u(R)", "0.071", u("R")),
            Number("X", "219.847", value("X")),
            Number("u(X)", "0.295", u("X"), ROUNDED),
            Number("Z", "254.260", value("Z")),
            Number("u(Z)", "0.236", u("Z")),
            Number("r(R, X)", "-0.588", correlation("R", "X"), seen=NOWHERE),
            Number("r(R, Z)", "-0.485", correlation("R", "Z"), seen=NOWHERE),
            Number("r(X, Z)", "0.993", correlation("X", "Z"), seen=NOWHERE),
        ),
        **_IMPEDANCE,
    ),
    case(
        "GUM H.2, readings",
        "GTC",
        "a = V; b = I; c = phi",
        (
            Number("r(V, I)", "-0.36", correlation("a", "b")),
            Number("r(V, phi)", "0.86", correlation("a", "c")),
            Number("r(I, phi)", "-0.65", correlation("b", "c")),
        ),
        results="a,b,c",
        **_IMPEDANCE,
    ),
    Case(
        "GUM H.3, calibration curve (°C)",
        "GTC",
        thermometer,
        (
            Number("y1", "-0.1712", estimate("y1", "value")),
            Number("s(y1)", "0.0029", estimate("y1", "std_error")),
            Number("y2", "0.00218", estimate("y2", "value")),
            Number("s(y2)", "0.00067", estimate("y2", "std_error")),
            Number("r(y1, y2)", "-0.930", lambda found: found.correlation[0][1]),
        ),
    ),
    case(
        "GUM H.3, correction at 30 °C",
        "GTC",
        "y1 + y2*(t - 20)",
        (Number("b(30)", "-0.1494", value()), Number("u(b(30))", "0.0041", u())),
        thermometer,
        t=30,
    ),
    case(
        "GUM H.4, radon (Bq/g), first approach, from the counts of table H.7",
        "propagate",
        "A = As*ms/mx*Rx/Rs",
        (
            Number("Rx (1/min)", "652.60", input_value("Rx")),
            Number("u(Rx)", "6.42", input_u("Rx")),
            Number("Rs (1/min)", "206.09", input_value("Rs")),
            Number("u(Rs)", "3.79", input_u("Rs")),
            Number("A", "0.4300", value(), ROUNDED, NOWHERE),
            Number("u(A)", "0.0083", u(), seen=NOWHERE),
        ),
        As="0.1368(18)",
        ms="5.0192(50)",
        mx="5.0571(10)",
        Rx=_SAMPLE,
        Rs=_STANDARD,
        correlate="Rx,Rs=readings",
    ),
    case(
        "GUM H.4, radon (Bq/g), first approach, correlation of the rates",
        "propagate",
        "a = Rx; b = Rs",
        (Number("r(Rx, Rs)", "0.646", correlation("a", "b")),),
        results="a,b",
        Rx=_SAMPLE,
        Rs=_STANDARD,
        correlate="Rx,Rs=readings",
    ),
    case(
        "GUM H.4, radon (Bq/g), second approach, from the counts of table H.7",
        "propagate",
        "A = As*ms/mx*R",
        (
            Number("R", "3.170", input_value("R")),
            Number("u(R)", "0.046", input_u("R")),
            Number("A", "0.4304", value(), seen=NOWHERE),
            Number("u(A)", "0.0084", u(), seen=NOWHERE),
        ),
        As="0.1368(18)",
        ms="5.0192(50)",
        mx="5.0571(10)",
        R=[sample / standard for sample, standard in zip(_SAMPLE, _STANDARD, strict=True)],
    ),
    case(
        "GUM H.5, Zener standard (µV above 10 V)",
        "Suncal",
        "V",
        (
            Number("mean of the days", "97", value()),
            Number("s_a, between the days", "57", rescaled(u(), sqrt(10))),
            Number("u", "18", u(), seen=NOWHERE),
        ),
        V="readings(172, 116, 13, 144, 106, 31, 60, 125, 163, 41)",
    ),
    case(
        "GUM H.6, Rockwell hardness (HRC)",
        "GOST",
        "h = 100 - d - c - s",
        (Number("h", "64.0", value()), Number("u(h)", "0.55", u())),
        d="36.0±0.20",
        c="0±0.11",
        s="0±0.5",
    ),
)
