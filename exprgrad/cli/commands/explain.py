"""`exprgrad explain`: the forward and the backward pass, step by step."""

from __future__ import annotations

import sys

import click

from exprgrad.cli.line.bindings import Binding, names_of
from exprgrad.cli.line.command import expression_command
from exprgrad.cli.options.compute import WRT
from exprgrad.cli.options.option import COMPUTE, OUTPUT, Whole, row, take
from exprgrad.cli.options.results import Output
from exprgrad.cli.output import emit, note
from exprgrad.errors import ExitCode, UsageError
from exprgrad.expression import Expression
from exprgrad.jobs.explain.result import Explanation
from exprgrad.render.sheet import DIGITS
from exprgrad.text.escapes import visible


@expression_command("explain")
@take(
    WRT.otherwise("all variables and named values"),
    row("--step", field="paged", heading=OUTPUT, is_flag=True, help="One step at a time: Enter next, b back, q quit."),
    row(
        "--limit",
        heading=COMPUTE,
        type=Whole(1),
        otherwise="2000",
        help="Refuse to explain more steps than this.",
    ),
)
def command(
    expression: Expression,
    values: dict[str, Binding],
    *,
    output: Output,
    wrt: str | None,
    paged: bool,
    limit: int | None,
    quiet: bool,
) -> int:
    """Both passes over an expression, step by step.

    \b
    exprgrad explain "u=a*b; v=u+c; L=v*d" --a 3 --b 2 --c 5 --d 5
    exprgrad explain "f = x + x" --x 4
    exprgrad explain "relu(x1*w1)+gelu(x2*w2)" --x1 8 --x2 5 --w1 3 --w2 1 --step
    exprgrad explain "x*sin(x)" --x pi/3 --format plain | cut -f 4

    The forward pass computes each value from those before it; the backward pass goes from the result to the
    variables, and each step adds to the derivative with respect to one operand: the incoming one times the rule.
    """
    if paged and (output.said or not output.on_terminal or sys.stdin is None or not sys.stdin.isatty()):
        raise UsageError(
            "--step is for a terminal: it shows a step at a time", hint="leave out --step to get all steps at once"
        )
    result = expression.explain(values, wrt=names_of(wrt, "--wrt"), limit=limit)
    if paged:
        _turn(result, output.digits or DIGITS)
    else:
        output.show(result)
    for message in result.notes:
        note(message)
    return ExitCode.DONE


def _turn(result: Explanation, digits: int) -> None:
    """Show a step, wait for a key, and go on or back."""
    from exprgrad.render.results.explanation import page

    last = len(result.forward) + len(result.backward) - 1
    index = 0
    while True:
        emit("\n".join(map(visible, page(result, index, digits).split("\n"))))
        emit(f"[Enter next, b back, q quit] {'(the end) ' * (index == last)}")
        key = _key()
        emit("\n")
        if key in ("q", "Q", "\x1b", "\x04") or (index == last and key in ("\r", "\n", " ")):
            return
        index = max(index - 1, 0) if key in ("b", "B") else min(index + 1, last) if key in ("\r", "\n", " ") else index


def _key() -> str:
    """A key that was pressed; Ctrl-C ends the process as everywhere."""
    try:
        return click.getchar()
    except EOFError:
        return "q"
