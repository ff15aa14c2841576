"""Graph to text: infix expressions with as few parentheses as precedence allows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from exprgrad.functions.entry import Function
from exprgrad.functions.precedence import ATOM, SIGNED
from exprgrad.functions.table import CONSTANTS, FUNCTIONS, WRITTEN
from exprgrad.graph.graph import Graph
from exprgrad.notation.parts import Part, Parts, spell, without_defaults
from exprgrad.notation.repeats import with_names
from exprgrad.text.numbers import format_number


def write(graph: Graph, root: int, names: Mapping[int, str] | None = None, limit: int | None = None) -> str:
    """The expression of a node. Nodes in `names` stand as their name; the text is cut after `limit`
    characters, with an ellipsis."""
    return _Writer(graph).write(root, names or {}, limit)


class _Writer:
    """Writes nodes of one graph."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        shadowed = {name for name in CONSTANTS if graph.has_input(name)}
        self.constants = {value.hex(): name for name, value in CONSTANTS.items() if name not in shadowed}
        self.leaves: dict[int, Parts] = {}

    def write(self, root: int, names: Mapping[int, str], limit: int | None = None) -> str:
        return spell(root, self.parts, ("(", ")"), limit, names)

    def parts(self, node: int) -> Parts:
        leaf = self.leaves.get(node)
        if leaf is not None:
            return leaf
        operands = self.graph.operands[node]
        if operands or node not in self.graph.leaves:
            function = FUNCTIONS.get(self.graph.operations[node])
            return _call(self.graph, node) if function is None or not function.needs else _operator(function, operands)
        leaf = self.leaves[node] = self.leaf(node)
        return leaf

    def leaf(self, node: int) -> Parts:
        name, number = self.graph.name(node), self.graph.number(node)
        if number is None:
            return Parts(ATOM, [name or ""])
        text = self.constants.get(number.hex()) or format_number(number)
        return Parts(SIGNED if text.startswith("-") else ATOM, [text])


def _call(graph: Graph, node: int) -> Parts:
    operation = graph.operations[node]
    parts: list[Part] = [f"{WRITTEN.get(operation, operation)}("]
    for operand in without_defaults(graph, node):
        parts += [(operand, 0), ", "]
    return Parts(ATOM, [*parts[:-1], ")"])


def _operator(function: Function, operands: Sequence[int]) -> Parts:
    sign, needs = function.symbol, function.needs
    match operands:
        case [left, right]:
            return Parts(function.level, [(left, needs[0]), sign if function.tight else f" {sign} ", (right, needs[1])])
        case [only]:
            return Parts(function.level, [sign if function.tight else f"{sign} ", (only, needs[0])])
        case _:
            condition, chosen, otherwise = zip(operands, needs, strict=True)
            return Parts(function.level, [condition, " ? ", chosen, " : ", otherwise])


_LONG = 400
"""Characters beyond which an expression names its repeated parts."""


def write_program(graph: Graph, root: int, names: Mapping[int, str] | None = None) -> str:
    """The expression of a node. A long one names its repeated parts first, `t1 = …; t2 = …; result`,
    so that the text grows with the graph and not with the number of paths through it."""
    writer, known = _Writer(graph), names or {}
    text = writer.write(root, known, _LONG)
    if len(text) <= _LONG:
        return text
    return "; ".join(with_names(graph, root, known, writer.write, "{} = {}".format))
