"""The options of `fit` as data: how each is declared, and which field of the request it gives."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from exprgrad.cli.line.bindings import names_of, number, number_or_zero, optional_number
from exprgrad.cli.options.compute import BOUND, CONFIDENCE, FIX, SEED, TOLERANCE, methods
from exprgrad.cli.options.fit.quantities import COVARIANCE, SIGMA, SIGMA_X, SIGMA_XY, TRIALS, WEIGHTS
from exprgrad.cli.options.option import COMPUTE, OUTPUT, Whole, row, take
from exprgrad.cli.options.results import EXPLAIN

if TYPE_CHECKING:
    from exprgrad.jobs.fit.request import Request


def _names(texts: str | tuple[str, ...] | None, flag: str) -> tuple[str, ...]:
    each = (texts,) if isinstance(texts, str) else texts or ()
    return tuple(dict.fromkeys(name for text in each for name in names_of(text, flag)))


def _level(text: str | None, flag: str) -> float:
    return 0.95 if text is None else number(text, flag)


_ROWS = (
    BOUND,
    FIX,
    SIGMA,
    SIGMA_X,
    SIGMA_XY,
    COVARIANCE,
    row(
        "--absolute",
        heading=COMPUTE,
        is_flag=True,
        help="Take sigmas as the errors themselves, not as known up to a factor.",
    ),
    WEIGHTS,
    row(
        "--robust",
        heading=COMPUTE,
        type=click.Choice(["huber", "cauchy", "soft_l1"]),
        help="A loss that outliers hardly move.",
    ),
    row(
        "--scale",
        read=optional_number,
        heading=COMPUTE,
        metavar="NUMBER",
        otherwise="by MAD",
        help="Standard deviation of good residuals, for --robust.",
    ),
    row(
        "--likelihood",
        heading=COMPUTE,
        metavar="NAME",
        default="gauss",
        help="The distribution of the response: gauss, poisson, binomial, bernoulli, student or laplace; with the "
        "degrees of freedom student,dof=4, or student,dof=fit where they are to be fitted, too.",
    ),
    TRIALS,
    methods("lm", "varpro"),
    row("--max-iterations", heading=COMPUTE, type=Whole(1), default=1000, help="Steps to make."),
    TOLERANCE.otherwise("what rounding allows")._replace(read=number_or_zero),
    row(
        "--diagnostics",
        heading=OUTPUT,
        is_flag=True,
        help="Show whether the residuals look like noise: runs, Durbin-Watson, normality, condition number.",
    ),
    CONFIDENCE.otherwise("0.95")._replace(read=_level),
    row(
        "--intervals",
        heading=COMPUTE,
        type=click.Choice(["symmetric", "profile", "bootstrap"]),
        default="symmetric",
        help="By the standard errors; up to where the fit gets worse; by fits to rows drawn anew.",
    ),
    row("--resamples", heading=COMPUTE, type=Whole(2), default=1000, help="How often to draw rows anew."),
    SEED,
    row(
        "--by",
        read=_names,
        heading=COMPUTE,
        metavar="COLUMNS",
        help="Fit each group of rows for itself: those with the same value in these columns, as run,site.",
    ),
    row(
        "--share",
        read=_names,
        heading=COMPUTE,
        multiple=True,
        metavar="NAMES",
        help="Parameters that the groups of --by have in common.",
    ),
    row(
        "--where",
        heading=COMPUTE,
        multiple=True,
        metavar="CONSTRAINT",
        help="Hold the parameters to an equation or an inequality, as 'a + c = 1' or 'a < b'.",
    ),
    row(
        "--tie",
        heading=COMPUTE,
        multiple=True,
        metavar="NAME=EXPRESSION",
        help="Let a parameter follow from others, as b=2*a.",
    ),
    row(
        "--prior",
        heading=COMPUTE,
        multiple=True,
        metavar="NAME=MEAN±ERROR",
        help="What is known of a parameter before, as a=1.2±0.1 or a=1.2+-0.1.",
    ),
)
_CORRELATION = row("--correlation", heading=OUTPUT, is_flag=True, help="Show the correlations of the parameters.")

fit_options = take(*_ROWS, _CORRELATION, EXPLAIN)
"""All of them; `request_of` takes their values. Others say what is shown, and go to the command."""


request_options = take(*_ROWS)
"""Those that say how rows are fitted."""


def request_of(options: dict[str, Any]) -> Request:
    """What the command line asks for, taken out of a command's options."""
    from exprgrad.jobs.fit.request import Request

    return Request(**{each.field: each.take(options) for each in _ROWS})
