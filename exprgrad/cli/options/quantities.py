"""The options of `fit` that say a quantity of each row: a number, a column, or an expression of columns."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from exprgrad.cli.options.option import COMPUTE, row
from exprgrad.errors import ExpressionError, UsageError
from exprgrad.expression import Expression

if TYPE_CHECKING:
    from exprgrad.data.aliases import Names
    from exprgrad.jobs.fit.request import Request

_METAVAR = "COLUMN"
SIGMA = row(
    "--sigma",
    heading=COMPUTE,
    metavar=_METAVAR,
    help="Standard deviations of the response: a column, a number, or an expression of columns, as sqrt(counts).",
)
WEIGHTS = row(
    "--weights",
    heading=COMPUTE,
    metavar=_METAVAR,
    help="What the squares of the residuals are multiplied with, likewise.",
)
TRIALS = row(
    "--trials",
    heading=COMPUTE,
    metavar=_METAVAR,
    help="Of how many trials each response counts the successes, for --likelihood binomial, likewise.",
)


def quantities_on(args: Sequence[str]) -> list[str]:
    """The names of columns in the texts that the options have on a line that is not parsed yet."""
    flags = [each.flags[-1] for each in (SIGMA, WEIGHTS, TRIALS)]
    texts = [
        value.removeprefix(f"{flag}=") if value.startswith(f"{flag}=") else following
        for value, following in zip(args, [*args[1:], ""], strict=True)
        for flag in flags
        if value == flag or value.startswith(f"{flag}=")
    ]
    found: list[str] = []
    if texts:
        from exprgrad.jobs.fit.quantities.quantity import names_in

        for text in texts:
            with suppress(ExpressionError):  # a header, or a mistake, which is told once the data are known
                found += names_in(text)
    return found


def columns_beside(request: Request, names: Names) -> list[str]:
    """The columns of the data that the options need. Raises ExpressionError, with the place, for a text that is neither
    a header nor an expression, UsageError for a name that is no column."""
    from exprgrad.jobs.fit.quantities.quantity import OPTIONS, names_in

    found = []
    for option in OPTIONS:
        text = getattr(request, option)
        if text is None:
            continue
        if names.find(text) is not None:
            found.append(text)
            continue
        try:
            needed = names_in(text)
        except ExpressionError as error:
            error.hint = error.hint or f"--{option} takes a number, a column, or an expression of columns"
            raise
        for name in needed:
            if names.find(name) is None:
                near = names.near(name)
                hint = f"did you mean {names.shown(near)}?" if near else f"the columns are {names.listed()}"
                raise UsageError(f"--{option} needs a column {name}, and there is none", hint=hint)
        found += needed
    return found


def refuse_clash(expression: Expression, request: Request, bound: Collection[str]) -> None:
    """Raise UsageError where a number is given to --sigma and the formula has a parameter of this name without a start:
    that may have been meant."""
    from exprgrad.jobs.fit.quantities.quantity import check_clash

    try:
        check_clash(request, expression.variables, bound)
    except UsageError as error:
        error.hint = f"for a start write -s sigma={request.sigma}; for both --sigma {request.sigma} -s sigma=START"
        raise
