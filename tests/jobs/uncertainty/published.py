"""Published numbers, and what `exprgrad uncertainty` makes of the same inputs.

`python -m tests.jobs.uncertainty.published` writes the table into docs/uncertainty.md.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import exprgrad
from exprgrad import Fit, Uncertainty

PAGE = Path(__file__).parents[3] / "docs" / "uncertainty.md"
START, END = "<!-- published numbers: written by tests.jobs.uncertainty.published -->\n", "<!-- end -->\n"

Read = Callable[[Any], float]


class Number(NamedTuple):
    """A printed number, how to read it from a result, and why it differs, where it does."""

    what: str
    printed: str
    read: Read
    why: str = ""


class Case(NamedTuple):
    """An example of a document, or several of one kind."""

    source: str
    run: Callable[[], Any]
    numbers: tuple[Number, ...]


def case(source: str, expression: str, numbers: tuple[Number, ...], inputs: Any = None, **more: Any) -> Case:
    return Case(source, lambda: exprgrad.uncertainty(expression, *([inputs()] if inputs else []), **more), numbers)


def value(name: str = "") -> Read:
    return lambda found: one(found, name).value


def u(name: str = "") -> Read:
    return lambda found: one(found, name).standard_uncertainty


def one(found: Uncertainty, name: str) -> Any:
    return found.results[name] if name else found.only


def contribution(name: str) -> Read:
    return lambda found: next(line.contribution for line in found.budget if line.input == name)


def second(found: Uncertainty) -> float:
    return next(iter(found.second_order.values())).standard_uncertainty


def correlation(a: str, b: str) -> Read:
    return lambda found: found.correlation[a][b]


def estimate(name: str, field: str) -> Read:
    return lambda found: getattr(found.parameters[name], field)


def rescaled(read: Read, factor: float) -> Read:
    return lambda found: factor * read(found)


_TIMES = [21.521, 22.012, 22.512, 23.003, 23.507, 23.999, 24.513, 25.002, 25.503, 26.010, 26.511]
_CORRECTIONS = [-171, -169, -166, -159, -164, -165, -156, -157, -159, -161, -160]
_CADMIUM = [0.1] * 3 + [0.3] * 3 + [0.5] * 3 + [0.7] * 3 + [0.9] * 3
_ABSORBANCES = [28, 29, 29, 84, 83, 81, 135, 131, 133, 180, 181, 183, 215, 230, 216]


@cache
def thermometer() -> Fit:
    data = {"t": _TIMES, "b": [each / 1000 for each in _CORRECTIONS]}
    return exprgrad.fit("b ~ y1 + y2*(t - 20)", data)


@cache
def cadmium() -> Fit:
    return exprgrad.fit("A ~ B1*c + B0", {"c": _CADMIUM, "A": [each / 1000 for each in _ABSORBANCES]})


_ROUNDED = "computed there from rounded numbers"

CASES = (
    case(
        "GUM H.1, end gauge (nm)",
        "l = ls + d0 + d1 + d2 - ls*(da*(t + D) + as*dt)",
        (
            Number("l", "50000838", value()),
            Number("u(l)", "32", u()),
            Number("from ls", "25", contribution("ls")),
            Number("from the temperature difference", "16.6", contribution("dt")),
            Number("from the difference of expansion", "2.9", contribution("da")),
            Number("effective dof", "16", lambda found: found.only.dof, "rounded down there, as G.4.1 allows"),
            Number("U, 99 %", "93", lambda found: found.only.expanded_uncertainty, "from 16 dof and 32 nm there"),
            Number("u(l), second order", "34", second),
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
        "GUM H.2, resistance and reactance (ohm)",
        "R = V*cos(phi)/I; X = V*sin(phi)/I; Z = V/I",
        (
            Number("R", "127.732", value("R")),
            Number("u(R)", "0.071", u("R")),
            Number("X", "219.847", value("X")),
            Number("u(X)", "0.295", u("X"), _ROUNDED),
            Number("Z", "254.260", value("Z")),
            Number("u(Z)", "0.236", u("Z")),
            Number("r(R, X)", "-0.588", correlation("R", "X")),
            Number("r(R, Z)", "-0.485", correlation("R", "Z")),
            Number("r(X, Z)", "0.993", correlation("X", "Z")),
        ),
        V=[5.007, 4.994, 5.005, 4.990, 4.999],
        I=[0.019663, 0.019639, 0.019640, 0.019685, 0.019678],
        phi=[1.0456, 1.0438, 1.0468, 1.0428, 1.0433],
        correlate="V,I,phi=readings",
    ),
    Case(
        "GUM H.3, calibration curve (°C)",
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
        "y1 + y2*(t - 20)",
        (Number("b(30)", "-0.1494", value()), Number("u(b(30))", "0.0041", u())),
        thermometer,
        t=30,
    ),
    case(
        "GUM H.4, radon (Bq/g), first approach",
        "A = As*ms/mx*Rx/Rs",
        (Number("A", "0.4300", value(), _ROUNDED), Number("u(A)", "0.0083", u())),
        As="0.1368(18)",
        ms="5.0192(50)",
        mx="5.0571(10)",
        Rx="652.60±6.42",
        Rs="206.09±3.79",
        correlate=["Rx,Rs=0.646"],
    ),
    case(
        "GUM H.4, radon (Bq/g), second approach",
        "A = As*ms/mx*R",
        (Number("A", "0.4304", value()), Number("u(A)", "0.0084", u())),
        As="0.1368(18)",
        ms="5.0192(50)",
        mx="5.0571(10)",
        R="3.170(46)",
    ),
    case(
        "GUM H.5, Zener standard (µV above 10 V)",
        "V",
        (Number("mean of the days", "97", value()), Number("u", "18", u())),
        V="readings(172, 116, 13, 144, 106, 31, 60, 125, 163, 41)",
    ),
    case(
        "GUM H.6, Rockwell hardness (HRC)",
        "h = 100 - d - c - s",
        (Number("h", "64.0", value()), Number("u(h)", "0.55", u())),
        d="36.0±0.20",
        c="0±0.11",
        s="0±0.5",
    ),
    case(
        "EURACHEM/CITAC A1, calibration standard (mg/L)",
        "c = 1000*m*P/(flask + rep + T)",
        (
            Number("c", "1002.7", value()),
            Number("u(c)", "0.9", u(), "from a relative uncertainty that is rounded to 0.0009 there"),
        ),
        m="100.28±0.05",
        P="uniform(0.9998, 1)",
        flask="triangular(99.9, 100.1)",
        rep="0±0.02",
        T="uniform(-0.084, 0.084)",
    ),
    case(
        "EURACHEM/CITAC A2, sodium hydroxide (mol/L)",
        "c = R*1000*(m + tare - gross)*P/((8*C + 5*H + 4*O + K)*(V + cal + temp))",
        (Number("c", "0.10214", value()), Number("u(c)", "0.00010", u())),
        R="1±0.0005",
        m=0.3888,
        tare="uniform(-0.15e-3, 0.15e-3)",
        gross="uniform(-0.15e-3, 0.15e-3)",
        P="uniform(0.9995, 1.0005)",
        C="uniform(12.0099, 12.0115)",
        H="uniform(1.00787, 1.00801)",
        O="uniform(15.9991, 15.9997)",
        K="uniform(39.0982, 39.0984)",
        V=18.64,
        cal="triangular(-0.03, 0.03)",
        temp="0±0.006",
    ),
    case(
        "EURACHEM/CITAC A3, acid/base titration (mol/L)",
        "c = R*1000*(m + tare - gross)*P*(V2 + cal2 + T2)/((8*C + 5*H + 4*O + K)*(V1 + cal1 + T1)*(V0 + cal0 + T0))",
        (Number("c", "0.10139", value()), Number("u(c)", "0.00018", u())),
        R="1±0.001",
        m=0.3888,
        tare="uniform(-0.15e-3, 0.15e-3)",
        gross="uniform(-0.15e-3, 0.15e-3)",
        P="uniform(0.9995, 1.0005)",
        C="uniform(12.0099, 12.0115)",
        H="uniform(1.00787, 1.00801)",
        O="uniform(15.9991, 15.9997)",
        K="uniform(39.0982, 39.0984)",
        V2=14.89,
        cal2="triangular(-0.03, 0.03)",
        T2="uniform(-15*2.1e-4*4, 15*2.1e-4*4)",
        V1=18.64,
        cal1="triangular(-0.03, 0.03)",
        T1="uniform(-19*2.1e-4*4, 19*2.1e-4*4)",
        V0=15,
        cal0="triangular(-0.02, 0.02)",
        T0="uniform(-15*2.1e-4*4, 15*2.1e-4*4)",
    ),
    case(
        "EURACHEM/CITAC A4, pesticide in bread (mg/kg)",
        "P = 1.11*repeatability*homogeneity*0.9/recovery",
        (Number("P", "1.11", value()), Number("u(P)", "0.38", u())),
        repeatability="1±0.27",
        homogeneity="1±0.2",
        recovery="0.900(43)",
    ),
    Case(
        "EURACHEM/CITAC A5, calibration of cadmium",
        cadmium,
        (
            Number("B1", "0.2410", estimate("B1", "value")),
            Number("s(B1)", "0.0050", estimate("B1", "std_error")),
            Number("B0", "0.0087", estimate("B0", "value")),
            Number("s(B0)", "0.0029", estimate("B0", "std_error")),
        ),
    ),
    case(
        "EURACHEM/CITAC A5, concentration (mg/L)",
        "c0 = (A0 - B0)/B1",
        (Number("c0", "0.26", value()), Number("u(c0)", "0.018", u())),
        cadmium,
        A0="0.0714±0.005486/sqrt(2)",
    ),
    case(
        "EURACHEM/CITAC A5, release of cadmium (mg/dm²)",
        "r = c0*V/a*acid*time*temp",
        (Number("r", "0.015", value()), Number("u(r)", "0.0015", u(), _ROUNDED)),
        c0="0.26±0.018",
        V="0.332±0.0018",
        a="5.73±0.19",
        acid="1±0.0008",
        time="uniform(0.9985, 1.0015)",
        temp="uniform(0.9, 1.1)",
    ),
    case(
        "EA-4/02 S7 and NIST TN 1900 E11, step attenuator (dB)",
        "Lx = Ls + dLs + dLd + dLm + dLk + dLib - dLia + dL0b - dL0a",
        (
            Number("Lx", "30.043", value()),
            Number("u(Lx)", "0.0224", u(), "from 0.0090 for the readings, which are 0.00915"),
            Number("2 u(Lx)", "0.045", rescaled(u(), 2)),
        ),
        Ls=[30.033, 30.058, 30.018, 30.052],
        dLs="0.003±0.0025",
        dLd="arcsine(-0.0020, 0.0020)",
        dLm="0±0.02",
        dLk="arcsine(-0.003, 0.003)",
        dLib="0±0.0003",
        dLia="0±0.0003",
        dL0b="0±0.002",
        dL0a="0±0.002",
    ),
    case(
        "NIST TN 1900 E3, viscometer (mPa s), linear law as suncal prints it",
        "mc*(rb - rm)/(rb - rc)*tm/tc",
        (Number("viscosity", "5.69", value()), Number("u", "1.03", u())),
        mc="4.63±1%",
        rb="2217±0.5",
        rm="1180±0.5",
        rc="810±0.5",
        tm="61±10%",
        tc="36.6±15%",
    ),
    case(
        "NIST TN 1900 E13, thermal expansion (1e-7/K), linear law as suncal prints it",
        "1e7*(L1 - L0)/(L0*(T1 - T0))",
        (
            Number("coefficient", "173", value()),
            Number("95 % low", "138", lambda found: found.only.low),
            Number("95 % high", "207", lambda found: found.only.high),
        ),
        L0="1.4999(1)",
        L1="1.5021(2)",
        T0="288.15(2)",
        T1="373.10(5)",
    ),
    case(
        "NIST Uncertainty Machine, Stefan-Boltzmann constant (1e-8), as suncal prints it",
        "1e8*32*pi^5*h*R^4*Rinf^4/(15*Ar^4*1e-3^4*299792458^6*alpha^8)",
        (Number("sigma", "5.670372", value()), Number("u", "0.000020", u())),
        h="6.62606957(29)e-34",
        R="8.3144621(75)",
        Rinf="10973731.568539(55)",
        Ar="5.4857990946(22)e-4",
        alpha="7.2973525698(24)e-3",
    ),
    case(
        "JCGM 106, Zener diode of at most -5.40 V",
        "V",
        (Number("probability of conformity", "0.92", lambda found: found.conformity[0].probability),),
        V="-5.47±0.05",
        limits=(None, -5.40),
    ),
)


class Compared(NamedTuple):
    """A number as printed, and as computed."""

    source: str
    number: Number
    computed: float

    @property
    def agrees(self) -> bool:
        """Whether they agree to half a unit of the last digit that is printed."""
        unit = 10.0 ** int(Decimal(self.number.printed).as_tuple().exponent)
        return abs(self.computed - float(self.number.printed)) <= unit / 2 * (1 + 1e-9)


@cache
def compared() -> tuple[Compared, ...]:
    return tuple(_compared())


def _compared() -> Iterator[Compared]:
    for each in CASES:
        found = each.run()
        for number in each.numbers:
            yield Compared(each.source, number, number.read(found))


def table() -> str:
    """All of them as a table of Markdown."""
    rows = ["| source | number | printed | computed | |", "|---|---|---:|---:|---|"]
    for source, number, computed in compared():
        digits = len(number.printed.lstrip("-0.").replace(".", "")) + 1
        shown = f"{computed:.{max(digits, 2)}g}" if math.isfinite(computed) else str(computed)
        rows.append(f"| {source} | {number.what} | {number.printed} | {shown} | {number.why} |")
    return "\n".join(rows) + "\n"


def written(page: str) -> str:
    """The page with the table in its place."""
    before, _, rest = page.partition(START)
    _, _, after = rest.partition(END)
    return f"{before}{START}\n{table()}\n{END}{after}"


if __name__ == "__main__":
    PAGE.write_text(written(PAGE.read_text("utf-8")), "utf-8")
