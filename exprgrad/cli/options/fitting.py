"""The options of `fit` as data: how each is declared, and which field of the request it gives."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from exprgrad.cli.line.bindings import number, number_or_zero, optional_number
from exprgrad.cli.options.compute import BOUND, CONFIDENCE, FIX, TOLERANCE
from exprgrad.cli.options.option import COMPUTE, OUTPUT, Whole, row, take
from exprgrad.errors import UsageError

if TYPE_CHECKING:
    from exprgrad.jobs.fit.request import Request


def _errors(settings: tuple[str, ...], flag: str) -> dict[str, str | float]:
    """Texts such as `x=0.1` and `x=sx`: by name a number, or an expression of columns."""
    from exprgrad.graph.lower import constant
    from exprgrad.syntax import parse

    found: dict[str, str | float] = {}
    for setting in settings:
        name, equals, text = (part.strip() for part in setting.partition("="))
        if not (equals and text and name.isidentifier()):
            raise UsageError(
                f"{flag} takes NAME=COLUMN or NAME=NUMBER, not {setting!r}", hint=f"for example {flag} x=sx"
            )
        if name in found:
            raise UsageError(f"{flag} gives {name} twice")
        number = constant(parse(text, flag))
        found[name] = text if number is None else number
    return found


def _level(text: str | None, flag: str) -> float:
    return 0.95 if text is None else number(text, flag)


_ROWS = (
    BOUND,
    FIX,
    row("--sigma", heading=COMPUTE, metavar="COLUMN", help="Standard deviations of the response."),
    row(
        "--sigma-x",
        read=_errors,
        heading=COMPUTE,
        multiple=True,
        metavar="NAME=COLUMN",
        help="Standard deviations of a column of the model: a column, a number or an expression.",
    ),
    row(
        "--sigma-xy",
        read=_errors,
        heading=COMPUTE,
        multiple=True,
        metavar="NAME=COLUMN",
        help="Correlations of these errors with those of the response, likewise.",
    ),
    row(
        "--absolute",
        heading=COMPUTE,
        is_flag=True,
        help="Take sigmas as the errors themselves, not as known up to a factor.",
    ),
    row("--weights", heading=COMPUTE, metavar="COLUMN", help="What the squares of the residuals are multiplied with."),
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
        "--method",
        heading=COMPUTE,
        type=click.Choice(["lm", "varpro"]),
        default="lm",
        help="Levenberg-Marquardt on all parameters, or on those that do not enter linearly.",
    ),
    row("--max-iterations", heading=COMPUTE, type=Whole(1), default=1000, help="Steps to make."),
    TOLERANCE.otherwise("what rounding allows")._replace(read=number_or_zero),
    row(
        "--diagnostics",
        heading=OUTPUT,
        is_flag=True,
        help="Show whether the residuals look like noise: runs, Durbin-Watson, normality, condition number.",
    ),
    CONFIDENCE.otherwise("0.95")._replace(read=_level),
)
_CORRELATION = row("--correlation", heading=OUTPUT, is_flag=True, help="Show the correlations of the parameters.")

_EXPLAIN = row("--explain", heading=OUTPUT, is_flag=True, help="Say on stderr how the fit was found.")

fit_options = take(*_ROWS, _CORRELATION, _EXPLAIN)
"""All of them; `request_of` takes their values. Others say what is shown, and go to the command."""


request_options = take(*_ROWS)
"""Those that say how rows are fitted."""


def request_of(options: dict[str, Any]) -> Request:
    """What the command line asks for, taken out of a command's options."""
    from exprgrad.jobs.fit.request import Request

    return Request(**{each.field: each.take(options) for each in _ROWS})
