"""What all notations of a graph share: precedence, and a writer that does not recurse."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

Part = str | tuple[int, int]
"""A piece of text, or an operand still to be written with the level that it needs."""


class Parts(NamedTuple):
    """How a node is written: its level (higher binds tighter), and text and operands in order."""

    level: int
    parts: list[Part]


class Levels(NamedTuple):
    """An operator's level, and the least level that each operand has without parentheses."""

    own: int
    operands: tuple[int, ...]


SIGNED, POWER, ATOM = 9, 10, 12
LEVELS = {
    "where": Levels(1, (2, 1, 1)),
    "or": Levels(2, (2, 3)),
    "and": Levels(3, (3, 4)),
    "not": Levels(4, (4,)),
    **dict.fromkeys(("lt", "le", "gt", "ge", "eq", "ne"), Levels(5, (6, 6))),
    "add": Levels(7, (7, 8)),
    "sub": Levels(7, (7, 8)),
    **dict.fromkeys(("mul", "div", "mod"), Levels(8, (8, SIGNED))),
    "neg": Levels(SIGNED, (POWER,)),
    "pow": Levels(POWER, (11, SIGNED)),
}
"""The grammar's precedence, from loose to tight."""


def spell(root: int, parts: Callable[[int], Parts], brackets: tuple[str, str], limit: int | None = None) -> str:
    """The text of a node, given the parts of each; cut after `limit` characters, with an ellipsis."""
    opening, closing = brackets
    pieces: list[str] = []
    length = 0
    stack: list[Part] = [(root, 0)]
    while stack:
        item = stack.pop()
        if isinstance(item, str):
            pieces.append(item)
            length += len(item)
            if limit is not None and length > limit:
                return "".join(pieces)[:limit] + "…"
        else:
            node, needed = item
            level, inner = parts(node)
            stack.extend(reversed([opening, *inner, closing] if level < needed else inner))
    return "".join(pieces)
