"""`exprgrad eval`: the value and the derivatives of an expression."""

from __future__ import annotations

from typing import Any

import click

from exprgrad.binding import bind
from exprgrad.cli.line import proofs
from exprgrad.cli.line.bindings import Binding, assignments, names_of
from exprgrad.cli.line.columns import bind_columns
from exprgrad.cli.line.command import expression_command
from exprgrad.cli.options import cluster
from exprgrad.cli.options.data import data_options, open_table, rows_read, taken
from exprgrad.cli.output import check_one_number, complain, digits_option, emit, note, number_options, one_number, show
from exprgrad.errors import ExitCode, UsageError
from exprgrad.expression import Expression
from exprgrad.jobs.evaluate.certified.result import undecided
from exprgrad.jobs.evaluate.request import Request
from exprgrad.jobs.evaluate.run import evaluate


@expression_command("eval")
@digits_option
@click.option("--all", "all_nodes", is_flag=True, help="Show a row for every intermediate node.")
@number_options
@click.option("--order", type=click.IntRange(min=1), default=1, help="Show derivatives up to this order.")
@click.option("--hessian", is_flag=True, help="Show the second derivatives with respect to each pair of variables.")
@click.option("--jvp", metavar="NAME=RATE,…", help="Show the derivative along a direction, such as x=1,y=2.")
@click.option("--wrt", metavar="NAMES", help="Show the derivatives with respect to these columns, too, as x,y.")
@data_options
@cluster.cluster_options
@proofs.proof_options
@click.option("--strict", is_flag=True, help="Fail (exit 1) on nan and infinities, and tell of kinks.")
def command(
    expression: Expression,
    values: dict[str, Binding],
    *,
    output: str | None,
    digits: int | None,
    all_nodes: bool,
    value_only: bool,
    gradient_of: str | None,
    order: int,
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

    Every variable of the expression is an option: --NAME VALUE. A value is a number (3, -2e-3, pi/2),
    a list (1,2,3) or a range (0:6:0.5): these two are columns, one number a row.
    """
    alone = check_one_number(value_only, gradient_of, output)
    data, workers, proof = taken(options), cluster.taken(options), proofs.taken(options)
    if (proof.certify or proof.precision) and all_nodes:
        what = "numbers are proved of the result and of what has a name"
        raise UsageError(what, hint="leave out --all; name values as in u = a*b")
    source = bind_columns(expression, open_table(data), data.columns, values) if data.files else None
    direction = _direction(expression, jvp) if jvp is not None else {}
    shown = names_of(wrt, "--wrt")
    for name in shown:
        if name not in expression.variables and name not in expression.model.intermediates:
            raise expression.lowered.unknown(name)
    if gradient_of in expression.model.constants and gradient_of not in values:
        raise expression.lowered.unknown(gradient_of)
    shown += [gradient_of] if gradient_of is not None else []
    if (proof.certify or proof.precision) and workers.address is not None:
        raise UsageError("numbers are proved here, row by row", hint="leave out --cluster")
    exact = proofs.expressions(values) if proof.exact else None
    proving = (proof.certify, proof.precision, exact)
    request = Request(all_nodes, strict, order, hessian, direction, alone or strict, shown, *proving)
    model, inputs = bind(expression.lowered, values, source)
    with rows_read(source, quiet=quiet), cluster.engine_on(workers, source, data.engine, quiet=quiet) as engine:
        found = evaluate(model, inputs, request, engine)
    if strict and not found.finite:
        complain(found.notes[0] if found.notes else "the result is not finite")
        return ExitCode.NUMBERS
    if alone and request.proves and (reason := undecided(found.certified, gradient_of)):
        complain(reason)
        return ExitCode.NUMBERS
    if alone:
        *rows, result = found.rows
        slopes = {**found.gradient, **{row.name: row.gradient for row in rows}}
        emit(one_number(result.value, slopes, gradient_of, digits))
    else:
        show(found, output, digits)
    for message in found.notes:
        note(message)
    return ExitCode.DONE if found.proved else ExitCode.NUMBERS


def _direction(expression: Expression, jvp: str) -> dict[str, float]:
    """The rates in `x=1,y=2`; variables not named stand still."""
    rates = {}
    for name, rate in assignments(jvp.split(","), "--jvp").items():
        if name not in expression.variables:
            raise expression.lowered.unknown(name)
        if not isinstance(rate, float):
            raise UsageError(f"the rate of {name} is one number, not a column")
        rates[name] = rate
    return rates
