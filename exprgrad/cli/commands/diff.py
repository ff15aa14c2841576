"""`exprgrad diff`: derivatives as expressions."""

from __future__ import annotations

from exprgrad.binding import bind_numbers
from exprgrad.cli.line.bindings import names_of
from exprgrad.cli.line.command import expression_command
from exprgrad.cli.options.compute import HESSIAN, ORDER, WRT
from exprgrad.cli.options.option import take
from exprgrad.cli.options.results import Output
from exprgrad.errors import ExitCode, UsageError
from exprgrad.expression import Expression
from exprgrad.jobs.differentiate.differentiate import differentiate
from exprgrad.render.formats import LATEX
from exprgrad.render.sheet import Computation, cell_text, derivative


@expression_command("diff", LATEX)
@take(WRT.otherwise("all unbound variables"), ORDER.otherwise("1"), HESSIAN)
def command(
    expression: Expression,
    values: dict[str, float],
    *,
    output: Output,
    wrt: str | None,
    order: int | None,
    hessian: bool,
    quiet: bool,
) -> int:
    """Derivatives of an expression, as simplified expressions.

    \b
    exprgrad diff "x^2*sin(x)"
    exprgrad diff "a*x^2 + b*x" --wrt x --a 3
    exprgrad diff "x^3*y" --hessian
    exprgrad diff "tanh(x)" --order 2 --format latex
    exprgrad diff "x^2*sin(x)" | exprgrad eval --x 2

    A single derivative is printed alone; of several, each is printed behind its variables.
    """
    if hessian and order not in (None, 1):
        raise UsageError("--hessian is of order 2: leave out --order")
    model, inputs = bind_numbers(expression.lowered, values)
    found = differentiate(model, inputs.numbers, names_of(wrt, "--wrt"), order=order or 1, hessian=hessian)
    if output.digits is not None:  # else formulas keep all digits: they are to be read back
        rounded = {names: one.written(Computation(one.text)) for names, one in found.formulas.items()}
        found = found._replace(formulas=rounded)
    if not output.named and output.format == "plain" and len(found.formulas) == 1 and not output.header:
        (formula,) = found.formulas.values()
        output.write(cell_text(derivative(formula.text), output.digits) + "\n")
    else:
        output.show(found)
    return ExitCode.DONE
