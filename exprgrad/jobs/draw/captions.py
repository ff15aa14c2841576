"""What stands on a node of a drawing, and beside an edge."""

from __future__ import annotations

from exprgrad.jobs.draw.result import Drawing, DrawnEdge, DrawnNode
from exprgrad.notation.result import slope_text
from exprgrad.text.escapes import visible
from exprgrad.text.numbers import format_number, unsigned

_TITLE = 30
"""The most characters of a line."""
_CHARACTER, _PADDING, _LEAST, _MOST = 7.4, 24.0, 70.0, 250.0
"""Widths in pixels: of a character, of the space beside the text, of the narrowest and of the widest box."""


def title(node: DrawnNode) -> str:
    """`u = a*b`, or the name alone where it is the operation. Control characters are shown as escapes."""
    text = node.name if node.operation in ("", node.name) else f"{node.name} = {node.operation}"
    return cut(visible(text), _TITLE)


def lines(drawing: Drawing, node: DrawnNode) -> list[str]:
    """The title, then the value and the adjoint (`dL/du = 5`) where they are known."""
    found = [title(node)]
    if node.kind != "constant" and node.value is not None:
        found.append(short(drawing, node.value))
    if node.adjoint is not None:
        number = short(drawing, unsigned(node.adjoint))
        found.append(f"{cut(slope(drawing, node), _TITLE - 3 - len(number))} = {number}")
    return found


def widths(drawing: Drawing) -> list[float]:
    """The widths of the boxes that hold these lines in a monospaced font, in pixels."""
    longest = (max(map(len, lines(drawing, node))) for node in drawing.nodes)
    return [min(max(_CHARACTER * length + _PADDING, _LEAST), _MOST) for length in longest]


def slope(drawing: Drawing, node: DrawnNode) -> str:
    """`dL/du`."""
    return visible(slope_text(drawing.result, node.name))


def detail(drawing: Drawing, edge: DrawnEdge) -> str:
    """`dv/du = b = 2`: the rule, and the partial in full; empty where it is not known."""
    if not edge.rule:
        return ""
    above, below = drawing.nodes[edge.node].name, drawing.nodes[edge.operand].name
    number = "nothing flows back" if edge.partial is None else format_number(unsigned(edge.partial))
    return visible(" = ".join(dict.fromkeys([slope_text(above, below), edge.rule, number])))


def short(drawing: Drawing, value: float) -> str:
    """A number in the digits of the drawing. The tooltip has all of them."""
    return f"{value:.{drawing.digits}g}"


def cut(text: str, width: int) -> str:
    """The text, with an ellipsis at its end where it is longer than this."""
    return text if len(text) <= width else text[: width - 1] + "…"
