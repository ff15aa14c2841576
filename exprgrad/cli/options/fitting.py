"""The options of `fit` as data: how each is declared, and which field of the request it gives."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from exprgrad.cli.line.bindings import number, number_or_zero, optional_number
from exprgrad.cli.options.compute import BOUND, FIX, SEED, TOLERANCE
from exprgrad.cli.options.option import COMPUTE, OUTPUT, Whole, row, take
from exprgrad.cli.options.quantities import SIGMA, TRIALS, WEIGHTS

if TYPE_CHECKING:
    from exprgrad.jobs.fit.request import Request


_ROWS = (
    BOUND,
    FIX,
    SIGMA,
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
        "degrees of freedom student,dof=4.",
    ),
    TRIALS,
    row(
        "--method",
        heading=COMPUTE,
        type=click.Choice(["lm", "varpro"]),
        default="lm",
        help="Levenberg-Marquardt on all parameters, or on those that do not enter linearly.",
    ),
    row("--max-iterations", heading=COMPUTE, type=Whole(1), default=1000, help="Steps to make."),
    TOLERANCE.otherwise("what rounding allows")._replace(read=number_or_zero),
    row("--confidence", read=number, heading=COMPUTE, metavar="NUMBER", default="0.95", help="Of the intervals."),
    row(
        "--intervals",
        heading=COMPUTE,
        type=click.Choice(["symmetric", "profile", "bootstrap"]),
        default="symmetric",
        help="By the standard errors; up to where the fit gets worse; by fits to rows drawn anew.",
    ),
    row("--resamples", heading=COMPUTE, type=Whole(2), default=1000, help="How often to draw rows anew."),
    SEED,
)
_CORRELATION = row("--correlation", heading=OUTPUT, is_flag=True, help="Show the correlations of the parameters.")

fit_options = take(*_ROWS, _CORRELATION)
"""All of them; `request_of` takes their values. --correlation says what is shown, and goes to the command."""


def request_of(options: dict[str, Any]) -> Request:
    """What the command line asks for, taken out of a command's options."""
    from exprgrad.jobs.fit.request import Request

    return Request(**{each.field: each.take(options) for each in _ROWS})
