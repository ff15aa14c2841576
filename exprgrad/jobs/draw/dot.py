"""Drawings in the language of Graphviz."""

from __future__ import annotations

from collections.abc import Sequence

from exprgrad.jobs.draw.captions import detail, lines, short, slope
from exprgrad.jobs.draw.result import Drawing, DrawnNode
from exprgrad.text.escapes import visible
from exprgrad.text.numbers import format_number, unsigned

_SHAPES = {
    "input": 'shape=box, style="rounded,filled", fillcolor="#dbeafe"',
    "constant": "shape=plaintext",
    "operation": 'shape=box, style=filled, fillcolor="#f3f4f6"',
    "result": 'shape=box, style=filled, fillcolor="#dcfce7", penwidth=2',
}


def dot(drawing: Drawing, places: Sequence[tuple[float, float]] | None = None) -> str:
    """A digraph from the variables down to the result. Tooltips have the numbers in full. `places` are the middles of
    the nodes in pixels; without them Graphviz finds places itself."""
    text = [
        f"// {visible(drawing.expression)}",
        "digraph {",
        '  node [fontname="Helvetica,Arial,sans-serif", fontsize=11]',
        '  edge [fontname="Helvetica,Arial,sans-serif", fontsize=9, color="#6b7280"]',
    ]
    for k, node in enumerate(drawing.nodes):
        label = r"\n".join(map(_escape, lines(drawing, node)))
        inside = ", ".join([f'label="{label}"', _SHAPES[node.kind], *_tooltip(_numbers(drawing, node))])
        if places is not None:
            inside += f', pos="{places[k][0]:.1f},{-places[k][1]:.1f}"'
        text.append(f"  n{k} [{inside}]")
    for edge in drawing.edges:
        attributes = [] if edge.partial is None else [f'label="{short(drawing, unsigned(edge.partial))}"']
        attributes += ["style=dashed"] if edge.rule and edge.partial is None else []
        inside = ", ".join(attributes + _tooltip(detail(drawing, edge)))
        text.append(f"  n{edge.operand} -> n{edge.node}" + (f" [{inside}]" if inside else ""))
    return "\n".join([*text, "}"]) + "\n"


def _numbers(drawing: Drawing, node: DrawnNode) -> str:
    """`u = 6, dL/du = 5`, in full."""
    parts = [f"{node.name} = {format_number(node.value)}"] if node.value is not None else []
    parts += [f"{slope(drawing, node)} = {format_number(node.adjoint)}"] if node.adjoint is not None else []
    return visible(", ".join(parts))


def _tooltip(text: str) -> list[str]:
    return [f'tooltip="{_escape(text)}"'] if text else []


def _escape(text: str) -> str:
    r"""Text within quotes: Graphviz also expands \N and the like, and HTML entities."""
    return text.replace("&", "&amp;").replace("\\", "\\\\").replace('"', '\\"')
