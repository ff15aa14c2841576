"""`exprgrad check`: is the gradient right?"""

from __future__ import annotations

from exprgrad.binding import bind_numbers
from exprgrad.cli.line.command import expression_command
from exprgrad.cli.output import digits_option, note, show
from exprgrad.errors import ExitCode
from exprgrad.expression import Expression


@expression_command("check")
@digits_option
def command(
    expression: Expression, values: dict[str, float], *, output: str | None, digits: int | None, quiet: bool
) -> int:
    """Compare value and gradient with an independent computation at high precision.

    \b
    exprgrad check "tanh(x)*y" --x 20 --y 3
    exprgrad check -f model.expr --json

    The reference comes from differences of the textbook formulas, with hundreds of digits; where
    python-flint is installed, it is proved by ball arithmetic. Errors are in units in the last place.
    Fails (exit 1) where a number differs by more than rounding explains, has lost all but 3 digits to
    rounding (ill-conditioned), is undefined, or is undecided: its reference would take more than about
    10 seconds or 16,000 bits.
    Needs the extra: pip install "exprgrad[check]".
    """
    from exprgrad.jobs.check.check import check

    model, inputs = bind_numbers(expression.lowered, values, complete=True)
    found = check(model, inputs.numbers)
    show(found, output, digits)
    for message in found.notes:
        note(message)
    return ExitCode.DONE if found.passed else ExitCode.NUMBERS
