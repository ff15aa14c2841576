"""The examples of the EURACHEM/CITAC guide CG 4, third edition of 2012, appendix A."""

from __future__ import annotations

from functools import cache
from typing import Any

import exprgrad
from exprgrad import Fit
from tests.jobs.uncertainty.published.case import ROUNDED, Case, Number, case, estimate, input_u, rescaled, u, value
from tests.jobs.uncertainty.published.seen import NOWHERE

_CADMIUM = [0.1] * 3 + [0.3] * 3 + [0.5] * 3 + [0.7] * 3 + [0.9] * 3
_ABSORBANCES = [28, 29, 29, 84, 83, 81, 135, 131, 133, 180, 181, 183, 215, 230, 216]

_FLASK = {"flask": "triangular(99.9, 100.1)", "rep": "0±0.02", "T": "uniform(-0.084, 0.084)"}
"""The volume of 100 mL of A1: calibration, repeatability, temperature."""
_PHTHALATE: dict[str, Any] = {
    "m": 0.3888,
    "tare": "uniform(-0.15e-3, 0.15e-3)",
    "gross": "uniform(-0.15e-3, 0.15e-3)",
    "P": "uniform(0.9995, 1.0005)",
    "C": "uniform(12.0099, 12.0115)",
    "H": "uniform(1.00787, 1.00801)",
    "O": "uniform(15.9991, 15.9997)",
    "K": "uniform(39.0982, 39.0984)",
}
"""What A2 and A3 weigh: the mass and its weighings, the purity, and the atomic weights."""


@cache
def cadmium() -> Fit:
    return exprgrad.fit("A ~ B1*c + B0", {"c": _CADMIUM, "A": [each / 1000 for each in _ABSORBANCES]})


CASES = (
    case(
        "EURACHEM/CITAC A1, calibration standard (mg/L)",
        "GTC",
        "c = 1000*m*P/(flask + rep + T)",
        (
            Number("c", "1002.7", value()),
            Number("u(P)", "0.000058", input_u("P"), seen="course"),
            Number("u(c)", "0.9", u(), "from a relative uncertainty that is rounded to 0.0009 there", NOWHERE),
        ),
        m="100.28±0.05",
        P="uniform(0.9998, 1)",
        **_FLASK,
    ),
    case(
        "EURACHEM/CITAC A1, volume of the flask (mL)",
        "course",
        "V = flask + rep + T",
        (Number("u(V)", "0.07", u()),),
        **_FLASK,
    ),
    case(
        "EURACHEM/CITAC A2, sodium hydroxide (mol/L)",
        "GTC",
        "c = R*1000*(m + tare - gross)*P/((8*C + 5*H + 4*O + K)*(V + cal + temp))",
        (Number("c", "0.10214", value()), Number("u(c)", "0.00010", u())),
        R="1±0.0005",
        V=18.64,
        cal="triangular(-0.03, 0.03)",
        temp="0±0.006",
        **_PHTHALATE,
    ),
    case(
        "EURACHEM/CITAC A3, acid/base titration (mol/L)",
        "GTC",
        "c = R*1000*(m + tare - gross)*P*(V2 + cal2 + T2)/((8*C + 5*H + 4*O + K)*(V1 + cal1 + T1)*(V0 + cal0 + T0))",
        (Number("c", "0.10139", value()), Number("u(c)", "0.00018", u())),
        R="1±0.001",
        V2=14.89,
        cal2="triangular(-0.03, 0.03)",
        T2="uniform(-15*2.1e-4*4, 15*2.1e-4*4)",
        V1=18.64,
        cal1="triangular(-0.03, 0.03)",
        T1="uniform(-19*2.1e-4*4, 19*2.1e-4*4)",
        V0=15,
        cal0="triangular(-0.02, 0.02)",
        T0="uniform(-15*2.1e-4*4, 15*2.1e-4*4)",
        **_PHTHALATE,
    ),
    case(
        "EURACHEM/CITAC A4, pesticide in bread (mg/kg)",
        "guide",
        "P = 1.11*repeatability*homogeneity*0.9/recovery",
        (
            Number("P", "1.11", value(), seen="course"),
            Number("2 u(P)", "0.75", rescaled(u(), 2), seen="course"),
            Number("u(P)/P", "0.34", lambda found: found.only.standard_uncertainty / found.only.value),
        ),
        repeatability="1±0.27",
        homogeneity="1±0.2",
        recovery="0.900(43)",
    ),
    Case(
        "EURACHEM/CITAC A5, calibration of cadmium",
        "GTC",
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
        "GTC",
        "c0 = (A0 - B0)/B1",
        (Number("c0", "0.26", value()), Number("u(c0)", "0.018", u())),
        cadmium,
        A0="0.0714±0.005486/sqrt(2)",
    ),
    case(
        "EURACHEM/CITAC A5, area (dm²)",
        "GTC",
        "a = pi*(d/2)^2*shape",
        (
            Number("a", "5.73", value()),
            Number("u(a)", "0.19", u(), "a mistake there: sqrt(0.042^2 + 0.146^2) is 0.15"),
        ),
        d="2.70±0.01",
        shape="1±0.05/1.96",
    ),
    case(
        "EURACHEM/CITAC A5, release of cadmium (mg/dm²)",
        "GTC",
        "r = c0*V/a*acid*time*temp",
        (Number("r", "0.015", value()), Number("u(r)", "0.0015", u(), ROUNDED)),
        c0="0.26±0.018",
        V="0.332±0.0018",
        a="5.73±0.19",
        acid="1±0.0008",
        time="uniform(0.9985, 1.0015)",
        temp="uniform(0.9, 1.1)",
    ),
    case(
        "EURACHEM/CITAC A6, crude fibre of 2.5 % (mass fraction in %)",
        "course",
        "c = fibre + drying",
        (Number("u", "0.31", u()), Number("2 u", "0.62", rescaled(u(), 2), ROUNDED)),
        fibre="2.5±0.292",
        drying="0±0.115",
    ),
)
