"""The options of `fit` that say a quantity of each row: a number, a column, or an expression of columns."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from exprgrad.cli.options.data import NEEDED
from exprgrad.cli.options.files import InputFile
from exprgrad.cli.options.option import COMPUTE, row
from exprgrad.errors import ExpressionError, UsageError, check_installed
from exprgrad.expression import Expression

if TYPE_CHECKING:
    from exprgrad.data.aliases import Names
    from exprgrad.jobs.fit.correlated.errors import Errors
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


SIGMA_X = row(
    "--sigma-x",
    read=_errors,
    heading=COMPUTE,
    multiple=True,
    metavar="NAME=COLUMN",
    help="Standard deviations of a column of the model: a column, a number or an expression.",
)
SIGMA_XY = row(
    "--sigma-xy",
    read=_errors,
    heading=COMPUTE,
    multiple=True,
    metavar="NAME=COLUMN",
    help="Correlations of these errors with those of the response, likewise.",
)


def _covariance(path: str | None, flag: str) -> Errors | None:
    if path is None:
        return None
    check_installed(flag, "data", *NEEDED)
    from exprgrad.jobs.fit.correlated.given import of_file

    return of_file(path)


COVARIANCE = row(
    "--covariance",
    read=_covariance,
    heading=COMPUTE,
    type=InputFile(),
    metavar="FILE",
    help="The covariance matrix of the response's errors, where they correlate between rows: a row and a column for "
    "each row of the data, in the place of --sigma.",
)


def texts_on(args: Sequence[str], flag: str) -> list[str]:
    """The texts that an option has on a line that is not parsed yet."""
    return [
        following if value == flag else value.removeprefix(f"{flag}=")
        for value, following in zip(args, [*args[1:], ""], strict=False)
        if value == flag or value.startswith(f"{flag}=")
    ]


def quantities_on(args: Sequence[str]) -> list[str]:
    """The names of columns in the texts that the options have on a line that is not parsed yet."""
    plain = [text for option in (SIGMA, WEIGHTS, TRIALS) for text in texts_on(args, option.flags[-1])]
    named = [text.partition("=")[2] for option in (SIGMA_X, SIGMA_XY) for text in texts_on(args, option.flags[-1])]
    texts = [*plain, *named]
    found: list[str] = []
    if texts:
        from exprgrad.jobs.fit.quantities.quantity import names_in

        for text in texts:
            with suppress(ExpressionError):  # a header, or a mistake, which is told once the data are known
                found += names_in(text)
    return found


def ties_on(args: Sequence[str]) -> list[str]:
    """The names in the ties of a line that is not parsed yet: they may be parameters that the formula does not have."""
    texts = texts_on(args, "--tie")
    if not texts:
        return []
    from exprgrad.jobs.fit.constraints.ties import new_names

    given = [arg.removeprefix("--").partition("=")[0] for arg in args]  # --k 2, --k=2, and k=2 behind -s
    return new_names(texts, (), given)


def columns_beside(request: Request, names: Names) -> list[str]:
    """The columns of the data that the options need. Raises ExpressionError, with the place, for a text that is neither
    a header nor an expression, UsageError for a name that is no column."""
    from exprgrad.jobs.fit.quantities.quantity import names_in, said

    found = []
    for option, text in said(request):
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
