"""`exprgrad graph`: the graph of an expression as a drawing."""

from __future__ import annotations

from exprgrad.binding import bind
from exprgrad.cli.line.bindings import Binding, names_of
from exprgrad.cli.line.command import VALUES, ExpressionCommand, expression_command
from exprgrad.cli.options.compute import WRT
from exprgrad.cli.options.option import take
from exprgrad.cli.options.pictures import check_terminal
from exprgrad.cli.options.results import DIGITS as ROUNDED
from exprgrad.cli.options.results import FormatName, file_and_format, format_by_suffix, no_format
from exprgrad.cli.output import deliver, note
from exprgrad.errors import ExitCode
from exprgrad.expression import Expression
from exprgrad.jobs.draw.drawing import draw
from exprgrad.jobs.draw.formats import FORMATS, MOST_DRAWN, SUFFIXES, check_size, content
from exprgrad.jobs.draw.result import DIGITS


class GraphCommand(ExpressionCommand):
    """Draws over columns, too, the structure alone."""

    values = VALUES


@expression_command("graph", cls=GraphCommand, shown=False)
@take(WRT.otherwise("all variables and named values"), ROUNDED.otherwise(f"{DIGITS}; where one points, all"))
@file_and_format(FormatName(FORMATS, {**SUFFIXES, "graphviz": "dot"}), "by the suffix of FILE, else dot")
def command(
    expression: Expression,
    values: dict[str, Binding],
    *,
    output: str,
    format: str | None,  # noqa: A002
    wrt: str | None,
    digits: int | None,
    quiet: bool,
) -> int:
    """The graph of an expression as a drawing.

    \b
    exprgrad graph "(a*b+c)*d" --a 3 --b 2 --c 5 --d 5 -o graph.html
    exprgrad graph "relu(x1*w1)+gelu(x2*w2)"              the structure alone, in DOT
    exprgrad graph "u=a*b; L=u+c" --a 3 --b 2 --c 5 --format mermaid
    exprgrad graph "x*sin(x)" --x 2 -o graph.svg          needs Graphviz

    Where every variable is bound, the nodes have their values and derivatives, the edges the local derivatives.
    The HTML page needs no network: zoom, point at a node, and play both passes step by step.
    """
    kind = format or _kind_of(output)
    size = len(expression.model.graph)
    check_size(size, kind)
    check_terminal(kind, output)
    model, inputs = bind(expression.lowered, values)
    names = names_of(wrt, "--wrt")
    expression.lowered.check_wrt(model, names)
    drawing = draw(model, inputs, wrt=names, steps=size <= MOST_DRAWN, digits=digits or DIGITS)
    columns = [name for name, value in values.items() if not isinstance(value, float)]
    if columns:
        note(f"{', '.join(columns)}: over columns a node has no single number; this is the structure alone")
    deliver(content(drawing, kind), output)
    return ExitCode.DONE


def _kind_of(target: str) -> str:
    """The format that a file's suffix says. Raises UsageError where it says none."""
    found = format_by_suffix(target, SUFFIXES, FORMATS)
    if found is None and target != "-" and not target.startswith("/dev/"):
        raise no_format(target, FORMATS)
    return found or "dot"
