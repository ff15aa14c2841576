"""What other programs print for published data, to the digits in which they are right.

Each row was copied from a run of R 4.2.2 (MASS 7.3-58.2, nlme 3.1-162), gnuplot 5.4, lmfit 1.3.4, statsmodels 0.15.0 or
ODRPACK 0.7.0; docs/fitting.md has the commands. Figures are texts, as it is their digits that count: a number agrees if
it is within one of the last. Digits that a program's own tolerance leaves wrong are cut off, and the page says so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import exprgrad

EXAMPLES = Path(__file__).parents[3] / "examples"
ENZYME, ORANGE = str(EXAMPLES / "enzyme.csv"), str(EXAMPLES / "orange.csv")
RATE, TREE = "rate ~ V*conc/(K + conc)", "circumference ~ Asym/(1 + exp((xmid - age)/scal))"
RETURNS, SCALE = (
    "log(output) ~ c + a*log(labor) + b*log(capital)",
    "log(output) ~ c + a*log(labor) + (s - a)*log(capital)",
)
CLAIMS = (
    "claims ~ holders*exp(a + d2*(district == 2) + d3*(district == 3) + d4*(district == 4)"
    " + g2*(group == 2) + g3*(group == 3) + g4*(group == 4) + y2*(age == 2) + y3*(age == 3) + y4*(age == 4))"
)
BREAKS = "breaks ~ exp(a + b*(wool == 2) + m*(tension == 2) + h*(tension == 3))"
LOSS = "loss ~ a + b*air + c*water + d*acid"
DECAY = {"t": [0.0, 1, 2, 3], "y": [1.0, 0.1, -0.05, 0.05]}
COUNTS = "count ~ N*exp(-m)*m^k/gamma(k + 1)"
STARTS = {
    "claims": dict.fromkeys("d2 d3 d4 g2 g3 g4 y2 y3 y4".split(), 0.0) | {"a": -2.0},
    "orange": {"Asym": 170.0, "xmid": 700.0, "scal": 350.0},
    "counts": {"N": 2600.0, "m": 4.0},
}


def fitted(formula: str, file: str, **options: Any) -> Any:
    return exprgrad.fit(formula, EXAMPLES / f"{file}.csv", **options)


def estimates(fit: Any) -> list[float]:
    """Values and standard errors in turns."""
    return [number for each in fit.parameters.values() for number in (each.value, each.std_error)]


def ends(fit: Any) -> list[float]:
    return [end for each in fit.parameters.values() for end in (each.low, each.high)]


def claims() -> list[float]:
    fit = fitted(CLAIMS, "insurance", likelihood="poisson", **STARTS["claims"])
    return [*estimates(fit), fit.likelihood.deviance, fit.aic]


def of_groups(**options: Any) -> list[float]:
    """Of one group after another, then of what they share."""
    found: Any = exprgrad.fit(TREE, ORANGE, by="tree", **STARTS["orange"], **options)
    return [number for part in (*found.groups, *([found.shared] if found.shared else [])) for number in _of(part)]


def _of(part: Any) -> list[float]:
    parameters = part if isinstance(part, dict) else part.parameters
    return [number for each in parameters.values() for number in (each.value, each.std_error)]


def judged(*formulas: str, file: str, **options: Any) -> list[float]:
    found = exprgrad.compare(*formulas, data=EXAMPLES / f"{file}.csv", **options)
    return [number for test in found.tests for number in (test.value, test.p)]


def constrained() -> list[float]:
    free, held = (fitted(RETURNS, "cobb-douglas", **said) for said in ({}, {"where": "a + b = 1"}))
    (test,) = exprgrad.compare(free, held).tests
    return [free.rss, held.rss, test.value, test.p]


def band() -> list[float]:
    found = exprgrad.predict(fitted(RATE, "puromycin", V=200, K=0.1), conc=[0.1, 0.5, 2])
    return [*found.fit, *(found.high - found.fit), *(found.predicted_high - found.fit)]


def orthogonal() -> Any:
    starts = {"a": 1500.0, "b": -50.0, "c": -0.1}
    return fitted("y ~ a + b*(exp(c*x) - 1)^2", "odrpack", sigma=1, sigma_x={"x": "sx"}, **starts)


def left(formula: str, file: str, rows: int, **options: Any) -> list[float]:
    """Fitted value, residual, standardized residual, leverage and Cook's distance, row by row."""
    found = exprgrad.residuals(fitted(formula, file, **options), EXAMPLES / f"{file}.csv")
    return [float(column[row]) for row in range(rows) for column in found.values()]


