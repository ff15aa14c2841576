"""Nodes as texts with operands between them, and a writer of these that does not recurse."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from math import inf
from typing import NamedTuple

from exprgrad.functions.entry import Function
from exprgrad.functions.table import FUNCTIONS
from exprgrad.graph.graph import Graph

Part = str | tuple[int, int]
"""A text, or an operand still to be written with the level that it needs."""


class Parts(NamedTuple):
    """How a node is written: its level (higher binds tighter), and text and operands in order."""

    level: int
    parts: list[Part]


def typeset(function: Function, template: str, operands: Sequence[int]) -> Parts:
    """A node by the LaTeX or the MathML of its function."""
    needs = function.set_needs or function.needs or (0,) * len(operands)
    parts: list[Part] = []
    for k, item in enumerate(re.split(r"#(\d)", template)):
        parts.append((operands[int(item) - 1], needs[int(item) - 1]) if k % 2 else item)
    return Parts(function.set_level or function.level, parts)


def without_defaults(graph: Graph, node: int) -> tuple[int, ...]:
    """The operands of a call, less trailing ones that a call may leave out."""
    operands = graph.operands[node]
    function = FUNCTIONS.get(graph.operations[node])
    for default in reversed(function.defaults if function else ()):
        if graph.number(operands[-1]) != default:
            break
        operands = operands[:-1]
    return operands


def spell(
    root: int,
    parts: Callable[[int], Parts],
    brackets: tuple[str, str],
    limit: int | None = None,
    names: Mapping[int, str] | None = None,
) -> str:
    """The text of a node, given the parts of each, or its name; cut after `limit` characters, with an ellipsis."""
    named = names or {}
    opening, closing = brackets
    texts: list[str] = []
    length, most = 0, inf if limit is None else limit
    stack: list[Part] = [(root, 0)]
    while stack:
        item = stack.pop()
        if not isinstance(item, str):
            node, needed = item
            name = named.get(node)
            if name is None:
                level, inner = parts(node)
                bracketed = level < needed
                if bracketed:
                    stack.append(closing)
                stack += inner[::-1]
                if not bracketed:
                    continue
                name = opening
            item = name
        texts.append(item)
        length += len(item)
        if length > most:
            return "".join(texts)[:limit] + "…"
    return "".join(texts)
