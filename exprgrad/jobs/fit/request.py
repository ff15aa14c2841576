"""What a fit can be asked for."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from math import inf
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from exprgrad.errors import UsageError
from exprgrad.jobs.fit.likelihood.families import GAUSS, chosen
from exprgrad.jobs.fit.robust import LOSSES

if TYPE_CHECKING:
    from exprgrad.jobs.fit.correlated.errors import Errors

METHODS = ("lm", "varpro")
INTERVALS = ("symmetric", "profile", "bootstrap")
"""By the standard errors; where the fit gets significantly worse; by fits to rows drawn anew."""


class Request(NamedTuple):
    """What a fit is to be like."""

    fix: Collection[str] = ()
    bound: Mapping[str, tuple[float, float]] = MappingProxyType({})
    sigma: str | None = None
    weights: str | None = None
    absolute: bool = False
    robust: str | None = None
    scale: float | None = None
    method: str = "lm"
    max_iterations: int = 1000
    tolerance: float = 0.0
    confidence: float = 0.95
    sigma_x: Mapping[str, str | float] = MappingProxyType({})
    """Standard deviations of columns of the model, each a number or an expression of columns."""
    sigma_xy: Mapping[str, str | float] = MappingProxyType({})
    """Correlations of these errors with those of the response, likewise."""
    diagnostics: bool = False
    """Whether to look at the residuals of very many rows, too."""
    by: tuple[str, ...] = ()
    """Columns that say to which group a row belongs."""
    share: tuple[str, ...] = ()
    """Parameters that all groups have in common."""
    likelihood: str = GAUSS
    """A distribution of `likelihood.families`, perhaps with settings."""
    trials: str | None = None
    """Of a binomial response: a number, a column or an expression of columns, as sigma and weights."""
    where: tuple[str, ...] = ()
    """Constraints of the parameters, as "a + c = 1" or "a < b"."""
    tie: tuple[str, ...] = ()
    """Parameters that follow from others, as "b = 2*a"."""
    prior: tuple[str, ...] = ()
    """What is known of parameters before, as "a = 1.2±0.1"."""
    intervals: str = "symmetric"
    """One of INTERVALS."""
    resamples: int = 1000
    seed: int = 0
    contours: bool = False
    """Whether to look for joint regions of pairs of parameters, with profile intervals."""
    covariance: Errors | None = None
    """Of the response's errors, where they correlate between rows."""

    @property
    def known_errors(self) -> bool:
        """Whether sigmas or covariances of the response are taken at their word."""
        return self.absolute and (self.sigma is not None or self.covariance is not None)


def check(request: Request) -> None:
    """Raises UsageError for what makes no sense."""
    if request.method not in METHODS:
        raise UsageError(f"there is no method {request.method!r}", hint=f"choose {' or '.join(METHODS)}")
    if request.robust is not None and request.robust not in LOSSES:
        raise UsageError(f"there is no robust loss {request.robust!r}", hint=f"choose one of {', '.join(LOSSES)}")
    if request.sigma is not None and request.weights is not None:
        raise UsageError("sigmas and weights say the same in two ways", hint="a weight is 1/sigma^2: give one of them")
    check_covariance(request)
    check_together(request)
    check_likelihood(request)
    check_intervals(request)
    if request.absolute and not request.known_errors:
        raise UsageError("there are no sigmas to be taken as absolute", hint="give --sigma COLUMN")
    if request.absolute and request.robust is not None:
        raise UsageError("a robust loss estimates the scale of the residuals: sigmas are relative with it")
    if request.scale is not None and request.robust is None:
        raise UsageError("a scale is that of a robust loss", hint="add --robust huber")
    if request.scale is not None and not 0 < request.scale < inf:
        raise UsageError(f"the scale is a number above 0, not {request.scale:g}")
    if request.sigma_x and request.sigma is None and request.weights is None:
        what = "errors in x are weighed against those of the response, which have no size"
        raise UsageError(what, hint="give --sigma or --weights, too: --sigma COLUMN")
    if loose := [name for name in request.sigma_xy if name not in request.sigma_x]:
        raise UsageError(f"{loose[0]} has a correlation and no error", hint=f"give --sigma-x {loose[0]}=COLUMN, too")
    if not 0 < request.confidence < 1:
        raise UsageError(f"the confidence is between 0 and 1, not {request.confidence:g}", hint="for example 0.95")
    if not 0 <= request.tolerance < 1:
        raise UsageError(f"the tolerance is from 0 to below 1, not {request.tolerance:g}")
    if request.share and not request.by:
        raise UsageError(
            "--share names parameters that groups have in common", hint="say what makes the groups: --by COLUMN"
        )
    if request.max_iterations < 1:
        raise UsageError(f"iterations are counted from 1 on, not {request.max_iterations}")
    for name, (low, high) in request.bound.items():
        if not low <= high:
            raise UsageError(f"the interval of {name}, {low:g} to {high:g}, is empty")


