"""`exprgrad eval`: the value and the derivatives of an expression."""

from __future__ import annotations

from itertools import chain
from math import isfinite

import click

from exprgrad.api import Expression
from exprgrad.autodiff.derivative import MAX_ORDER
from exprgrad.cli.bindings import assignments
from exprgrad.cli.command import expression_command
from exprgrad.cli.output import check_one_number, complain, emit, note, number_options, one_number, show
from exprgrad.errors import ExitCode
from exprgrad.evaluation import Request
from exprgrad.results import Evaluation


@expression_command("eval")
@click.option("--all", "all_nodes", is_flag=True, help="Show a row for every intermediate node.")
@number_options
@click.option("--order", type=click.IntRange(1, MAX_ORDER), default=1, help="Show derivatives up to this order.")
@click.option("--hessian", is_flag=True, help="Show the second derivatives by each pair of variables.")
@click.option("--jvp", metavar="NAME=RATE,…", help="Show the derivative along a direction, such as x=1,y=2.")
@click.option("--strict", is_flag=True, help="Fail (exit 1) on nan and infinities, and tell of kinks.")
def command(
    expression: Expression,
    values: dict[str, float],
    *,
    output: str | None,
    all_nodes: bool,
    value_only: bool,
    gradient_of: str | None,
    order: int,
    hessian: bool,
    jvp: str | None,
    strict: bool,
    quiet: bool,
) -> int:
    """Value and derivatives of an expression.

    \b
    exprgrad eval "a*b+c" --a 3 --b 2 --c 5
    exprgrad eval "a*b+c" --a 3                 b and c stay symbols
    exprgrad eval "u=a*b; v=u+c; L=v*d" --a 3 --b 2 --c 5 --d 5
    y=$(exprgrad eval "sin(x)^2" --x pi/3 --value)
    exprgrad eval "x^3*y" --x 2 --y 5 --hessian
    echo "tanh(x)" | exprgrad eval --x 0.5 --json

    Every variable of the expression is an option: --NAME VALUE.
    """
    alone = check_one_number(value_only, gradient_of, output)
    if alone or strict:
        expression.complete(values)
    direction = _direction(expression, jvp) if jvp is not None else {}
    record = expression.report(values, Request(all_nodes, strict, order, hessian, direction))
    if strict and not _finite(record):
        complain(record.notes[0] if record.notes else "the result is not finite")
        return ExitCode.NUMBERS
    if alone:
        *rows, result = record.rows
        emit(one_number(result.value, {row.name: row.gradient for row in rows}, gradient_of))
    else:
        show(record, output)
    for message in record.notes:
        note(message)
    return ExitCode.DONE


def _direction(expression: Expression, jvp: str) -> dict[str, float]:
    """The rates in `x=1,y=2`; variables not named stand still."""
    rates = assignments(jvp.split(","), "--jvp")
    for name in rates:
        if name not in expression.variables:
            raise expression.unknown(name)
    return rates


def _finite(record: Evaluation) -> bool:
    second = [value for row in record.hessian.values() for value in row.values()]
    values = [record.rows[-1].value, *record.gradient.values(), *second, *chain(*record.higher.values())]
    return all(isfinite(value) for value in values if isinstance(value, float))
