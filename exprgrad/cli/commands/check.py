"""`exprgrad check`: is the gradient right?"""

from __future__ import annotations

from exprgrad.binding import bind_numbers
from exprgrad.cli.line.bindings import names_of
from exprgrad.cli.line.command import expression_command
from exprgrad.cli.options.compute import ORDER, WRT
from exprgrad.cli.options.option import take
from exprgrad.cli.options.results import Output
from exprgrad.cli.output import note
from exprgrad.errors import ExitCode
from exprgrad.expression import Expression


@expression_command("check")
@take(WRT.otherwise("all variables"), ORDER.otherwise("1"))
def command(
    expression: Expression,
    values: dict[str, float],
    *,
    output: Output,
    wrt: str | None,
    order: int | None,
    quiet: bool,
) -> int:
    """Compare value and gradient with an independent computation at high precision.

    \b
    exprgrad check "tanh(x)*y" --x 20 --y 3
    exprgrad check "exp(-x^2)" --x 2 --order 3
    exprgrad check -f model.expr --json

    The reference comes from differences of the textbook formulas, with hundreds of digits. Errors are
    in units in the last place. Fails (exit 1) where a number differs by more than rounding explains, has
    lost all but 3 digits to rounding (ill-conditioned), is undefined, or is undecided: its
    reference would take more than about 10 seconds or 16,000 bits.
    Needs the extra: pip install "exprgrad[check]".
    """
    from exprgrad.jobs.check.check import check

    model, inputs = bind_numbers(expression.lowered, values, complete=True)
    names = names_of(wrt, "--wrt")
    for name in names:
        if not model.graph.has_input(name):
            raise expression.lowered.unknown(name)
    found = check(model, inputs.numbers, names, order or 1)
    output.show(found)
    for message in found.notes:
        note(message)
    return ExitCode.DONE if found.passed else ExitCode.NUMBERS
