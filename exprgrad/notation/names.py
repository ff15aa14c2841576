"""The names of variables in typeset formulas: Greek letters, and subscripts."""

from __future__ import annotations

import re

GREEK = dict(zip(
    "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau upsilon phi chi psi"
    " omega Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega".split(),
    "αβγδεζηθικλμνξπρστυφχψωΓΔΘΛΞΠΣΥΦΨΩ", strict=True,
))  # fmt: skip
"""The letters by name, with the names that LaTeX has."""


def divided(variable: str) -> tuple[str, str]:
    """A variable's name as its stem and its subscript, which may be empty."""
    stem, _, index = variable.partition("_")
    if not index:
        stem, index = re.fullmatch(r"(.*?)(\d*)", variable).groups()  # type: ignore[union-attr]
    return (stem, index) if stem else (variable, "")
