"""`exprgrad train`: gradient descent on an expression."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import click

from exprgrad.cli.line.bindings import Binding
from exprgrad.cli.line.command import ExpressionCommand, expression_command
from exprgrad.cli.options import cluster
from exprgrad.cli.options.data import DataOptions, bind_columns, data_options, open_table, taken
from exprgrad.cli.options.epochs import Epochs
from exprgrad.cli.options.pictures import check_plot, draw_panels, plot_option
from exprgrad.cli.options.report import check_report, report_option, write_report
from exprgrad.cli.options.training import TrainOptions, train_options
from exprgrad.cli.output import (
    Terminated,
    check_one_number,
    complain,
    emit,
    note,
    number_options,
    one_number,
    terminated_cleanly,
)
from exprgrad.errors import ClusterError, ExitCode, OutputError, UsageError
from exprgrad.expression import Expression
from exprgrad.jobs.train.result import Epoch, Training
from exprgrad.jobs.train.saved.checkpoints import Checkpoints
from exprgrad.render.progress import Bar
from exprgrad.render.sheet import cell_text

NOTEBOOK = """\
input x1 = 8; input x2 = 5
param w1 = 3; param w2 = 1
relu(x1*w1) + gelu(x2*w2)
"""
"""The example of the class notebook, trained when no expression is given."""
_CAUSES = {KeyboardInterrupt: "a signal", Terminated: "a signal", ClusterError: "its cluster"}
"""What may end a run that can go on."""


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
@train_options
@plot_option("the loss by epoch")
@report_option
@data_options
@cluster.cluster_options
@number_options
def command(
    expression: Expression,
    values: dict[str, Binding],
    *,
    output: str | None,
    value_only: bool,
    gradient_of: str | None,
    plot: str | None,
    report: str | None,
    quiet: bool,
    **options: Any,
) -> int:
    """Minimize an expression by gradient descent.

    \b
    exprgrad train "relu(x1*w1)+gelu(x2*w2)" --x1 8 --x2 5 --w1 3 --w2 1 --params w1,w2
    exprgrad train "param w = 0; (w-2)^2" --epochs 100 --lr 0.1 --every 10
    exprgrad train "(w*x+b-y)^2" --data d.csv --w 0 --b 0 --epochs 50 --batch-size 256 --seed 1
    exprgrad train "(w*x+b-y)^2" --x 1,2,3 --y 2,4,7 --init zeros --optimizer adam --lr 0.1
    exprgrad train "param w = 0; (w-2)^2" --epochs 100 --lr 0.1 --plot --report run.html
    exprgrad train -f model.expr --json
    exprgrad train --epochs 10 --lr 0.01            the notebook's example

    Row n holds loss, parameters and gradient before update n; the last row, after the last update.
    Over columns (--data, or lists such as --x 1,2,3) a value for each row is averaged, and what is neither a
    column nor an `input` of the program is a parameter, unless --params or `param` lines say which are: its
    value is its start. With --batch-size an epoch's loss and gradient are averages over its batches.
    """
    alone = check_one_number(value_only, gradient_of, output)
    data, workers = taken(options), cluster.taken(options)
    wishes = TrainOptions.taken(options)
    check_plot(plot)
    check_report(report)
    drawn = plot is not None or report is not None
    every = max(wishes.every, wishes.epochs) if alone and not drawn else wishes.every
    shown = None if alone else Epochs(output)
    record, fault = _train(expression, values, data, workers, wishes, every, quiet, shown)
    if shown is None:
        emit(one_number(record.loss, record.final.gradient, gradient_of))
    else:
        shown.end(record)
    if drawn:
        from exprgrad.render.pictures.panels import loss_panel

        panels = [loss_panel(record)]
        if plot is not None:
            draw_panels(panels, plot, beside=not alone and output in (None, "table"))
        if report is not None:
            write_report(record, expression, values, panels, report)
    for message in record.notes:
        complain(message)
    if fault is not None:
        raise fault
    return ExitCode.NUMBERS if record.stopped == "non-finite" else ExitCode.DONE


def _train(
    expression: Expression,
    values: dict[str, Binding],
    data: DataOptions,
    workers: cluster.ClusterOptions,
    wishes: TrainOptions,
    every: int,
    quiet: bool,
    shown: Epochs | None,
) -> tuple[Training, OutputError | None]:
    """The record, whose epochs are told to `shown`, and why its history could not be written: which is no reason not
    to show the record."""
    source = None
    if data.files:
        source = bind_columns(expression, open_table(data), data, values, free=True)
    checkpoints = None
    if wishes.checkpoint is not None:
        checkpoints = Checkpoints(wishes.checkpoint, resume=wishes.resume, every=wishes.checkpoint_every, note=note)
    elif wishes.resume or wishes.checkpoint_every:
        option = "--resume" if wishes.resume else "--checkpoint-every"
        raise UsageError(f"{option} needs a checkpoint", hint="name its file: --checkpoint FILE")
    with ExitStack() as stack:
        left = stack.enter_context(_says_how_to_go_on(checkpoints))
        stack.enter_context(terminated_cleanly())
        bar = stack.enter_context(Bar(wishes.epochs, quiet=quiet))
        history = None
        told: list[Callable[[Epoch], None]] = [] if shown is None else [shown.keep]
        begin: dict[str, Any] = {}
        if wishes.history is not None:
            from exprgrad.jobs.train.saved.history import HistoryFile

            history = stack.enter_context(HistoryFile(wishes.history, resume=wishes.resume, every=every, note=note))
            told.append(history)
            begin = {"begin": history.begin}

        def keep(epoch: Epoch) -> None:
            for tell in told:
                tell(epoch)

        def watch(epoch: int, loss: float) -> None:
            bar(epoch, f"loss {loss:.6g}", loss)
            if shown is not None:
                shown.show()

        record = expression.train(
            values,
            wishes.parameters,
            fixed=wishes.fixed,
            bounds=wishes.bounds,
            init=wishes.init,
            maximize=wishes.maximize,
            l2=wishes.l2,
            data=source,
            engine=stack.enter_context(cluster.engine_on(workers, source, data.engine, quiet=quiet)),
            checkpoints=checkpoints,
            watch=watch,
            keep=keep,
            left=left.append,
            note=note,
            **begin,
            **{**wishes.settings, "every": every},
        )
    return record, history.fault if history is not None else None


@contextmanager
def _says_how_to_go_on(checkpoints: Checkpoints | None) -> Iterator[list[Epoch]]:
    """When a signal or its cluster ends the run: the command that goes on with it, or without a checkpoint the last of
    the epochs told to the list, as options that start from there."""
    left: list[Epoch] = []
    try:
        yield left
    except BaseException as error:
        cause = _CAUSES.get(type(error))
        if cause and checkpoints is not None and checkpoints.written:
            from exprgrad.data.stores.urls import without_secrets

            line = sys.argv[1:] if "--resume" in sys.argv else [*sys.argv[1:], "--resume"]
            complain(f"stopped by {cause}; to go on: {shlex.join(['exprgrad', *without_secrets(line)])}")
        elif cause and left:
            epoch, loss, parameters, _ = left[-1]
            own = {name for param in click.get_current_context().command.params for name in param.opts}
            starts = [
                f"-s {name}={cell_text(value)}" if f"--{name}" in own else f"--{name} {cell_text(value)}"
                for name, value in parameters.items()
            ]
            complain(f"stopped by {cause} at epoch {epoch}, loss {cell_text(loss)}; to go on: {' '.join(starts)}")
        raise
