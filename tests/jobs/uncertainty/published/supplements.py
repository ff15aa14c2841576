"""What JCGM 101 and JCGM 102 print for the linear law in clause 9, beside what their trials give."""

from __future__ import annotations

from typing import Any

from tests.jobs.uncertainty.published.case import Case, Number, Read, case, high, low, second, u, value
from tests.jobs.uncertainty.published.seen import NOWHERE

SUM = "a + b + c + d"
NORMAL, FLAT, WIDE = "normal(0, 1)", "uniform(-sqrt(3), sqrt(3))", "uniform(-10*sqrt(3), 10*sqrt(3))"
MASS = "(R + d)*(1 + (a - 1.2)*(1/W - 1/S)) - 100000"
WEIGHTS: dict[str, Any] = {
    "R": "normal(100000, 0.050)",
    "d": "normal(1.234, 0.020)",
    "a": "uniform(1.10, 1.30)",
    "W": "uniform(7000, 9000)",
    "S": "uniform(7950, 8050)",
}
LOSS = "1e6*(x^2 + y^2)"
GAUGE = "ls + D + d1 + d2 - 50e6*(da*(t + o) + al*dt) - 50e6"
GAUGES: dict[str, Any] = {
    "ls": "student(50000623, 25, 18)",
    "D": "student(215, 6, 24)",
    "d1": "student(0, 4, 5)",
    "d2": "student(0, 7, 8)",
    "al": "uniform(9.5e-6, 13.5e-6)",
    "t": "normal(-0.1, 0.2)",
    "o": "arcsine(-0.5, 0.5)",
    "da": "ctrap(-1.0e-6, 1.0e-6, 0.1e-6)",
    "dt": "ctrap(-0.050, 0.050, 0.025)",
}
POLAR = "r = sqrt(x^2 + y^2); phi = atan2(y, x)"


def parts(x: float, u: float, r: float = 0) -> dict[str, Any]:
    """The real and the imaginary part of 9.4, and those of 9.3 of JCGM 102."""
    return {"x": f"normal({x}, {u})", "y": f"normal(0, {u})", "correlate": {("x", "y"): r} if r else {}}


def _numbers(printed: tuple[str, ...], reads: dict[str, Read]) -> tuple[Number, ...]:
    return tuple(Number(what, text, read) for text, (what, read) in zip(printed, reads.items(), strict=True))


def _loss(x: float, numbers: tuple[str, str, str, str]) -> Case:
    reads = {"loss": value(), "u": u(), "95 % low": low, "95 % high": high}
    return case(
        f"JCGM 101, 9.4, loss (1e-6), x = {x:.3f}, linear law",
        "Fullseye",
        LOSS,
        _numbers(numbers, reads),
        **parts(x, 0.005),
    )


def _polar(x: float, r: float, numbers: tuple[str, str, str, str]) -> Case:
    reads = {"r": value("r"), "u(r)": u("r"), "phi": value("phi"), "u(phi)": u("phi")}
    return case(
        f"JCGM 102, 9.3, polar coordinates, x = {x:g}, correlation {r:g}, linear law",
        "Suncal",
        POLAR,
        _numbers(numbers, reads),
        **parts(x, 0.01, r),
    )


CASES = (
    case(
        "JCGM 101, 9.2.2 and 9.2.3, sum of four, linear law",
        "Fullseye",
        SUM,
        (Number("u", "2.00", u()), Number("95 % low", "-3.92", low), Number("95 % high", "3.92", high)),
        **dict.fromkeys("abcd", FLAT),
    ),
    case(
        "JCGM 101, 9.2.4, sum of four, one ten times as wide, linear law",
        "DB48x",
        SUM,
        (Number("u", "10.1", u()), Number("95 % low", "-19.9", low), Number("95 % high", "19.9", high)),
        **{**dict.fromkeys("abc", FLAT), "d": WIDE},
    ),
    case(
        "JCGM 101, 9.3, mass (mg above 100 g), linear law",
        "DB48x",
        MASS,
        (
            Number("mass", "1.2340", value()),
            Number("u", "0.0539", u()),
            Number("95 % low", "1.1285", low, seen=NOWHERE),
            Number("95 % high", "1.3395", high, seen=NOWHERE),
            Number("u, second order", "0.0750", second, seen=NOWHERE),
        ),
        second_order=True,
        **WEIGHTS,
    ),
    _loss(0, ("0", "0", "0", "0")),
    _loss(0.01, ("100", "100", "-96", "296")),
    _loss(0.05, ("2500", "500", "1520", "3480")),
    case(
        "JCGM 101, 9.5, gauge block (nm above 50 mm), linear law",
        "Fullseye",
        GAUGE,
        (Number("length", "838", value(), seen="DB48x"), Number("u", "32", u(), seen="DB48x")),
        coverage=0.99,
        **GAUGES,
    ),
    _polar(0.001, 0, ("0.001", "0.010", "0.000", "10.000")),
    _polar(0.001, 0.9, ("0.001", "0.010", "0.000", "10.000")),
    _polar(0.01, 0.9, ("0.010", "0.010", "0.000", "1.000")),
)
