"""Graph to text: infix expressions with as few parentheses as precedence allows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from exprgrad.functions.table import CONSTANTS, FUNCTIONS
from exprgrad.graph.graph import Graph


class _Style(NamedTuple):
    """How an operator is written: its level (higher binds tighter) and those its operands need."""

    text: str
    level: int
    operands: tuple[int, ...]


_ATOM = 12
_SIGNED, _POWER = 9, 10
_STYLES = {
    "where": _Style("?", 1, (2, 1, 1)),
    "or": _Style(" or ", 2, (2, 3)),
    "and": _Style(" and ", 3, (3, 4)),
    "not": _Style("not ", 4, (4,)),
    "lt": _Style(" < ", 5, (6, 6)),
    "le": _Style(" <= ", 5, (6, 6)),
    "gt": _Style(" > ", 5, (6, 6)),
    "ge": _Style(" >= ", 5, (6, 6)),
    "eq": _Style(" == ", 5, (6, 6)),
    "ne": _Style(" != ", 5, (6, 6)),
    "add": _Style(" + ", 7, (7, 8)),
    "sub": _Style(" - ", 7, (7, 8)),
    "mul": _Style("*", 8, (8, _SIGNED)),
    "div": _Style("/", 8, (8, _SIGNED)),
    "mod": _Style(" % ", 8, (8, _SIGNED)),
    "neg": _Style("-", _SIGNED, (_POWER,)),
    "pow": _Style("^", _POWER, (11, _SIGNED)),
}


def format_number(value: float) -> str:
    """The shortest text that reads back to the same float; whole numbers without a fraction."""
    text = repr(value)
    return text[:-2] if text.endswith(".0") else text


def write(graph: Graph, root: int, names: Mapping[int, str] | None = None, limit: int | None = None) -> str:
    """The expression of a node. Nodes in `names` stand as their name; the text is cut after `limit`
    characters, with an ellipsis."""
    names = names or {}
    shadowed = {name for name in CONSTANTS if graph.has_input(name)}
    constants = {value.hex(): name for name, value in CONSTANTS.items() if name not in shadowed}
    pieces: list[str] = []
    length = 0
    stack: list[str | tuple[int, int]] = [(root, 0)]
    while stack:
        item = stack.pop()
        if isinstance(item, str):
            pieces.append(item)
            length += len(item)
            if limit is not None and length > limit:
                return "".join(pieces)[:limit] + "…"
            continue
        node, needed = item
        if node in names:
            stack.append(names[node])
            continue
        level, parts = _parts(graph, node, constants)
        stack.extend(reversed(["(", *parts, ")"] if level < needed else parts))
    return "".join(pieces)


def _parts(graph: Graph, node: int, constants: Mapping[str, str]) -> tuple[int, list[str | tuple[int, int]]]:
    """A node's level, and its text with operands still to be written, each with the level it needs."""
    number, name = graph.number(node), graph.name(node)
    if name is not None:
        return _ATOM, [name]
    if number is not None:
        text = constants.get(number.hex()) or format_number(number)
        return (_SIGNED if text.startswith("-") else _ATOM), [text]
    operation, operands = graph.operations[node], graph.operands[node]
    style = _STYLES.get(operation)
    if style is None:
        parts: list[str | tuple[int, int]] = [f"{operation}("]
        for operand in _without_defaults(graph, node):
            parts += [(operand, 0), ", "]
        return _ATOM, [*parts[:-1], ")"]
    nested = list(zip(operands, style.operands, strict=True))
    match nested:
        case [only]:
            return style.level, [style.text, only]
        case [left, right]:
            return style.level, [left, style.text, right]
        case _:
            condition, chosen, otherwise = nested
            return style.level, [condition, " ? ", chosen, " : ", otherwise]


def _without_defaults(graph: Graph, node: int) -> tuple[int, ...]:
    """The operands of a call, less trailing ones that a call may leave out."""
    operands = graph.operands[node]
    function = FUNCTIONS.get(graph.operations[node])
    for default in reversed(function.defaults if function else ()):
        if graph.number(operands[-1]) != default:
            break
        operands = operands[:-1]
    return operands


_LONG = 400
"""Characters beyond which an expression names its repeated parts."""
_REPEATED = 12
"""Characters from which a repeated part is worth a name."""


def write_program(graph: Graph, root: int, names: Mapping[int, str] | None = None) -> str:
    """The expression of a node. A long one names its repeated parts first, `t1 = …; t2 = …; result`,
    so that the text grows with the graph and not with the number of paths through it."""
    text = write(graph, root, names, limit=_LONG)
    return text if len(text) <= _LONG else _with_names(graph, root, dict(names or {}))


def _with_names(graph: Graph, root: int, names: dict[int, str]) -> str:
    uses = _uses(graph, root)
    lengths = [0] * (root + 1)
    lines: list[str] = []
    for node in range(root):
        operands = graph.operands[node]
        if not uses[node] or not operands:
            continue
        lengths[node] = len(graph.operations[node]) + sum(lengths[operand] + 2 for operand in operands)
        if uses[node] > 1 and node not in names and lengths[node] >= _REPEATED:
            name = _fresh(graph, len(lines) + 1)
            lines.append(f"{name} = {write(graph, node, names)}")
            names[node] = name
            lengths[node] = len(name)
    return "; ".join([*lines, write(graph, root, names)])


def _uses(graph: Graph, root: int) -> list[int]:
    """How many operands each node is, among the nodes that the root depends on."""
    uses = [0] * (root + 1)
    uses[root] = 1
    for node in range(root, -1, -1):
        if uses[node]:
            for operand in graph.operands[node]:
                uses[operand] += 1
    return uses


def _fresh(graph: Graph, number: int) -> str:
    name = f"t{number}"
    while graph.has_input(name):
        name += "_"
    return name
