"""A drawing as an SVG of its own: without styles and names, which a page that it is put into would share.

Light boxes with dark texts, and edges of a middle grey: readable on white and on black.
"""

from __future__ import annotations

from html import escape

from exprgrad.jobs.draw.captions import lines, widths
from exprgrad.jobs.draw.layout import HEIGHT, layout
from exprgrad.jobs.draw.page.html import HEIGHTS, curve
from exprgrad.jobs.draw.result import Drawing
from exprgrad.text.escapes import visible

_FILLS = {"input": "#dbeafe", "operation": "#f1f5f9", "result": "#dcfce7", "constant": "#ffffff"}
_INKS = {"name": "#0f172a", "value": "#1d4ed8", "adjoint": "#c2410c"}
_FONT = 'font-family="ui-monospace, Menlo, Consolas, DejaVu Sans Mono, monospace" font-size="12"'
_MARGIN = 6


def svg(drawing: Drawing) -> str:
    """The whole document."""
    sizes = widths(drawing)
    places = layout(sizes, [(edge.operand, edge.node) for edge in drawing.edges])
    width, height = places.width + 2 * _MARGIN, places.height + 2 * _MARGIN
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{height:.0f}" '
        f'viewBox="{-_MARGIN} {-_MARGIN} {width:.0f} {height:.0f}" role="img" style="max-width: 100%; height: auto">',
        f"<title>{escape(visible(drawing.expression))}</title>",
        '<g fill="none" stroke="#808b99" stroke-width="1.5">',
    ]
    twins: dict[tuple[int, int], int] = {}
    for k, edge in enumerate(drawing.edges):
        twin = twins[edge.operand, edge.node] = twins.get((edge.operand, edge.node), -1) + 1
        dashes = ' stroke-dasharray="4 4"' if edge.rule and edge.partial is None else ""
        path = curve(places.centers[edge.operand], places.bends[k], places.centers[edge.node], 26.0 * twin)
        parts.append(f'<path d="{path}"{dashes}/>')
    parts.append(f'</g><g text-anchor="middle" {_FONT}>')
    for node, size, (x, y) in zip(drawing.nodes, sizes, places.centers, strict=True):
        stroke = 2 if node.kind == "result" else 1.2
        parts.append(
            f'<rect x="{x - size / 2:.1f}" y="{y - HEIGHT / 2:.1f}" width="{size:.1f}" height="{HEIGHT:.1f}" rx="8" '
            f'fill="{_FILLS[node.kind]}" stroke="#808b99" stroke-width="{stroke}"/>'
        )
        text = lines(drawing, node)
        for (kind, ink), line, dy in zip(_INKS.items(), text, HEIGHTS[len(text)], strict=False):
            weight = ' font-weight="600"' if kind == "name" else ""
            parts.append(f'<text x="{x:.1f}" y="{y + dy:.1f}" fill="{ink}"{weight}>{escape(line)}</text>')
    return "\n".join([*parts, "</g></svg>\n"])
