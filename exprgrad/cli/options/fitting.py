"""The options of `fit`, and what they say."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from exprgrad.cli.line.bindings import intervals, names_of, number

if TYPE_CHECKING:
    from exprgrad.jobs.fit.request import Request

C = TypeVar("C", bound=Callable[..., Any])

_OPTIONS = (
    click.option("--bound", "bounds", multiple=True, metavar="NAME=LOW:HIGH", help="Hold a parameter in an interval."),
    click.option("--fix", metavar="NAMES", help="Keep these at their values: fit the others."),
    click.option("--sigma", metavar="COLUMN", help="Standard deviations of the response."),
    click.option(
        "--sigma-is",
        type=click.Choice(["relative", "absolute"]),
        default="relative",
        show_default=True,
        help="Whether sigmas are known but for a factor, or are the errors themselves.",
    ),
    click.option("--weights", metavar="COLUMN", help="What the squares of the residuals are multiplied with."),
    click.option(
        "--robust", type=click.Choice(["huber", "cauchy", "soft_l1"]), help="A loss that outliers hardly move."
    ),
    click.option(
        "--scale", metavar="NUMBER", help="Standard deviation of good residuals, for --robust.  [default: by MAD]"
    ),
    click.option(
        "--method",
        type=click.Choice(["lm", "varpro"]),
        default="lm",
        show_default=True,
        help="Levenberg-Marquardt on all parameters, or on those that do not enter linearly.",
    ),
    click.option(
        "--max-iterations", type=click.IntRange(min=1), default=1000, show_default=True, help="Steps to make."
    ),
    click.option("--tolerance", default="0", help="Relative length of the last step.  [default: what rounding allows]"),
    click.option("--confidence", default="0.95", show_default=True, help="Of the intervals."),
    click.option("--correlation", is_flag=True, help="Show the correlations of the parameters."),
)


def fit_options(command: C) -> C:
    """All of them."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def request_of(options: dict[str, Any]) -> Request:
    """What the line asks for, out of a command's options."""
    from exprgrad.jobs.fit.request import Request

    scale = options["scale"]
    return Request(
        fix=names_of(options["fix"], "--fix"),
        bounds=intervals(options["bounds"]),
        sigma=options["sigma"],
        weights=options["weights"],
        absolute=options["sigma_is"] == "absolute",
        robust=options["robust"],
        scale=None if scale is None else number(scale, "--scale"),
        method=options["method"],
        iterations=options["max_iterations"],
        tolerance=number(options["tolerance"], "--tolerance"),
        confidence=number(options["confidence"], "--confidence"),
    )
