"""`exprgrad predict`: a saved fit at new rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import click

from exprgrad.arguments import separate
from exprgrad.cli.line.bindings import Binding, optional_number
from exprgrad.cli.line.columns import chosen_columns
from exprgrad.cli.line.command import VALUES, ExpressionCommand, expression_command
from exprgrad.cli.line.look import Line
from exprgrad.cli.options.compute import CONFIDENCE
from exprgrad.cli.options.data import NEEDED, data_options, open_table, taken
from exprgrad.cli.options.fit.after import predict
from exprgrad.cli.options.option import take
from exprgrad.cli.options.results import file_and_format
from exprgrad.cli.options.tables import FORMATS_OF_ROWS
from exprgrad.errors import ExitCode, UsageError, check_installed
from exprgrad.expression import Expression

_SAVED = "exprgrad.saved"


class PredictCommand(ExpressionCommand):
    """Takes the file of a fit, whose formula is the expression."""

    values = VALUES

    def missing(self, ctx: click.Context, unknown: Iterable[str]) -> str:
        raise UsageError("there is no fit", hint=f"give the file of one: {ctx.command_path} fit.json --x 0:10:0.1")

    def check_arguments(self, line: Line, names: Sequence[str] = ()) -> None:
        """What stands beside the fit is told as Click tells it."""

    def parse(self, text: str, name: str) -> Expression:
        check_installed("predict", "data", *NEEDED)
        from exprgrad.cli.line.saved import load

        saved = load(text, name)
        click.get_current_context().meta[_SAVED] = saved
        return Expression._of(saved.curve)

    def bindable(self, ctx: click.Context, expression: Expression) -> list[str]:
        from exprgrad.jobs.fit.after.predict import beside, needed

        saved = ctx.meta[_SAVED]
        return [*needed(saved), *beside(saved)]


@expression_command("predict", cls=PredictCommand, shown=False)
@take(CONFIDENCE.otherwise("that of the fit"))
@file_and_format(FORMATS_OF_ROWS, "by the suffix of FILE, else csv")
@data_options
def command(
    expression: Expression,
    values: dict[str, Binding],
    *,
    output: str,
    format: str | None,  # noqa: A002
    confidence: str | None,
    quiet: bool,
    **options: Any,
) -> int:
    """Give the curve of a saved fit at new rows, with its limits and those of new responses.

    \b
    exprgrad fit "y ~ a*x + b" --data d.csv --json > fit.json
    exprgrad predict fit.json --x 0:10:0.1
    exprgrad predict fit.json --data new.csv -o band.parquet --confidence 0.9

    The columns that it adds: fit, its std_error, low and high (where the curve lies), predicted_low and
    predicted_high (where a new response lies).
    """
    saved = click.get_current_context().meta[_SAVED]
    data = taken(options)
    level = optional_number(confidence, "--confidence")
    numbers, lists = separate(values)
    if lists and data.files:
        raise UsageError(f"{next(iter(lists))} is a list", hint="give the columns in the data, or all of them as lists")
    if data.files:
        table = open_table(data)
    else:
        from exprgrad.data.frames.given import table_of

        if not lists:
            single = next(iter(numbers), None)
            if single is None:
                raise UsageError("there are no rows to predict", hint="give --data FILE, or a range: --x 0:10:0.1")
            lists = {single: [numbers.pop(single)]}
        table = table_of(lists, grid=False)
    chosen = chosen_columns(data.columns)
    predict(saved, table, numbers, chosen, data.engine, output, format, level)
    return ExitCode.DONE


for _argument in command.params:
    if isinstance(_argument, click.Argument):
        _argument.metavar = "FIT.json"
