"""What is known of parameters before the fit, as "a = 1.2 ± 0.1".

A prior is a row more: (mean - a)/error, in units of the standard deviation s of the residuals, as the rows of the data
are. Where the errors of the data are absolute, s is 1; else it is found by turns with the parameters,
s^2 = rss/(n - g), where g is the number of parameters that the data determine, the trace of (J'J + P)^-1 J'J (Theil
and Goldberger 1961, International Economic Review 2; MacKay 1992, Neural Computation 4).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from math import inf
from typing import NamedTuple

import numpy as np

from exprgrad.errors import UsageError
from exprgrad.jobs.fit.reduction import Floats, Reduced, combined

_SHAPE = re.compile(r"\s*([^\W\d]\w*)\s*=\s*(.+?)\s*(?:±|\+/-|\+-)\s*(.+?)\s*")


class Prior(NamedTuple):
    """A parameter is near a mean, with a normal error."""

    name: str
    mean: float
    error: float


def priors(texts: Sequence[str], names: Collection[str]) -> list[Prior]:
    """What the texts of --prior say. Raises UsageError for what is no prior of one of the names."""
    found: dict[str, Prior] = {}
    for text in texts:
        match = _SHAPE.fullmatch(text)
        mean, error = (_number(part) for part in match.groups()[1:]) if match else (None, None)
        if match is None or mean is None or error is None:
            raise UsageError(
                f"--prior takes NAME=MEAN±ERROR, not {text!r}", hint='for example "a=1.2±0.1", or "a=1.2+-0.1"'
            )
        name = match[1]
        if name not in names:
            raise UsageError(f"a prior is on {name}, which is no parameter", hint=f"they are {', '.join(names)}")
        if not 0 < error < inf:
            raise UsageError(
                f"the error of the prior on {name} is {error:g}",
                hint="an error is above 0: of a value that is known exactly, say --fix",
            )
        if name in found:
            raise UsageError(f"{name} has two priors")
        found[name] = Prior(name, mean, error)
    return list(found.values())


def _number(text: str) -> float | None:
    try:
        found = float(text)
    except ValueError:
        return None
    return found if abs(found) < inf else None


class WithPriors:
    """Rows reduced with those of priors below them."""

    def __init__(self, reduce: Callable[[Floats], Reduced], known: Sequence[Prior], names: Sequence[str]) -> None:
        self._reduce, self.scale = reduce, 1.0
        self.places = [names.index(prior.name) for prior in known]
        self.means = np.array([prior.mean for prior in known])
        self.errors = np.array([prior.error for prior in known])

    def __call__(self, values: Floats) -> Reduced:
        """At the parameters: the cost is of the rows and the priors, in units of the rows."""
        found = self._reduce(values)
        if not found.finite or not len(self.places):
            return found
        count = len(values)
        rows = np.zeros((len(self.places), count + 1))
        rows[range(len(self.places)), self.places] = self.scale / self.errors
        rows[:, -1] = self.scale / self.errors * (self.means - values[self.places])
        upper = np.zeros((count + 1, count + 1))
        upper[:count, :count], upper[:count, count] = found.triangle, found.rotated
        upper = combined(upper, rows)
        cost = found.cost + float(np.sum(rows[:, -1] ** 2))
        return Reduced(upper[:count, :count], upper[:count, count], cost)

    def prior_cost(self, values: Floats) -> float:
        """What of the cost is that of the priors."""
        return float(np.sum((self.scale / self.errors * (self.means - values[self.places])) ** 2))
