"""The page: the drawing as SVG, its numbers and steps as JSON, and the scripts that make it interactive.

It needs no network and uses none: a Content-Security-Policy allows only these scripts and styles, by their hashes.
Without scripts the drawing and its numbers are still there.
"""

from __future__ import annotations

from html import escape
from importlib.resources import files
from string import Template

from exprgrad.jobs.draw.captions import detail, lines, short, slope, widths
from exprgrad.jobs.draw.layout import HEIGHT, layout
from exprgrad.jobs.draw.result import Drawing
from exprgrad.text.escapes import visible
from exprgrad.text.html import as_json, policy
from exprgrad.text.numbers import format_number, unsigned

Point = tuple[float, float]


def page(drawing: Drawing) -> str:
    """The whole document."""
    style, *scripts = assets()
    values = {
        "title": escape(visible(drawing.expression)),
        "policy": policy([style], scripts),
        "style": style,
        "licence": _file("vendor/panzoom.LICENSE.txt").strip(),
        "picture": svg(drawing),
        "data": data(drawing),
        "scripts": "\n".join(f"<script>{script}</script>" for script in scripts),
        "playable": "" if drawing.steps else " hidden",
    }
    return Template(_file("page/page.html")).substitute(values)


def svg(drawing: Drawing) -> str:
    """The picture: a group for each edge and node, with its number as `data-edge` or `data-node`."""
    sizes = widths(drawing)
    places = layout(sizes, [(edge.operand, edge.node) for edge in drawing.edges])
    parts = [
        f'<svg id="picture" role="img" aria-label="The graph of the expression" '
        f'viewBox="0 0 {places.width:.0f} {places.height:.0f}"><g id="world">'
    ]
    twins: dict[tuple[int, int], int] = {}
    for k, edge in enumerate(drawing.edges):
        twin = twins[edge.operand, edge.node] = twins.get((edge.operand, edge.node), -1) + 1
        closed = " closed" if edge.rule and edge.partial is None else ""
        path = curve(places.centers[edge.operand], places.bends[k], places.centers[edge.node], 26.0 * twin)
        parts.append(f'<path class="edge{closed}" data-edge="{k}" d="{path}"/>')
    for k, (node, width, (x, y)) in enumerate(zip(drawing.nodes, sizes, places.centers, strict=True)):
        text = lines(drawing, node)
        inside = "".join(
            f'<text class="{kind}" x="{x:.1f}" y="{y + dy:.1f}">{escape(line)}</text>'
            for kind, line, dy in zip(("name", "value", "adjoint"), text, HEIGHTS[len(text)], strict=False)
        )
        parts.append(
            f'<g class="node {node.kind}" data-node="{k}" tabindex="0"><rect x="{x - width / 2:.1f}" '
            f'y="{y - HEIGHT / 2:.1f}" width="{width:.1f}" height="{HEIGHT:.1f}" rx="8"/>{inside}</g>'
        )
    return "\n".join([*parts, "</g></svg>"])


def curve(start: Point, bends: list[Point], end: Point, side: float) -> str:
    """A path from the lower side of one box to the upper side of another, straight down through the layers between.
    `side` moves a second edge between the same boxes beside the first."""
    (x, y), half = start, HEIGHT / 2
    path = f"M{x:.1f} {y + half:.1f}"
    for next_x, next_y in [*bends, end]:
        middle = (y + next_y) / 2
        path += f"C{x + side:.1f} {middle:.1f} {next_x + side:.1f} {middle:.1f} {next_x:.1f} {next_y - half:.1f}"
        if (next_x, next_y) != end:
            path += f"V{next_y + half:.1f}"
        x, y = next_x, next_y
    return path


HEIGHTS = {1: (4.0,), 2: (-5.0, 14.0), 3: (-12.0, 5.0, 22.0)}
"""For one, two and three lines of text: how far below the middle of the box each line stands, in pixels."""


def data(drawing: Drawing) -> str:
    """What the scripts need to know, as JSON that may stand in a page."""
    content = {
        "nodes": [
            {
                "name": visible(node.name),
                "operation": visible(node.operation),
                "value": None if node.value is None else format_number(node.value),
                "slope": slope(drawing, node),
                "adjoint": None if node.adjoint is None else format_number(node.adjoint),
                "note": visible(node.note),
            }
            for node in drawing.nodes
        ],
        "edges": [
            {"operand": edge.operand, "node": edge.node, "partial": detail(drawing, edge)} for edge in drawing.edges
        ],
        "steps": [
            {
                "text": visible(step.text),
                "node": step.node,
                "edge": step.edge,
                "number": format_number(step.number),
                "short": short(drawing, unsigned(step.number) if step.backward else step.number),
                "backward": step.backward,
                "note": visible(step.note),
            }
            for step in drawing.steps
        ],
    }
    return as_json(content)


def assets() -> list[str]:
    """The style and the scripts of the page."""
    return [_file("page/page.css"), _file("vendor/panzoom.min.js"), _file("page/page.js")]


def _file(name: str) -> str:
    return files("exprgrad.jobs.draw").joinpath(name).read_text("utf-8")
