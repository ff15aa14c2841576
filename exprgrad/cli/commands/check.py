"""`exprgrad check`: is the gradient right?"""

from __future__ import annotations

from typing import Any, NamedTuple

from exprgrad.binding import bind, no_variable
from exprgrad.cli.line.bindings import Binding, names_of
from exprgrad.cli.line.columns import bind_columns
from exprgrad.cli.line.command import VALUES, ExpressionCommand, expression_command
from exprgrad.cli.options.compute import ORDER, WRT
from exprgrad.cli.options.data import DataOptions, data_options, open_table, taken
from exprgrad.cli.options.option import COMPUTE, row, take
from exprgrad.cli.options.results import Output
from exprgrad.cli.output import note
from exprgrad.columns.rows import RowSource
from exprgrad.errors import ExitCode, UsageError
from exprgrad.expression import Expression, parse
from exprgrad.jobs.check.result import Check


class CheckCommand(ExpressionCommand):
    """Checks over columns, too."""

    values = VALUES


@expression_command("check", cls=CheckCommand)
@take(
    WRT.otherwise("all variables"),
    ORDER.otherwise("1"),
    row(
        "--against",
        heading=COMPUTE,
        metavar="DERIVATIVE",
        help="Compare this derivative of your own, as 2*x*sin(y).",
    ),
)
@data_options
def command(
    expression: Expression,
    values: dict[str, Binding],
    *,
    output: Output,
    wrt: str | None,
    order: int | None,
    against: str | None,
    quiet: bool,
    **options: Any,
) -> int:
    """Compare value and gradient with an independent computation at high precision.

    \b
    exprgrad check "tanh(x)*y" --x 20 --y 3
    exprgrad check "exp(-x^2)" --x 2 --order 3
    exprgrad check -f model.expr --json
    exprgrad check "x^2*sin(x)" --against "2*x*sin(x) + x^2*cos(x)"
    exprgrad check "mean((w*x-y)^2)" --w 1.5 --data points.csv

    The reference comes from differences of the textbook formulas, with hundreds of digits; where
    python-flint is installed, it is proved by ball arithmetic. Errors are in units in the last place.
    Fails (exit 1) where a number differs by more than rounding explains, has lost all but 7 digits to
    rounding (ill-conditioned), is undefined, or is undecided: its reference would take more than about
    10 seconds or 16,000 bits.
    Over columns the worst row is shown. With --against, variables may be left without a value: then the two are
    compared at points that are drawn.
    Needs the extra: pip install "exprgrad[check]".
    """
    data, wanted = taken(options), Wanted(names_of(wrt, "--wrt"), order or 1)
    if against is not None:
        found = _against(expression, against, wanted, values, data)
    else:
        found = _check(expression, wanted, values, data)
    output.show(found)
    for message in found.notes:
        note(message)
    return ExitCode.DONE if found.passed else ExitCode.NUMBERS


class Wanted(NamedTuple):
    """The derivatives that are checked: with respect to these, of an order."""

    names: list[str]
    order: int


def _check(expression: Expression, wanted: Wanted, values: dict[str, Binding], data: DataOptions) -> Check:
    """The check of the expression's own derivatives."""
    from exprgrad.jobs.check.check import check
    from exprgrad.jobs.check.columns import check_columns

    model, inputs = bind(expression.lowered, values, _rows(expression, values, data))
    inputs.check_complete(model)
    expression.lowered.check_variables(model, wanted.names)
    if inputs.rows is not None and inputs.columns:  # of a table no column may be used
        return check_columns(model, inputs, data.engine, *wanted)
    return check(model, inputs.numbers, *wanted)


def _against(expression: Expression, own: str, wanted: Wanted, values: dict[str, Binding], data: DataOptions) -> Check:
    """The check of a derivative that the user has written."""
    from exprgrad.jobs.check.own import check_own

    derivative = parse(own, "--against")
    for name in derivative.variables:
        if name not in expression.variables and name not in values:
            raise no_variable(f"--against: the expression has no variable {name}", name, expression.variables)
    source = _rows(expression, values, data)
    variable = _variable(expression, wanted.names, values)
    numbers = {name: value for name, value in values.items() if _uses(expression, name)}
    model, inputs = bind(expression.lowered, numbers, source)
    others = {name: value for name, value in values.items() if _uses(derivative, name)}
    other, beside = bind(derivative.lowered, others)
    both = inputs._replace(numbers={**beside.numbers, **inputs.numbers})
    found = check_own(model, other, both, variable, wanted.order)
    if not found.passed and variable in expression.variables:
        formula = expression.derivative(variable, wanted.order)
        return found._replace(notes=(*found.notes, f"the derivative with respect to {variable} is {formula.text}"))
    return found


def _variable(expression: Expression, names: list[str], values: dict[str, Binding]) -> str:
    """The variable of the derivative: the one that --wrt names, or the only one that it can be."""
    free = [name for name in expression.variables if name not in values]
    meant = names or (free if len(free) == 1 else list(expression.variables))
    if len(meant) != 1:
        listed = ", ".join(expression.variables)
        hint = f"give one of {listed}, as --wrt {expression.variables[0]}" if listed else ""
        raise UsageError("--against is the derivative with respect to one variable", hint=hint)
    expression.lowered.check_variables(expression.model, meant)
    return meant[0]


def _uses(expression: Expression, name: str) -> bool:
    return name in expression.variables or name in expression.model.constants or name in expression.model.defaults


def _rows(expression: Expression, values: dict[str, Binding], data: DataOptions) -> RowSource | None:
    """The columns that the expression names, in memory; None where there are no files."""
    if not data.files:
        return None
    from exprgrad.data.between.resident import in_memory

    source = bind_columns(expression, open_table(data), data.columns, values, free=True)
    return in_memory(source, list(source.names))
