"""Examples of EA-4/02, NIST TN 1900, the NIST Uncertainty Machine and JCGM 106."""

from __future__ import annotations

from typing import Any

from exprgrad import Uncertainty
from tests.jobs.uncertainty.published.case import Number, case, correlation, high, low, rescaled, u, value
from tests.jobs.uncertainty.published.seen import NOWHERE

_REFLECTION = " - m12*m23/m13*{part}(p12 + p23 - p13)"
ATTENUATION = "Lx = Ls + dLs + dLd + dLm + dLk + dLib - dLia + dL0b - dL0a"
ATTENUATOR: dict[str, Any] = {
    "Ls": "student(30.0402, 0.0091/sqrt(3), 3)",  # of the standard deviation 0.0091
    "dLs": "uniform(-0.00133, 0.00733)",
    "dLd": "arcsine(-0.00198, 0.00198)",
    "dLm": "arcsine(-0.02828, 0.02828)",
    "dLk": "arcsine(-0.003, 0.003)",
    "dLib": "uniform(-0.0005196, 0.0005196)",
    "dLia": "uniform(-0.0005196, 0.0005196)",
    "dL0b": "0±0.002",
    "dL0a": "0±0.002",
}
"""The inputs of E11 as distributions (exhibit 16)."""
VISCOSITY = "mc*(rb - rm)/(rb - rc)*tm/tc"
VISCOMETER: dict[str, Any] = {
    "mc": "4.63±1%",
    "rb": "2217±0.5",
    "rm": "1180±0.5",
    "rc": "810±0.5",
    "tm": "61±10%",
    "tc": "36.6±15%",
}


def _conforms(found: Uncertainty) -> float:
    return found.conformity[0].probability


CASES = (
    case(
        "EA-4/02 S7 and NIST TN 1900 E11, step attenuator (dB)",
        "Suncal",
        ATTENUATION,
        (
            Number("Lx", "30.043", value()),
            Number("u(Lx)", "0.0224", u(), "from 0.0090 for the readings, which are 0.00915"),
            Number("2 u(Lx)", "0.045", rescaled(u(), 2), seen=NOWHERE),
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
        "NIST TN 1900 E3, viscometer (mPa s)",
        "Suncal",
        VISCOSITY,
        (Number("viscosity", "5.69", value()), Number("u, as Suncal prints it", "1.03", u())),
        **VISCOMETER,
    ),
    case(
        "NIST TN 1900 E13, thermal expansion (1e-7/K)",
        "Suncal",
        "1e7*(L1 - L0)/(L0*(T1 - T0))",
        (
            Number("coefficient", "172.66", value()),
            Number("u", "17.6", u()),
            Number("95 % low, as Suncal prints it", "138", low),
            Number("95 % high, as Suncal prints it", "207", high),
        ),
        L0="1.4999(1)",
        L1="1.5021(2)",
        T0="288.15(2)",
        T1="373.10(5)",
    ),
    case(
        "NIST TN 1900 E15, reflection coefficient (complex, as two results)",
        "Suncal",
        f"re = m22*cos(p22){_REFLECTION.format(part='cos')}; im = m22*sin(p22){_REFLECTION.format(part='sin')}",
        (
            Number("real part", "0.0074", value("re")),
            Number("imaginary part", "0.0031", value("im")),
            Number("u of the real part", "0.005", u("re")),
            Number("u of the imaginary part", "0.0045", u("im")),
            Number("correlation, as Suncal prints it", "0.0321", correlation("re", "im")),
        ),
        m22="0.24776±0.00337",
        p22="4.88683±0.01392",
        m12="0.49935±0.00340",
        p12="4.78595±0.00835",
        m23="0.24971±0.00170",
        p23="4.85989±0.00842",
        m13="0.49952±0.00340",
        p13="4.79054±0.00835",
    ),
    case(
        "NIST Uncertainty Machine, example 10, Stefan-Boltzmann constant (1e-8)",
        "Suncal",
        "1e8*32*pi^5*h*R^4*Rinf^4/(15*Ar^4*1e-3^4*299792458^6*alpha^8)",
        (
            Number("sigma", "5.67037", value()),
            Number("u", "0.0000205", u()),
            Number("99 % low", "5.67032", low),
            Number("99 % high", "5.67043", high),
        ),
        h="6.62606957(29)e-34",
        R="8.3144621(75)",
        Rinf="10973731.568539(55)",
        Ar="5.4857990946(22)e-4",
        alpha="7.2973525698(24)e-3",
        coverage=0.99,
    ),
    case(
        "JCGM 106, Zener diode of at most -5.40 V",
        NOWHERE,
        "V",
        (Number("probability of conformity", "0.92", _conforms),),
        V="-5.47±0.05",
        limits=(None, -5.40),
    ),
    case(
        "JCGM 106, motor oil of 12.5 to 16.3 mm²/s",
        NOWHERE,
        "Y",
        (Number("probability of conformity", "0.66", _conforms),),
        Y="13.6±1.8",
        limits=(12.5, 16.3),
    ),
)