def diagnosed() -> list[float]:
    seen = fitted("dist ~ a + b*speed", "stopping").diagnostics
    return [seen.durbin_watson, seen.normality_p, seen.runs_p, seen.condition]


PEERS: dict[str, tuple[Callable[[], Iterable[float]], str]] = {
    "R: glm, poisson, with an offset": (
        claims,
        """-1.8217399180940 0.0767876308279 0.0258681909110 0.0430157948059 0.0385239271039 0.0505115661360
        0.2342053279773 0.0616732772291 0.1613369799984 0.0505323889814 0.3928104908284 0.0549978028700
        0.5634123411155 0.0723153365367 -0.1910101063280 0.0828564504871 -0.3449506582539 0.0813741455231
        -0.5366707063941 0.0699556279052 51.42 388.74""",
    ),
    "R: glm, poisson, with factors": (
        lambda: estimates(fitted(BREAKS, "warpbreaks", likelihood="poisson", a=3, b=0, m=0, h=0)),
        "3.69196 0.04541 -0.20599 0.05157 -0.32132 0.06027 -0.51849 0.06396",
    ),
    "R: confint of it": (
        lambda: ends(fitted(BREAKS, "warpbreaks", likelihood="poisson", intervals="profile", a=3, b=0, m=0, h=0)),
        "3.60192 3.77994 -0.30726 -0.10506 -0.43984 -0.20354 -0.6446 -0.39375",
    ),
    "R: anova of two of them, by the ratio of likelihoods": (
        partial(
            judged, "breaks ~ exp(a + m*(tension == 2) + h*(tension == 3))", BREAKS,
            file="warpbreaks", likelihood="poisson", a=3, b=0, m=0, h=0,
        ),
        "16.039 6.206e-05",
    ),
    "R: glm, binomial": (
        lambda: estimates(fitted("killed ~ sigmoid(a + b*dose)", "beetles", likelihood="binomial", trials="n")),
        "-60.71745456163 5.1807114633 34.27032573415 2.9121400706",
    ),
    "R: glm, bernoulli": (
        lambda: estimates(fitted("am ~ sigmoid(a + b*wt)", "mtcars", likelihood="bernoulli", a=0, b=0)),
        "12.040 4.510 -4.024 1.436",
    ),
    "R: glm, a histogram": (
        lambda: estimates(fitted(COUNTS, "rutherford", likelihood="poisson", **STARTS["counts"]))[2:3],
        "3.87170636",
    ),
    "lmfit: weights that are absolute": (
        lambda: estimates(
            fitted(COUNTS, "rutherford", sigma="sqrt(max(count, 1))", absolute=True, **STARTS["counts"])
        ),
        "2590.0128 50.90459 3.84992 0.0374901",
    ),
    "gnuplot: yerrors": (
        lambda: estimates(fitted(COUNTS, "rutherford", sigma="sqrt(max(count, 1))", **STARTS["counts"])),
        "2590.0 61.93 3.8499 0.04561",
    ),
    "statsmodels: TLinearModel": (
        lambda: estimates(fitted(LOSS, "stackloss", likelihood="student,dof=fit")),
        "-38.48 3.80 0.8520 0.051 0.4902 0.136 -0.0706 0.053",
    ),
    "statsmodels: QuantReg": (
        lambda: estimates(fitted(LOSS, "stackloss", likelihood="laplace"))[::2],
        "-39.6899 0.8319 0.5739 -0.0609",
    ),
    "statsmodels: RLM": (
        lambda: estimates(fitted(LOSS, "stackloss", robust="huber")),
        "-41.0265 9.792 0.8294 0.111 0.9261 0.303 -0.1278 0.129",
    ),
    "R: uniroot of a profile": (
        lambda: ends(fitted(RATE, "puromycin", intervals="profile", V=200, K=0.1)),
        "197.301932900 229.289055055 0.04692034204 0.0861569134",
    ),
    "R: uniroot of a profile that is open above": (
        lambda: ends(exprgrad.fit("y ~ a*exp(-b*t)", DECAY, a=1, b=2, intervals="profile"))[:3],
        "0.7668 1.23408 1.1694903268",
    ),
    "lmfit: the band of a curve": (
        band,
        """129.5894 188.5088 206.0768 9.537 9.839 13.641 26.162 26.274 27.921""",
    ),
    "ODRPACK: its first example": (
        lambda: estimates(orthogonal()),
        "1264.6548105 1.034927235 -54.01838682 1.583996712 -0.08784985176 0.006332219",
    ),
    "R: gls": (
        lambda: estimates(
            fitted(
                "employed ~ a + b*gnp + c*population", "longley", covariance=str(EXAMPLES / "longley-ar1.csv"),
            )
        ),
        "101.8581330373 14.1989323700 0.0720708792434 0.010605701122 -0.5485134992266 0.154129728620",
    ),
    "R: nls of each group": (
        of_groups,
        """154.163 11.3318 627.19 77.43 362.57 67.69 218.998 14.2714 700.35 65.54 332.49 52.76
        158.8294 15.08514 734.842 102.587 400.955 74.3295 225.304 14.64 710.71 63.28 303.14 51.46
        207.258 22.237 861.30 109.04 379.946 67.40""",
    ),
    "R: nls with shared parameters": (
        partial(of_groups, share=["xmid", "scal"]),
        """161.887312 7.138 224.403305 8.836 154.103563 6.942 233.070185 9.084 186.740140 7.790 727.890582 35.692
        347.967373 27.262""",
    ),
    "R: nls with an indexed parameter": (
        lambda: _of(exprgrad.fit(RATE, ENZYME, by="state", share="K", V=200, K=0.1).shared),
        "0.05797 0.00591",
    ),
    "lmfit: an equation": (
        lambda: estimates(fitted(RETURNS, "cobb-douglas", where="a + b = 1")),
        "0.01454462 0.01997929 0.74586584 0.04122358 0.25413416 0.04122358",
    ),
    "R: anova of an equation": (constrained, "0.070982 0.071643 0.1956 0.6628"),
    "R: lm with a row for a prior": (
        lambda: estimates(fitted(SCALE, "cobb-douglas", prior={"s": (1, 0.02)}, sigma=0.06, absolute=True))[:4],
        "0.006255398303 0.09540174444 0.748519215243 0.05259276803",
    ),
    "R: nls with a half-life": (
        lambda: estimates(
            exprgrad.fit(
                "conc ~ A1*exp(-k1*time) + A2*exp(-k2*time)",
                {name: column[:11] for name, column in _table("indometh").items()}, tie="k2 = log(2)/half", half=4,
            )
        )[:8],
        "2.0293 0.1099 1.7849 0.2225 0.1915 0.1106 4.1424 3.2606",
    ),
    "R: anova(nls, nls)": (
        partial(judged, TREE, "circumference ~ (A + B*(tree == 2))/(1 + exp((xmid - age)/scal))", file="orange",
                Asym=190, A=190, B=0, xmid=700, scal=350),
        "9.22453546 0.00481183931",
    ),
    "R: rstandard, hatvalues and cooks.distance of a binomial glm": (
        partial(left, "killed ~ 1 - exp(-exp(a + b*dose))", "beetles", 2, likelihood="binomial", trials="n"),
        """0.094736431986 0.0069584832685 0.20881804888 0.25222090119 0.0075126568602
        0.188011276290 0.0286553903765 0.65790552687 0.28133481715 0.0878962384785""",
    ),
    "R: rstandard, hatvalues and cooks.distance of a poisson glm": (
        partial(left, BREAKS, "warpbreaks", 1, likelihood="poisson", a=3, b=0, m=0, h=0),
        "40.123538012 -14.123538012 -2.4897615852 0.082740362419 0.12222516872",
    ),
    "R: rstandard, hatvalues and cooks.distance of a line": (
        lambda: left("dist ~ a + b*speed", "stopping", 50)[-8:-5],
        "2.919060383126 0.073985401460 0.340395933606",
    ),
    "R and statsmodels: are the residuals noise": (diagnosed, "1.67622532344 0.011 0.41396562236564 6.049344704"),
}  # fmt: skip


def _table(name: str) -> dict[str, Any]:
    table = np.genfromtxt(EXAMPLES / f"{name}.csv", delimiter=",", names=True)
    return {column: table[column] for column in table.dtype.names or ()}


@pytest.mark.parametrize("name", PEERS)
def test_what_they_print(name: str) -> None:
    run, printed = PEERS[name]
    numbers, texts = list(run()), printed.split()
    assert len(numbers) == len(texts)
    for number, text in zip(numbers, texts, strict=True):
        last = Decimal(1).scaleb(int(Decimal(text).as_tuple().exponent))
        assert abs(Decimal(number) - Decimal(text)) <= last, (number, text)
