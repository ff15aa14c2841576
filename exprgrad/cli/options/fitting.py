"""The options of `fit` as data: how each is declared, and which field of the request it gives."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from exprgrad.cli.line.bindings import number, optional_number
from exprgrad.cli.options.rows import BOUND, FIX, declare, row

if TYPE_CHECKING:
    from exprgrad.jobs.fit.request import Request

C = TypeVar("C", bound=Callable[..., Any])

_ROWS = (
    BOUND,
    FIX,
    row("--sigma", metavar="COLUMN", help="Standard deviations of the response."),
    row(
        "--sigma-is",
        "absolute",
        lambda value, flag: value == "absolute",
        type=click.Choice(["relative", "absolute"]),
        default="relative",
        show_default=True,
        help="Whether sigmas are known up to a factor, or are the errors themselves.",
    ),
    row("--weights", metavar="COLUMN", help="What the squares of the residuals are multiplied with."),
    row("--robust", type=click.Choice(["huber", "cauchy", "soft_l1"]), help="A loss that outliers hardly move."),
    row(
        "--scale",
        read=optional_number,
        metavar="NUMBER",
        help="Standard deviation of good residuals, for --robust.  [default: by MAD]",
    ),
    row(
        "--method",
        type=click.Choice(["lm", "varpro"]),
        default="lm",
        show_default=True,
        help="Levenberg-Marquardt on all parameters, or on those that do not enter linearly.",
    ),
    row(
        "--max-iterations",
        "iterations",
        type=click.IntRange(min=1),
        default=1000,
        show_default=True,
        help="Steps to make.",
    ),
    row(
        "--tolerance",
        read=number,
        default="0",
        help="Relative length of the last step.  [default: what rounding allows]",
    ),
    row("--confidence", read=number, default="0.95", show_default=True, help="Of the intervals."),
)


def fit_options(command: C) -> C:
    """All of them; `request_of` takes their values. --correlation says what is shown, and goes to the command."""
    shown = click.option("--correlation", is_flag=True, help="Show the correlations of the parameters.")
    return declare(_ROWS, shown(command))


def request_of(options: dict[str, Any]) -> Request:
    """What the command line asks for, taken out of a command's options."""
    from exprgrad.jobs.fit.request import Request

    found = {each.field: each.take(options) for each in _ROWS}
    return Request(fix=found.pop(FIX.field), **found)
