"""`exprgrad graph`: the graph of an expression as a drawing."""

from __future__ import annotations

import os

import click

from exprgrad.binding import bind
from exprgrad.cli.line.bindings import Binding
from exprgrad.cli.line.command import expression_command
from exprgrad.cli.options.files import OutputFile
from exprgrad.cli.output import deliver, note, to_terminal
from exprgrad.errors import ExitCode, UsageError
from exprgrad.expression import Expression
from exprgrad.jobs.draw.drawing import draw
from exprgrad.jobs.draw.formats import FORMATS, MOST_DRAWN, SUFFIXES, check_size, content
from exprgrad.text.escapes import visible


@expression_command("graph", shown=False)
@click.option(
    "-o", "--output", "target", type=OutputFile(), default="-", metavar="FILE", help="Where to; - is standard output."
)
@click.option("--format", "kind", type=click.Choice(FORMATS), help="By default what the suffix of FILE says, else dot.")
def command(expression: Expression, values: dict[str, Binding], *, target: str, kind: str | None, quiet: bool) -> int:
    """The graph of an expression as a drawing.

    \b
    exprgrad graph "(a*b+c)*d" --a 3 --b 2 --c 5 --d 5 -o graph.html
    exprgrad graph "relu(x1*w1)+gelu(x2*w2)"              the structure alone, in DOT
    exprgrad graph "u=a*b; L=u+c" --a 3 --b 2 --c 5 --format mermaid
    exprgrad graph "x*sin(x)" --x 2 -o graph.svg          needs Graphviz

    Where every variable is bound, the nodes have their values and derivatives, the edges the local derivatives.
    The HTML page needs no network: zoom, point at a node, and play both passes step by step.
    """
    kind = kind or _kind_of(target)
    size = len(expression.model.graph)
    check_size(size, kind)
    if kind == "png" and target == "-" and to_terminal():
        raise UsageError("a PNG is not for the terminal", hint="give -o FILE.png")
    drawing = draw(*bind(expression.lowered, values), steps=size <= MOST_DRAWN)
    columns = [name for name, value in values.items() if not isinstance(value, float)]
    if columns:
        note(f"{', '.join(columns)}: over columns a node has no single number; this is the structure alone")
    deliver(content(drawing, kind), target)
    return ExitCode.DONE


def _kind_of(target: str) -> str:
    """The format that a file's suffix says. Raises UsageError for one that is not known."""
    suffix = os.path.splitext(target)[1].lower()
    if target == "-" or (not suffix and target.startswith("/dev/")):
        return "dot"
    if suffix not in SUFFIXES:
        known = ", ".join(FORMATS)
        raise UsageError(f"the name {visible(target)} does not say which format", hint=f"give --format: {known}")
    return SUFFIXES[suffix]
