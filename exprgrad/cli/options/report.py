"""The option --report of commands that have a result to send: a page of it."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import exprgrad
from exprgrad.binding import bind
from exprgrad.cli.options.files import OutputFile, check_folder
from exprgrad.cli.options.option import OUTPUT, row
from exprgrad.cli.output import deliver
from exprgrad.errors import UsageError
from exprgrad.expression import Expression
from exprgrad.text.escapes import visible

if TYPE_CHECKING:
    from exprgrad.jobs.fit.result import Fit
    from exprgrad.jobs.train.result import Training
    from exprgrad.jobs.uncertainty.result import Uncertainty
    from exprgrad.render.pictures.uncertain import Picture

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
    result: Training | Fit | Uncertainty,
    expression: Expression,
    numbers: Mapping[str, float],
    pictures: Sequence[Picture],
    target: str,
) -> None:
    """Write the page, which appears when it is whole. The graph shows the values that the `numbers` give, if any."""
    import platform
    import shlex

    from exprgrad.data.stores.urls import without_secrets
    from exprgrad.jobs.draw.formats import MOST_DRAWN
    from exprgrad.render.pages.page import Origin, page

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
    deliver(page(result, expression.model, pictures, drawing, origin), target)