_APART = {
    "--covariance": ("--likelihood", "--robust", "--sigma-x"),
    "--by": ("--likelihood", "--sigma-x", "--intervals"),
    "--intervals": ("--sigma-x", "--where", "--prior", "--tie"),
    "--likelihood": ("--sigma-x", "--where", "--prior"),
    "--robust": ("--sigma-x", "--where", "--prior"),
    "--sigma-x": ("--where", "--prior"),
}
"""Options, each with those that it cannot have beside it."""


def check_together(request: Request) -> None:
    """Raises UsageError for two options that cannot be had together."""
    given = {f"--{field.replace('_', '-')}": value for field, value in request._asdict().items()}
    given["--covariance"] = request.covariance is not None
    given |= {"--likelihood": chosen(request.likelihood), "--intervals": request.intervals != "symmetric"}
    for option, others in _APART.items():
        for other in others:
            if given[option] and given[other]:
                raise UsageError(f"these do not go together: {option}, {other}", hint="leave one of them out")


def check_covariance(request: Request) -> None:
    """Raises UsageError for what cannot stand beside a covariance matrix of the response's errors."""
    if request.covariance is None:
        return
    for option, given in (("--sigma", request.sigma), ("--weights", request.weights)):
        if given is not None:
            what = f"--covariance and {option} both say the errors of the response"
            raise UsageError(what, hint=f"take --covariance, whose diagonal has the variances, and leave out {option}")
    if request.by:
        what = "--covariance is one matrix, and each of the groups would need its own"
        raise UsageError(what, hint="fit the groups one by one, each with its matrix; or give --sigma")
    if request.intervals == "bootstrap":
        what = "a bootstrap draws rows one by one, and those of --covariance belong together"
        raise UsageError(what, hint="take --intervals profile")


def check_likelihood(request: Request) -> None:
    """Raises UsageError for a likelihood that there is not, and for options that do not go with it."""
    choice = chosen(request.likelihood)
    if request.trials is not None and (choice is None or choice.family.name != "binomial"):
        raise UsageError("trials are those of a binomial response", hint="add --likelihood binomial")
    if choice is None:
        return
    name = choice.family.name
    if name == "binomial" and request.trials is None:
        what = "binomial counts successes, and it is not said of how many trials"
        raise UsageError(what, hint="add --trials N, or for 0 and 1 write --likelihood bernoulli")
    if request.robust is not None:
        hint = "leave out one of them; student and laplace are likelihoods that outliers hardly move"
        raise UsageError("a robust loss and a likelihood say the same in two ways", hint=hint)
    if request.method != "lm":
        raise UsageError(f"the method {request.method} is one of least squares", hint="leave it out with --likelihood")
    if request.sigma is not None and choice.family.counts:
        what = f"the spread of {name} counts follows from their mean: sigmas make no sense"
        raise UsageError(what, hint="leave out --sigma, or --likelihood")


def check_intervals(request: Request) -> None:
    """Raises UsageError for intervals that there are not."""
    if request.intervals not in INTERVALS:
        raise UsageError(f"there are no intervals {request.intervals!r}", hint=f"choose one of {', '.join(INTERVALS)}")
    if request.contours and request.intervals != "profile":
        what = "contours are drawn where the fit gets worse, as profile intervals end"
        raise UsageError(what, hint="take --intervals profile")
    choice = chosen(request.likelihood)
    if request.intervals == "profile" and choice is not None and choice.free_degrees:
        what = "profile intervals take the degrees of freedom as known"
        raise UsageError(what, hint="give them, such as --likelihood student,dof=4; or take --intervals bootstrap")
    if request.intervals == "profile" and (request.robust is not None or (choice and not choice.family.smooth)):
        what = f"{request.robust or request.likelihood} has no profile intervals"
        raise UsageError(what, hint="take --intervals bootstrap")
    if request.resamples < 2:
        raise UsageError(f"resamples are counted from 2 on, not {request.resamples}")
