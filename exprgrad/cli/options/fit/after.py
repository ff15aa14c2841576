"""What `fit` writes beside its result, rows of data with new columns: --residuals and --predict."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from exprgrad.arguments import separate
from exprgrad.cli.line.bindings import Binding
from exprgrad.cli.line.columns import chosen_columns
from exprgrad.cli.options.data import DataOptions, opened
from exprgrad.cli.options.files import InputFile, OutputFile, check_folder
from exprgrad.cli.options.option import OUTPUT, row
from exprgrad.cli.options.results import Output
from exprgrad.cli.options.tables import check_format, write_table
from exprgrad.cli.output import note
from exprgrad.errors import UsageError
from exprgrad.expression import Expression

if TYPE_CHECKING:
    from exprgrad.backends.engine import Engine
    from exprgrad.columns.rows import RowSource
    from exprgrad.data.source import TableSource
    from exprgrad.data.table import Table
    from exprgrad.jobs.fit.after.saved import Saved
    from exprgrad.jobs.fit.request import Request
    from exprgrad.jobs.fit.result import Fit

RESIDUALS = row(
    "--residuals",
    heading=OUTPUT,
    type=OutputFile(),
    metavar="FILE",
    help="Write the data with fitted values, residuals, leverages and Cook's distances beside them.",
)
PREDICT = row(
    "--predict",
    heading=OUTPUT,
    type=InputFile(),
    metavar="FILE",
    help="Give the rows of this file with the fitted curve, its confidence limits and those of new responses: "
    "into the file of --output, beside which the fit is shown.",
)


class Beside:
    """The rows that a fit is asked for beside its result."""

    def __init__(self, residuals: str | None, predict: str | None, output: Output, data: DataOptions) -> None:
        """Before the fit: raises UsageError, DataError or OutputError for files that cannot be read or written."""
        if residuals == "-":
            raise UsageError("--residuals writes a file of its own", hint="give it a name: --residuals residuals.csv")
        if residuals is not None:
            check_folder(residuals)
            check_format(residuals)
        self.residuals, self.data = residuals, data
        self.band: Output | None = None
        self.table: Table | None = None
        self.shown = output
        """How the fit itself is shown."""
        self.shows = True
        """Whether it is: not where the new rows go to standard output in its place."""
        if predict is not None:
            check_format(output.target, output.said)
            self.table = opened((predict,), data.reading, data.nulls, option="--predict")
            self.band = output
            self.shown = output._replace(target="-", said=None)
            self.shows = output.target != "-"

    def write(
        self,
        expression: Expression,
        values: Mapping[str, Binding],
        request: Request,
        source: RowSource | None,
        columns: TableSource | None,
        result: Fit,
    ) -> None:
        """After the fit: write the files."""
        engine = self.data.engine
        if self.residuals is not None:
            from exprgrad.jobs.fit.after.residuals import Residuals
            from exprgrad.jobs.fit.inputs import posed

            model, _, rows = posed(expression.lowered, values, request, source)
            found = Residuals(model, result, rows, engine, request.covariance)
            table, headers = (columns.table, columns.columns) if columns is not None else lists_of(values)
            write_table(table, headers, found.names, found.stream, self.residuals)
        if self.table is not None and self.band is not None:
            from exprgrad.jobs.fit.after.saved import of_fit

            chosen = {
                name: header for name, header in chosen_columns(self.data.columns).items() if name in _model(result)
            }
            predict(of_fit(result), self.table, {}, chosen, engine, self.band.target, self.band.said)


def _model(result: Fit) -> list[str]:
    """The variables that a prediction takes."""
    from exprgrad.jobs.fit.after.predict import needed
    from exprgrad.jobs.fit.after.saved import of_fit

    return needed(of_fit(result))


def lists_of(values: Mapping[str, Binding]) -> tuple[Table, dict[str, str]]:
    """The table of the lists of a line, and the header of each."""
    from exprgrad.data.frames.given import table_of

    lists = separate(values)[1]
    return table_of(lists, grid=False), {name: name for name in lists}


def predict(
    saved: Saved,
    table: Table,
    numbers: Mapping[str, float],
    chosen: Mapping[str, str],
    engine: Engine,
    target: str,
    kind: str | None,
    confidence: float | None = None,
) -> None:
    """Write the rows of a table with the predictions of a fit. `chosen` gives the headers of variables, `numbers` the
    values of those that are the same in each row."""
    from exprgrad.data.source import TableSource, bound_headers
    from exprgrad.jobs.fit.after.predict import NAMES, Predictor, beside, needed

    known = [*saved.parameters, *saved.fixed]
    more = [name for name in beside(saved) if name not in numbers and table.names.find(name) is not None]
    headers = bound_headers(saved.lowered, table.names, chosen, [*numbers], more, over=known)
    wanted = {*needed(saved), *more}
    source = TableSource(table, {name: header for name, header in headers.items() if name in wanted})
    predictor = Predictor(saved, source, engine, numbers, confidence)
    if predictor.note:
        note(predictor.note)
    write_table(table, source.columns, NAMES, predictor.stream, target, kind)
