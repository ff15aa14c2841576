"""`exprgrad compare`: which of several models the rows speak for."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import click

from exprgrad.arguments import separate
from exprgrad.cli.app import SETTINGS
from exprgrad.cli.line.bindings import assignments, binding
from exprgrad.cli.line.columns import bind_columns
from exprgrad.cli.line.command import VALUES
from exprgrad.cli.line.saved import load
from exprgrad.cli.options.data import NEEDED, DataOptions, data_options, open_table, taken
from exprgrad.cli.options.fit.fitting import request_of, request_options
from exprgrad.cli.options.fit.quantities import columns_beside
from exprgrad.cli.options.input import SET, VARIABLE
from exprgrad.cli.options.option import COMPUTE, INPUT, SectionedCommand, row, take
from exprgrad.cli.options.results import QUIET, VERBOSE, Output, result_options
from exprgrad.cli.output import complain, note
from exprgrad.errors import ExitCode, ExprgradError, UsageError, check_installed
from exprgrad.expression import Expression, parse

if TYPE_CHECKING:
    from exprgrad.jobs.fit.after.saved import Saved
    from exprgrad.jobs.fit.request import Request


class CompareCommand(SectionedCommand):
    """Takes values of variables as options, as commands on one expression do."""

    def records(self, ctx: click.Context) -> Iterator[tuple[str, list[tuple[str, str]]]]:
        """The sections; the input says that variables are options."""
        for heading, records in super().records(ctx):
            more = [("--NAME VALUE", VARIABLE.format(VALUES))] if heading == INPUT else []
            yield heading, [*more, *records]

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        variables: set[str] = set()
        for arg in args:
            if "~" in arg:
                with suppress(ExprgradError):  # the command says what is wrong with it
                    variables |= set(parse(arg, formula=True).lowered.bindable)
        own, line, rest = set(self.long_options()), list[str](), iter(args)
        for arg in rest:
            name, equals, value = arg.removeprefix("--").partition("=")
            if arg.startswith("--") and name in variables and name not in own:
                line += ["-s", f"{name}={value if equals else next(rest, '')}"]
            else:
                line.append(arg)
        return super().parse_args(ctx, line)


@click.command("compare", cls=CompareCommand, context_settings=SETTINGS)
@click.argument("models", nargs=-1, metavar="FIT.json|FORMULA...")
@take(
    row(
        "--nested",
        heading=COMPUTE,
        is_flag=True,
        help="Take each model for a special case of the next larger one, where that cannot be seen.",
    )
)
@request_options
@result_options()
@take(SET, QUIET, VERBOSE)
@data_options
def command(
    models: tuple[str, ...], *, output: Output, nested: bool, settings: tuple[str, ...], quiet: bool, **options: Any
) -> int:
    """Compare models of the same rows: F tests of nested ones, AICc, BIC, weights of evidence.

    \b
    exprgrad compare fit1.json fit2.json
    exprgrad compare "y ~ a*x" "y ~ a*x + b" "y ~ a*x + b + c*x^2" --data f.csv
    exprgrad compare line.json "y ~ a*x^n" --data f.csv --n 1

    A model is a formula, which is fitted to the data, or the file of a fit, as fit --json writes it. An F test
    needs a model that is another one with parameters held at constants or equal to one another.
    """
    check_installed("compare", "data", *NEEDED)
    data, request, values = taken(options), request_of(options), assignments(settings, "-s", binding)
    formulas = {text: parse(text, formula=True) for text in models if "~" in text}
    _check_names(formulas.values(), [*values, *request.fix, *request.bound])
    fits = [_fitted(formulas[text], values, request, data) if text in formulas else load(text) for text in models]
    from exprgrad.jobs.fit.after.compare import compare
    from exprgrad.jobs.fit.result import SOUND

    result = compare(fits, said=nested)
    output.show(result)
    sound = all(each.stopped in SOUND for each in fits)
    for message in result.notes:
        (note if sound else complain)(message)
    return ExitCode.DONE if sound else ExitCode.NUMBERS


def _check_names(formulas: Any, names: list[str]) -> None:
    """Raise UsageError for a name that no formula has."""
    known = {name for formula in formulas for name in formula.lowered.bindable}
    for name in names:
        if name not in known:
            from exprgrad.text.spelling import did_you_mean

            hint = did_you_mean(name, sorted(known), f"they have {', '.join(sorted(known)) or 'none'}")
            raise UsageError(f"no formula has a variable {name}", hint=hint)


def _fitted(formula: Expression, values: dict[str, Any], request: Request, data: DataOptions) -> Saved:
    """A formula, fitted with what concerns it of what the line says."""
    from exprgrad.jobs.fit.after.saved import of_fit
    from exprgrad.jobs.fit.quantities.quantity import beside

    own = {*formula.lowered.bindable, *beside(request)}
    request = request._replace(
        fix=[name for name in request.fix if name in own],
        bound={name: ends for name, ends in request.bound.items() if name in own},
        sigma_x={name: text for name, text in request.sigma_x.items() if name in own},
    )
    mine = {name: value for name, value in values.items() if name in own}
    source = None
    if data.files:
        numbers, lists = separate(mine)
        if lists:
            raise UsageError(
                f"{next(iter(lists))} is a list, but there are columns of data", hint="put it into the data"
            )
        table = open_table(data)
        more = columns_beside(request, table.names)
        source = bind_columns(formula, table, data.columns, numbers, free=True, more=more)
    fit = formula.fit(mine, request, source, data.engine)
    for message in fit.notes:
        (note if fit.converged else complain)(f"{formula.text}: {message}")
    return of_fit(fit, formula.text)
