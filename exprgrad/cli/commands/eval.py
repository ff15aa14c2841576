"""`exprgrad eval`: the value and the derivatives of an expression."""

from __future__ import annotations

from typing import Any

from exprgrad.binding import bind
from exprgrad.cli.line import proofs
from exprgrad.cli.line.bindings import Binding, assignments, binding, names_of
from exprgrad.cli.line.columns import bind_columns
from exprgrad.cli.line.command import VALUES, ExpressionCommand, expression_command
from exprgrad.cli.options import cluster
from exprgrad.cli.options.compute import HESSIAN, ORDER, WRT
from exprgrad.cli.options.data import data_options, open_table, rows_read, taken
from exprgrad.cli.options.option import COMPUTE, OUTPUT, row, take
from exprgrad.cli.options.results import GRADIENT, VALUE, Output
from exprgrad.cli.output import check_derivative, complain, note, one_number
from exprgrad.errors import ExitCode, UsageError
from exprgrad.expression import Expression
from exprgrad.jobs.evaluate.request import Request
from exprgrad.jobs.evaluate.run import evaluate
from exprgrad.render.formats import ENV


class EvalCommand(ExpressionCommand):
    """Computes at a point or over columns."""

    values = VALUES


@expression_command("eval", ENV, cls=EvalCommand)
@take(
    WRT.otherwise("all variables that are numbers"),
    ORDER.otherwise("1"),
    HESSIAN,
    row(
        "--jvp",
        heading=COMPUTE,
        metavar="NAME=RATE,…",
        help="Give the derivative along a direction, such as x=1,y=2.",
    ),
    row("--all", field="all_nodes", heading=OUTPUT, is_flag=True, help="Show a row for every intermediate node."),
    row("--strict", heading=COMPUTE, is_flag=True, help="Fail (exit 1) on nan and infinities, and tell of kinks."),
    VALUE,
    GRADIENT,
    *proofs.ROWS,
)
@data_options
@cluster.cluster_options
def command(
    expression: Expression,
    values: dict[str, Binding],
    *,
    output: Output,
    all_nodes: bool,
    value_only: bool,
    gradient_of: str | None,
    order: int | None,
    hessian: bool,
    jvp: str | None,
    wrt: str | None,
    strict: bool,
    quiet: bool,
    **options: Any,
) -> int:
    """Value and derivatives of an expression.

    \b
    exprgrad eval "a*b+c" --a 3 --b 2 --c 5
    exprgrad eval "a*b+c" --a 3                 b and c stay symbols
    exprgrad eval "u=a*b; v=u+c; L=v*d" --a 3 --b 2 --c 5 --d 5
    y=$(exprgrad eval "sin(x)^2" --x pi/3 --value)
    exprgrad eval "x^3*y" --x 2 --y 5 --hessian
    exprgrad eval "exp(sin(x))" --x 2 --certify
    exprgrad eval "exp(sin(x))" --x 2 --precision 50
    echo "tanh(x)" | exprgrad eval --x 0.5 --json
    exprgrad eval "mean((w*x-y)^2)" --x 1,2,3 --y 2,4,6 --w 1.5
    exprgrad eval "mean((w*x-y)^2)" --data points.csv --w 1.5 --gradient w

    There is a row for each variable and each named value, the result's last: its value, and the derivative of the
    result with respect to it. Columns have a row where --wrt names them.
    """
    alone = output.check_one_number(value_only, gradient_of)
    data, workers, proof = taken(options), cluster.taken(options), proofs.taken(options)
    if proof.proves and all_nodes:
        what = "numbers are proved of the result and of what has a name"
        raise UsageError(what, hint="leave out --all; name values as in u = a*b")
    if proof.proves and workers.address is not None:
        raise UsageError("numbers are proved here, row by row", hint="leave out --cluster")
    source = bind_columns(expression, open_table(data), data.columns, values) if data.files else None
    direction = _direction(expression, jvp) if jvp is not None else {}
    model, inputs = bind(expression.lowered, values, source)
    shown = names_of(wrt, "--wrt")
    expression.lowered.check_wrt(model, shown)
    if gradient_of in expression.model.constants and gradient_of not in values:
        raise expression.lowered.unknown(gradient_of)
    if gradient_of is not None:
        check_derivative(gradient_of, shown or [*model.graph.inputs(), *model.intermediates])
        shown = [gradient_of]
    exact = proofs.expressions(values) if proof.exact else None
    proving = (proof.certify, proof.precision, exact)
    request = Request(all_nodes, strict, order or 1, hessian, direction, alone or strict, shown, *proving)
    with rows_read(source, quiet=quiet), cluster.engine_on(workers, source, data.engine, quiet=quiet) as engine:
        found = evaluate(model, inputs, request, engine)
    if strict and not found.finite:
        complain(found.notes[0] if found.notes else "the result is not finite")
        return ExitCode.NUMBERS
    if alone and request.proves:
        from exprgrad.jobs.evaluate.certified.result import undecided

        if reason := undecided(found.certified, gradient_of):
            complain(reason)
            return ExitCode.NUMBERS
    if alone:
        *rows, result = found.rows
        slopes = {**found.gradient, **{row.name: row.gradient for row in rows}}
        output.write(one_number(result.value, slopes, gradient_of, output.digits))
    else:
        output.show(found)
    for message in found.notes:
        note(message)
    return ExitCode.DONE if found.proved else ExitCode.NUMBERS


def _direction(expression: Expression, jvp: str) -> dict[str, float]:
    """The rates in `x=1,y=2`; variables not named stand still."""
    rates = {}
    for name, rate in assignments(jvp.split(","), "--jvp", binding).items():
        if name not in expression.variables:
            raise expression.lowered.unknown(name)
        if not isinstance(rate, float):
            raise UsageError(f"the rate of {name} is one number, not a column")
        rates[name] = rate
    return rates
