"""The distributions that a response may have, by their formulas in the language.

A formula says the mean m of the response y (of binomial counts, the probability of a success). With w for the weight of
a row the log-likelihood is sum(w*density). The deviance is twice what it is below that of m = y. Fisher scoring
(McCullagh and Nelder 1989, Generalized Linear Models, 2.5) is Gauss and Newton's step on rows `pull` and derivatives of
m multiplied with `root`: the square of `root` is the expected information of a row.
"""

from __future__ import annotations

from math import inf
from typing import NamedTuple

from exprgrad.errors import UsageError
from exprgrad.text.spelling import did_you_mean

GAUSS = "gauss"
"""Normal errors: least squares."""


class Family(NamedTuple):
    """Formulas in y (response), m (mean), q (1 - m), n (trials), c (sigma of the row), s (scale), v (degrees)."""

    name: str
    density: str
    """The logarithm of the probability or density of y; nan where the distribution cannot have such a mean."""
    deviance: str
    root: str
    pull: str
    counts: bool = False
    """Whether responses are whole numbers."""
    trials: bool = False
    """Whether m is a probability, and q is used."""
    scaled: bool = False
    """Whether a scale is estimated, too."""
    smooth: bool = True
    """Whether the density has derivatives everywhere."""


_POISSON = Family(
    "poisson",
    density="m > 0 ? xlogy(y, m) - m - lgamma(y + 1) : nan",
    deviance="2*(xlogy(y, y/m) - (y - m))",
    root="1/sqrt(m)",
    pull="(y - m)/sqrt(m)",
    counts=True,
)
_BINOMIAL = Family(
    "binomial",
    density=(
        "m > 0 and q > 0 ? xlogy(y, m) + xlogy(n - y, q) + lgamma(n + 1) - lgamma(y + 1) - lgamma(n - y + 1) : nan"
    ),
    deviance="2*(xlogy(y, y/(n*m)) + xlogy(n - y, (n - y)/(n*q)))",
    root="sqrt(n/(m*q))",
    pull="(y*q - (n - y)*m)/sqrt(n*m*q)",
    counts=True,
    trials=True,
)
_BERNOULLI = _BINOMIAL._replace(name="bernoulli", density="m > 0 and q > 0 ? xlogy(y, m) + xlogy(1 - y, q) : nan")
_STUDENT = Family(
    "student",
    density=("lgamma((v + 1)/2) - lgamma(v/2) - log(pi*v)/2 - log(s*c) - (v + 1)/2*log1p(((y - m)/(s*c))^2/v)"),
    deviance="(v + 1)*log1p(((y - m)/(s*c))^2/v)",
    root="sqrt((v + 1)/(v + ((y - m)/(s*c))^2))/(s*c)",
    pull="(y - m)*sqrt((v + 1)/(v + ((y - m)/(s*c))^2))/(s*c)",
    scaled=True,
)
_LAPLACE = Family(
    "laplace",
    density="-log(2*s*c) - abs(y - m)/(s*c)",
    deviance="2*(hypot((y - m)/c, s) - s)",
    root="1/c/sqrt(hypot((y - m)/c, s))",
    pull="(y - m)/c/sqrt(hypot((y - m)/c, s))",
    scaled=True,
    smooth=False,
)
"""Its deviance is that of descents, rounded near 0 by s."""

FAMILIES = {family.name: family for family in (_POISSON, _BINOMIAL, _BERNOULLI, _STUDENT, _LAPLACE)}
NAMES = (GAUSS, *FAMILIES)
_DEGREES = 4.0
"""Of Student's distribution: Lange, Little and Taylor 1989 (J. Am. Stat. Assoc. 84) found it good for many data."""


class Choice(NamedTuple):
    """A family, chosen by a text such as `student,dof=3`."""

    family: Family
    degrees: float = inf
    """Of freedom of Student's distribution; where they are fitted, from where."""
    free_degrees: bool = False
    """Whether they are fitted, too."""


def chosen(text: str) -> Choice | None:
    """The family; None for least squares. Raises UsageError for a text that names none."""
    name, _, setting = text.partition(",")
    if name == GAUSS and not setting:
        return None
    if name not in FAMILIES:
        raise UsageError(
            f"there is no likelihood {name!r}",
            hint=did_you_mean(name, list(NAMES), f"choose one of {', '.join(NAMES)}"),
        )
    if name != "student":
        if setting:
            raise UsageError(f"{name} has no settings, and {setting!r} is one")
        return Choice(FAMILIES[name])
    fitted = setting.replace(" ", "") == "dof=fit"
    return Choice(FAMILIES[name], _degrees(setting) if setting and not fitted else _DEGREES, fitted)


def _degrees(setting: str) -> float:
    key, _, number = setting.partition("=")
    hint = "for example student,dof=3, or student,dof=fit"
    if key.strip() != "dof":
        raise UsageError(f"student has the setting dof, and not {key!r}", hint=hint)
    try:
        value = float(number)
    except ValueError:
        value = 0.0
    if not 0 < value < inf:
        raise UsageError(f"the degrees of freedom of student are a number above 0, not {number!r}", hint=hint)
    return value
