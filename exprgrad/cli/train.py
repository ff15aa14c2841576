"""`exprgrad train`: gradient descent on an expression."""

from __future__ import annotations

from typing import Any

import click

from exprgrad.api import Expression
from exprgrad.cli.bindings import number
from exprgrad.cli.command import ExpressionCommand, expression_command
from exprgrad.cli.data import names_of
from exprgrad.cli.output import check_one_number, complain, emit, note, number_options, one_number, show
from exprgrad.errors import ExitCode
from exprgrad.render.progress import Bar

NOTEBOOK = """\
input x1 = 8; input x2 = 5
param w1 = 3; param w2 = 1
relu(x1*w1) + gelu(x2*w2)
"""
"""The example of the class notebook, trained when no expression is given."""


class TrainCommand(ExpressionCommand):
    """Falls back on the notebook's example, and says so."""

    def missing(self, ctx: click.Context, unknown: list[str]) -> str:
        ctx.meta["exprgrad.notebook"] = True
        return NOTEBOOK

    def invoke(self, ctx: click.Context) -> Any:
        if ctx.meta.get("exprgrad.notebook"):
            note(
                "no expression given: this trains the notebook's example,"
                " relu(x1*w1)+gelu(x2*w2) from x1=8 x2=5 w1=3 w2=1"
            )
        return super().invoke(ctx)


@expression_command("train", cls=TrainCommand)
@click.option("--params", metavar="NAMES", help="What to train, as w1,w2; by default what `param` lines declare.")
@click.option("--epochs", type=click.IntRange(min=0), default=10, show_default=True, help="Updates to make.")
@click.option("--lr", default="0.01", show_default=True, help="Learning rate: the size of a step, such as 1/10.")
@click.option("--every", type=click.IntRange(min=1), default=1, show_default=True, help="Show every N-th epoch.")
@click.option("--accumulate-gradients", is_flag=True, help="Keep adding gradients instead of resetting them.")
@number_options
def command(
    expression: Expression,
    values: dict[str, float],
    *,
    output: str | None,
    params: str | None,
    epochs: int,
    lr: str,
    every: int,
    accumulate_gradients: bool,
    value_only: bool,
    gradient_of: str | None,
    quiet: bool,
) -> int:
    """Minimize an expression by gradient descent.

    \b
    exprgrad train "relu(x1*w1)+gelu(x2*w2)" --x1 8 --x2 5 --w1 3 --w2 1 --params w1,w2
    exprgrad train "param w = 0; (w-2)^2" --epochs 100 --lr 0.1 --every 10
    exprgrad train -f model.expr --json
    exprgrad train --epochs 10 --lr 0.01            the notebook's example

    Row n holds loss, parameters and gradient before update n; the last row, after the last update.
    """
    names = names_of(params, "--params")
    alone = check_one_number(value_only, gradient_of, output)
    every = max(every, epochs) if alone else every
    with Bar(epochs, quiet=quiet) as bar:
        record = expression.train(
            values,
            names,
            epochs=epochs,
            learning_rate=number(lr, "--lr"),
            accumulate=accumulate_gradients,
            every=every,
            watch=lambda epoch, loss: bar(epoch, f"loss {loss:.6g}"),
        )
    if alone:
        emit(one_number(record.loss, record.final.gradient, gradient_of))
    else:
        show(record, output)
    for message in record.notes:
        complain(message)
    return ExitCode.DONE if record.stopped == "epochs" else ExitCode.NUMBERS
