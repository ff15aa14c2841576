"""`exprgrad diff`: derivatives as expressions."""

from __future__ import annotations

import click

from exprgrad.binding import bind_numbers
from exprgrad.cli.line.bindings import names_of
from exprgrad.cli.line.command import expression_command
from exprgrad.cli.output import emit, show, to_terminal
from exprgrad.errors import ExitCode, UsageError
from exprgrad.expression import Expression
from exprgrad.jobs.differentiate.differentiate import differentiate
from exprgrad.jobs.differentiate.result import Derivatives
from exprgrad.notation.latex import derivative


@expression_command("diff", "latex")
@click.option("--wrt", metavar="NAMES", help="With respect to which variables, as x,y; by default all unbound ones.")
@click.option(
    "--order", type=int, default=1, show_default=True, help="How often to differentiate with respect to each."
)
@click.option("--hessian", is_flag=True, help="The second derivatives with respect to each pair of variables.")
def command(
    expression: Expression,
    values: dict[str, float],
    *,
    output: str | None,
    wrt: str | None,
    order: int,
    hessian: bool,
    quiet: bool,
) -> int:
    """Derivatives of an expression, as simplified expressions.

    \b
    exprgrad diff "x^2*sin(x)"
    exprgrad diff "a*x^2 + b*x" --wrt x --a 3
    exprgrad diff "x^3*y" --hessian
    exprgrad diff "tanh(x)" --order 2 -o latex
    exprgrad diff "x^2*sin(x)" | exprgrad eval --x 2

    A single derivative is printed alone; of several, each is printed behind its variables.
    """
    if order < 1:
        raise UsageError(f"the order of a derivative is a whole number from 1 on, not {order}")
    if hessian and order != 1:
        raise UsageError("--hessian is of order 2: leave out --order")
    model, inputs = bind_numbers(expression.lowered, values)
    found = differentiate(model, inputs.numbers, names_of(wrt, "--wrt"), order=order, hessian=hessian)
    if output == "latex":
        emit(_latex(found))
    elif output is None and len(found.formulas) == 1 and not to_terminal():
        (formula,) = found.formulas.values()
        emit(formula.text + "\n")
    else:
        show(found, output)
    return ExitCode.DONE


def _latex(found: Derivatives) -> str:
    """A line for each derivative; where there are several, each line says with respect to which variables."""
    if len(found.formulas) == 1:
        return "".join(f"{formula.latex}\n" for formula in found.formulas.values())
    return "".join(f"{derivative('L', names)} = {formula.latex}\n" for names, formula in found.formulas.items())
