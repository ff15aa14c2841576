"""`exprgrad train`: gradient descent on an expression."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from typing import Any

import click

from exprgrad.arguments import separate
from exprgrad.cli.line.assumed import assumed, note_constants, start_option
from exprgrad.cli.line.bindings import Binding
from exprgrad.cli.line.columns import bind_columns
from exprgrad.cli.line.command import VALUES, ExpressionCommand, expression_command
from exprgrad.cli.options import cluster
from exprgrad.cli.options.data import DataOptions, data_options, open_table, taken
from exprgrad.cli.options.option import take
from exprgrad.cli.options.pictures import PLOT, check_plot, draw_pictures
from exprgrad.cli.options.report import REPORT, check_report, write_report
from exprgrad.cli.options.results import GRADIENT, PARAM, VALUE, Output
from exprgrad.cli.options.train.epochs import Epochs
from exprgrad.cli.options.train.training import Files, TrainOptions, train_options
from exprgrad.cli.options.watching import Watching, says_how_to_go_on
from exprgrad.cli.output import check_parameter, complain, note, one_number, terminated_cleanly
from exprgrad.errors import ExitCode, OutputError
from exprgrad.expression import Expression
from exprgrad.jobs.train.result import Training
from exprgrad.jobs.train.saved.checkpoints import Checkpoints
from exprgrad.render import shell
from exprgrad.render.formats import ENV
from exprgrad.render.progress import Bar

NOTEBOOK = """\
input x1 = 8; input x2 = 5
param w1 = 3; param w2 = 1
relu(x1*w1) + gelu(x2*w2)
"""
"""The example of the class notebook, trained when no expression is given."""


class TrainCommand(ExpressionCommand):
    """Falls back on the notebook's example, and says so."""

    values = VALUES

    def missing(self, ctx: click.Context, unknown: Iterable[str]) -> str:
        ctx.meta["exprgrad.notebook"] = True
        return NOTEBOOK

    def invoke(self, ctx: click.Context) -> Any:
        if ctx.meta.get("exprgrad.notebook"):
            note(
                "no expression given: this trains the notebook's example,"
                " relu(x1*w1)+gelu(x2*w2) from x1=8 x2=5 w1=3 w2=1"
            )
        return super().invoke(ctx)


@expression_command("train", ENV, cls=TrainCommand)
@train_options
@take(VALUE, GRADIENT, PARAM, PLOT, REPORT)
@data_options
@cluster.cluster_options
def command(
    expression: Expression,
    values: dict[str, Binding],
    *,
    output: Output,
    value_only: bool,
    gradient_of: str | None,
    param_of: str | None,
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
    exprgrad train -f model.expr --json > model.json; exprgrad eval "w^2" --bind model.json
    exprgrad train --epochs 10 --lr 0.01            the notebook's example

    Row n holds loss, parameters and gradient before update n; the last row, after the last update.
    Over columns (--data, or lists such as --x 1,2,3) the value is averaged over the rows. Parameters are those
    that --params or `param` lines name; without these, over columns, all variables that are neither columns nor
    an `input` of the program. The value of a parameter is its start. With --batch-size the loss and the gradient
    of an epoch are averages over its minibatches.
    """
    alone = output.check_one_number(value_only, gradient_of, param_of)
    data, workers, wishes = taken(options), cluster.taken(options), TrainOptions.taken(options)
    output.check_folder()
    check_plot(plot)
    check_report(report)
    drawn = plot is not None or report is not None
    if (alone or output.format == ENV) and not drawn:
        wishes = wishes.for_one_number()
    shown = None if alone else Epochs(output)

    def check_names(parameters: Sequence[str]) -> None:
        check_parameter(param_of, parameters, why=expression.model.as_parameter)
        check_parameter(gradient_of, parameters, "no derivative with respect to")
        if output.format == ENV:
            shell.check(parameters)

    result, fault = _train(expression, values, data, workers, wishes, quiet, shown, check_names)
    if shown is None:
        value = result.loss if param_of is None else result.parameters[param_of]
        output.write(one_number(value, result.final.gradient, gradient_of, output.digits))
    else:
        shown.end(result)
    if drawn:
        from exprgrad.render.pictures.panels import loss_panel

        panels = [loss_panel(result)]
        if plot is not None:
            draw_pictures(panels, plot, beside=not alone and output.is_table)
        if report is not None:
            numbers, lists = separate(values)
            write_report(result, expression, {} if lists else numbers | dict(result.parameters), panels, report)
    lost = result.stopped == "non-finite"
    for message in result.notes:
        (complain if lost else note)(message)
    if fault is not None:
        raise fault
    return ExitCode.NUMBERS if lost else ExitCode.DONE


def _train(
    expression: Expression,
    values: dict[str, Binding],
    data: DataOptions,
    workers: cluster.ClusterOptions,
    wishes: TrainOptions,
    quiet: bool,
    shown: Epochs | None,
    check_names: Callable[[Sequence[str]], None],
) -> tuple[Training, OutputError | None]:
    """The result, whose epochs are given to `shown`; and the error of a history that could not be written, to be raised
    after the result is shown. `check_names` is given the parameters before anything is computed."""
    source = bind_columns(expression, open_table(data), data.columns, values, free=True) if data.files else None
    if source is not None:
        from exprgrad.data.source import refuse_misspelt

        refuse_misspelt(expression.lowered, source, {*values, *wishes.named}, start_option)
    declared = (parameter.name for parameter in expression.model.parameters)
    facts = assumed(values, source, {*wishes.named, *declared})
    checkpoints = _checkpoints(wishes.files)

    def begun(parameters: Sequence[str]) -> None:
        check_names(parameters)
        note_constants(expression, {*values, *(source.names if source is not None else ())})
        facts.note(parameters)

    watching = Watching(shown, begun)
    with ExitStack() as stack:
        stack.enter_context(says_how_to_go_on(watching, checkpoints))
        stack.enter_context(terminated_cleanly())
        watching.bar = stack.enter_context(Bar(wishes.epochs, quiet=quiet))
        if wishes.files.history is not None:
            from exprgrad.jobs.train.saved.history import HistoryFile

            resume, every = wishes.files.resume, wishes.every
            history = HistoryFile(wishes.files.history, resume=resume, every=every, note=note)
            watching.history = stack.enter_context(history)
        result = expression.train(
            values,
            data=source,
            engine=stack.enter_context(cluster.engine_on(workers, source, data.engine, quiet=quiet)),
            checkpoints=checkpoints,
            observer=watching,
            **wishes.problem,
            **wishes.settings,
        )
    return result, watching.history.fault if watching.history is not None else None


def _checkpoints(files: Files) -> Checkpoints | None:
    files.check()
    if files.checkpoint is None:
        return None
    return Checkpoints(files.checkpoint, resume=files.resume, every=files.checkpoint_every, note=note)
