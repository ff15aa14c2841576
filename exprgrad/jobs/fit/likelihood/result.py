"""What a fit by maximum likelihood says beside its parameters."""

from __future__ import annotations

from math import nan
from typing import NamedTuple


class Likelihood(NamedTuple):
    """The likelihood at its maximum."""

    name: str
    """The distribution: poisson, binomial, bernoulli, student or laplace."""
    deviance: float
    """Twice what the log-likelihood is below that of a model that meets every response. Of student and laplace, the
    scale is that of the fit."""
    null_deviance: float
    """The same of a model that is one constant; nan for student and laplace."""
    log_likelihood: float
    pearson: float
    """The sum of the squares of residuals in units of their standard deviations; nan for student and laplace."""
    scale: float = nan
    """Of student and laplace, estimated by maximum likelihood, too, unless the sigmas are absolute."""
    degrees: float = nan
    """Degrees of freedom of Student's distribution."""
    degrees_error: float = nan
    """Their standard error, where they are fitted."""
    trials: str = ""
    """How often was tried what binomial responses count the successes of, as it was written."""
