"""What stands on a node of a drawing, and beside an edge."""

from __future__ import annotations

from exprgrad.jobs.draw.result import Drawing, DrawnEdge, DrawnNode
from exprgrad.text.escapes import visible
from exprgrad.text.numbers import format_number
from exprgrad.tracing.blackboard import slope_text

_TITLE = 30
"""Characters of a line at the most."""
_CHARACTER, _PADDING, _LEAST, _MOST = 7.4, 24.0, 70.0, 250.0
"""Width of a character, of what is left and right of the text, and of the narrowest and widest box; in pixels."""


def title(node: DrawnNode) -> str:
    """`u = a*b`, or the name alone where it says it all; control characters as escapes."""
    text = node.name if node.operation in ("", node.name) else f"{node.name} = {node.operation}"
    return cut(visible(text), _TITLE)


def lines(drawing: Drawing, node: DrawnNode) -> list[str]:
    """The title, and where they are known the value and the adjoint: `dL/du = 5`."""
    found = [title(node)]
    if node.kind != "constant" and node.value is not None:
        found.append(short(node.value))
    if node.adjoint is not None:
        number = short(node.adjoint)
        found.append(f"{cut(slope(drawing, node), _TITLE - 3 - len(number))} = {number}")
    return found


def widths(drawing: Drawing) -> list[float]:
    """Of the boxes that hold these lines in a typewriter's letters, in pixels."""
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
    number = "nothing flows back" if edge.partial is None else format_number(edge.partial)
    return visible(" = ".join(dict.fromkeys([slope_text(above, below), edge.rule, number])))


def short(value: float) -> str:
    """A number for a drawing: six digits. The whole number is in what hovers over it."""
    return f"{value:.6g}"


def cut(text: str, width: int) -> str:
    """The text with an ellipsis for what is too long."""
    return text if len(text) <= width else text[: width - 1] + "…"
