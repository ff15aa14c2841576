"""`exprgrad fit`: least squares, with the statistics of the parameters."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import click

from exprgrad.cli.line.assumed import assumed, note_constants, start_option
from exprgrad.cli.line.bindings import Binding
from exprgrad.cli.line.columns import bind_columns
from exprgrad.cli.line.command import VALUES, ExpressionCommand, expression_command
from exprgrad.cli.options import cluster
from exprgrad.cli.options.data import DataOptions, data_options, open_table, taken
from exprgrad.cli.options.fit import after
from exprgrad.cli.options.fit.fitting import fit_options, request_of
from exprgrad.cli.options.fit.quantities import columns_beside, quantities_on, refuse_clash, texts_on, ties_on
from exprgrad.cli.options.memory import MEMORY
from exprgrad.cli.options.option import take
from exprgrad.cli.options.pictures import PLOT, check_plot, draw_pictures
from exprgrad.cli.options.report import REPORT, check_report, write_report
from exprgrad.cli.options.results import PARAM, VALUE, Output
from exprgrad.cli.options.watching import Leaving, says_how_to_go_on
from exprgrad.cli.output import check_parameter, complain, note, one_number, terminated_cleanly
from exprgrad.errors import ExitCode, UsageError
from exprgrad.expression import Expression
from exprgrad.observer import Epoch
from exprgrad.render import shell
from exprgrad.render.formats import ENV, LATEX
from exprgrad.render.progress import Bar
from exprgrad.render.sheet import cell_text

if TYPE_CHECKING:
    from exprgrad.columns.rows import RowSource
    from exprgrad.data.source import TableSource
    from exprgrad.jobs.fit.request import Request


class FitCommand(ExpressionCommand):
    """Takes a formula; the columns that --sigma and --weights use, and what is in --tie, can be bound, too."""

    formula = True
    values = VALUES

    def bindable(self, ctx: click.Context, expression: Expression) -> list[str]:
        names = super().bindable(ctx, expression)
        return list(dict.fromkeys([*names, *ctx.meta.get("exprgrad.rows", ())]))

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        groups = [name.strip() for text in texts_on(args, "--by") for name in text.split(",")]
        ctx.meta["exprgrad.rows"] = [*quantities_on(args), *filter(str.isidentifier, groups), *ties_on(args)]
        return super().parse_args(ctx, args)

    def missing(self, ctx: click.Context, unknown: Iterable[str]) -> str:
        raise UsageError(f'there is no formula; for example: {ctx.command_path} "y ~ a*x + b" --data FILE')


class _Progress(Leaving):
    """Shows iterations and their costs on the bar, and from which start they go."""

    def __init__(self, bar: Bar, begun: Callable[[Sequence[str]], None]) -> None:
        """`begun` is told the names of the parameters."""
        self.bar, self._begun = bar, begun
        self._start = self._at = ""

    def begin(self, names: Sequence[str], epoch: int) -> None:
        self._begun(names)

    def look(self, number: int, total: int) -> None:
        self._at = f"place {number} of {total} to start from"
        self.bar(number, self._at)

    def start(self, number: int, total: int) -> None:
        self._start = f"start {number} of {total}, " if total > 1 else ""

    def progress(self, step: int, loss: float) -> None:
        self._at = f"{self._start}iteration {step}"
        self.bar(step, f"{self._at}, cost {loss:.6g}", loss)

    def where(self, epoch: Epoch) -> str:
        return f"at {self._at or 'the first pass'}, least cost {cell_text(epoch.loss)}"


@expression_command("fit", ENV, LATEX, cls=FitCommand)
@fit_options
@take(VALUE, PARAM, PLOT, REPORT, after.RESIDUALS, after.PREDICT)
@data_options
@take(MEMORY)
@cluster.cluster_options
def command(
    expression: Expression,
    values: dict[str, Binding],
    *,
    output: Output,
    value_only: bool,
    param_of: str | None,
    correlation: bool,
    explain: bool,
    plot: str | None,
    report: str | None,
    residuals: str | None,
    predict: str | None,
    memory: int | None,
    quiet: bool,
    **options: Any,
) -> int:
    """Fit a model to data by least squares, or by maximum likelihood.

    \b
    exprgrad fit "y ~ a*exp(-b*t) + c" --data decay.csv --a 1 --b 0.1 --c 0
    exprgrad fit "y ~ a*x + b" --x 1,2,3 --y 2.1,3.9,6.2
    exprgrad fit "log(y) ~ log(a) - b*t" --data decay.csv --a 1
    exprgrad fit "y ~ a*x^b" --data d.csv --sigma dy --absolute --json
    exprgrad fit "deaths ~ n*exp(a + b*age)" --data deaths.csv --likelihood poisson
    exprgrad fit "ill ~ sigmoid(a + b*dose)" --data ill.csv --likelihood bernoulli
    exprgrad fit "y ~ a*x + b" --data d.csv --plot fit.svg --report fit.html
    eval "$(exprgrad fit "y ~ a*x + b" --data d.csv --format env)"; echo "$a +- $a_err"
    half=$(exprgrad fit "y ~ a*0.5^(t/half)" --data decay.csv --param half)

    Variables that are not columns are parameters, and their values are starts. A parameter without a start is
    solved for, where it enters linearly, or searched for.
    """
    data, workers = taken(options), cluster.taken(options)
    request = request_of(options)
    refuse_clash(expression, request, values)
    if (plot is not None or report is not None) and request.intervals == "profile":
        request = request._replace(contours=True)
    alone = output.check_one_number(value_only, param_of=param_of)
    output.check_folder()
    check_plot(plot)
    check_report(report)
    beside = after.Beside(residuals, predict, output, data)
    output = beside.shown
    columns = _columns(expression, values, data, request) if data.files else None
    source: RowSource | None = columns
    if columns is not None and not workers.address and not request.by:
        from exprgrad.data.between.resident import held
        from exprgrad.data.between.spooled import Spooled

        source = held(columns, list(columns.names), memory) or (columns if memory is None else Spooled(columns))

    def begun(parameters: Sequence[str]) -> None:
        tied = [text.partition("=")[0].strip() for text in request.tie]
        check_parameter(param_of, [*parameters, *tied], why=expression.model.as_parameter)
        if output.format == ENV:
            shell.check(parameters, errors=True)
        note_constants(expression, {*values, *(columns.names if columns is not None else ())})
        assumed(values, columns).without(request.by).note(parameters)

    if request.by:
        from exprgrad.cli.options.fit.groups import GroupRun, check_alone, show_groups

        alone_only = {"--value": value_only, "--param": param_of, "--plot": plot, "--report": report}
        alone_only |= {"--correlation": correlation, "--explain": explain, "--diagnostics": request.diagnostics}
        check_alone(alone_only | {"--residuals": residuals, "--predict": predict})
        run = GroupRun(expression, values, request, columns, data.engine, workers, memory, begun)
        return show_groups(run, output, quiet=quiet)

    with ExitStack() as stack:
        bar = Bar(None, quiet=quiet)
        progress = _Progress(bar, begun)
        stack.enter_context(says_how_to_go_on(progress))
        stack.enter_context(terminated_cleanly())
        stack.enter_context(bar)
        engine = stack.enter_context(cluster.engine_on(workers, columns, data.engine, quiet=quiet))
        result = expression.fit(values, request, source, engine, progress)
    result = result._replace(correlated=correlation, explains=explain, diagnosed=request.diagnostics)
    if columns is not None and result.stopped == "singular":
        _say_no_columns(columns, [name for name in result.parameters if name not in values])
    if alone:
        number = result.cost if param_of is None else result.parameters[param_of].value
        output.write(one_number(number, {}, None, output.digits))
    elif beside.shows:
        output.show(result)
    beside.write(expression, values, request, source, columns, result)
    if plot is not None or report is not None:
        from exprgrad.jobs.fit.inputs import posed
        from exprgrad.jobs.fit.likelihood.model import fraction
        from exprgrad.jobs.fit.picture import picture
        from exprgrad.render.pictures.panels import contour_panels, fit_panels

        model, _, rows = posed(expression.lowered, values, request, source)
        model = fraction(model, request, rows.names)
        panels = [*fit_panels(picture(model, result, rows, data.engine)), *contour_panels(result)]
        if plot is not None:
            draw_pictures(panels, plot, beside=not alone and output.is_table)
        if report is not None:
            write_report(result, expression, {}, panels, report)
    for sentence in result.explanation if explain else ():
        note(sentence)
    for message in result.notes:
        (note if result.converged else complain)(message)
    return ExitCode.DONE if result.converged else ExitCode.NUMBERS


def _say_no_columns(columns: TableSource, parameters: Sequence[str]) -> None:
    """Say of parameters that are not determined that they are no columns, where one of these may be meant."""
    from exprgrad.data.source import no_columns

    if message := no_columns(columns, parameters):
        complain(message)


def _columns(expression: Expression, values: dict[str, Binding], data: DataOptions, request: Request) -> TableSource:
    """The columns of the data that the formula and the options name. Raises UsageError where the response has none."""
    from exprgrad.data.source import check_response, refuse_misspelt

    table = open_table(data)
    more = columns_beside(request, table.names)
    columns = bind_columns(expression, table, data.columns, values, free=True, more=more)
    check_response(expression.lowered, columns, values)
    refuse_misspelt(expression.lowered, columns, {*values, *request.fix, *request.bound}, start_option)
    return columns
