"""The option --report of `train` and `fit`: a page of the run."""

from __future__ import annotations

import platform
import shlex
import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import exprgrad
from exprgrad.arguments import separate
from exprgrad.binding import bind
from exprgrad.cli.line.bindings import Binding
from exprgrad.cli.options.files import OutputFile, check_folder
from exprgrad.cli.options.option import OUTPUT, row
from exprgrad.cli.output import deliver
from exprgrad.errors import UsageError
from exprgrad.expression import Expression
from exprgrad.jobs.draw.formats import MOST_DRAWN
from exprgrad.jobs.fit.result import Fit
from exprgrad.jobs.train.result import Training
from exprgrad.text.escapes import visible

if TYPE_CHECKING:
    from exprgrad.render.pictures.panels import Panel


REPORT = row(
    "--report",
    heading=OUTPUT,
    type=OutputFile(),
    metavar="FILE.html",
    help="Write a page to be read in a browser, without network: formula, numbers, plots, graph, this command.",
)
"""The option, given to the command as a file or None."""


def check_report(target: str | None) -> None:
    """Check --report before the run: see `check_plot`."""
    if target == "-":
        raise UsageError("a report is a file of its own", hint="give it a name: --report report.html")
    if target is not None:
        check_folder(target)
        if not target.lower().endswith(".html"):
            raise UsageError(f"a report is an HTML page, which {visible(target)} does not say", hint="end it in .html")


def write_report(
    result: Training | Fit,
    expression: Expression,
    values: Mapping[str, Binding],
    panels: Sequence[Panel],
    target: str,
) -> None:
    """Write the page, which appears when it is whole."""
    from exprgrad.data.stores.urls import without_secrets
    from exprgrad.render.pages.page import Origin, page

    numbers: dict[str, float] = {}
    if isinstance(result, Training) and not separate(values)[1]:
        numbers = {**separate(values)[0], **result.parameters}
    drawing = None
    if len(expression.model.graph) <= MOST_DRAWN:
        from exprgrad.jobs.draw.drawing import draw

        drawing = draw(*bind(expression.lowered, numbers))
    program = expression.model.source.text
    origin = Origin(
        command=shlex.join(["exprgrad", *without_secrets(sys.argv[1:])]),
        program="" if program in sys.argv else program,
        versions={
            "exprgrad": exprgrad.__version__,
            platform.python_implementation(): platform.python_version(),
            "platform": platform.platform(),
        },
    )
    deliver(page(result, expression.model, panels, drawing, origin), target)
