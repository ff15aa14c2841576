"""The names of nodes, and the texts of their operations and rules, where a computation is shown step by step."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from exprgrad.functions.rules import bind
from exprgrad.functions.table import CONSTANTS, FUNCTIONS
from exprgrad.graph.graph import CONSTANT, Graph
from exprgrad.graph.lower import Model
from exprgrad.notation.infix import write
from exprgrad.notation.precedence import LEVELS
from exprgrad.notation.result import free_name
from exprgrad.simplify.simplify import simplify
from exprgrad.text.numbers import format_number

_SHORT = 8
"""Characters of an expression that is its own name."""
_STEMS = ("v", "t", "node", "step", "node_")
"""What a made name begins with: the first that no name of the program has followed by a number."""


class Names:
    """Variables and named values have their names, short expressions are their own; others are v1, v2, …"""

    def __init__(self, model: Model) -> None:
        self.graph = model.graph
        self.texts: dict[int, str] = {node: name for name, node in model.graph.inputs().items()}
        """The nodes that have a name to be written with."""
        self.aliases: dict[str, int] = {}
        """Further names of nodes that have one already, and names of numbers."""
        for name, node in model.intermediates.items():
            self._call(node, name)
        taken = {*self.texts.values(), *self.aliases}
        self.result = model.name or self.texts.get(model.output, "") or free_name(taken)
        self._call(model.output, self.result)
        self.result = self.texts.get(model.output, self.result)
        own = frozenset(self.texts)
        stem = next(stem for stem in _STEMS if not any(re.fullmatch(rf"{stem}\d+", name) for name in taken))
        count = 0
        for node, operation in enumerate(self.graph.operations):
            if node not in self.texts and operation != CONSTANT and not self._is_short(node, own):
                count += 1
                self.texts[node] = f"{stem}{count}"

    def _call(self, node: int, name: str) -> None:
        """Give a node a name. A number is written as such wherever it stands."""
        if self.graph.operations[node] == CONSTANT or self.texts.setdefault(node, name) != name:
            self.aliases[name] = node

    def _is_short(self, node: int, own: frozenset[int]) -> bool:
        """Whether it is one operation on the user's names and numbers, with a short text."""
        if not all(k in own or self.graph.number(k) is not None for k in self.graph.operands[node]):
            return False
        return len(write(self.graph, node, self.texts, limit=_SHORT)) <= _SHORT

    def of(self, node: int) -> str:
        """What a node is called."""
        return write(self.graph, node, self.texts)

    def operation(self, node: int) -> str:
        """The operation of a node on the names of its operands; empty for a variable."""
        if not self.graph.operands[node]:
            return ""
        function, operands = FUNCTIONS[self.graph.operations[node]], self.graph.operands[node]
        if function.written:
            return self._formula(f"{function.name}({', '.join(function.operands)})", node)
        near = {*operands, *(k for operand in operands for k in self.graph.operands[operand])}
        return write(self.graph, node, {k: self.texts[k] for k in near if k in self.texts})

    def numbers(self, node: int, values: Sequence[float]) -> str:
        """The operation of a node on the values of its operands; empty for a helper of derivatives."""
        if not self.graph.operands[node] or FUNCTIONS[self.graph.operations[node]].written:
            return ""
        scratch, operation = Graph(), self.graph.operations[node]
        operands = [scratch.constant(values[operand]) for operand in self.graph.operands[node]]
        texts = {k: format_number(value) for k, value in scratch.leaves.items() if isinstance(value, float)}
        if operation in LEVELS:
            texts = {k: signed(text) for k, text in texts.items()}
        return write(scratch, scratch.apply(operation, *operands), texts)

    def rule(self, node: int, index: int) -> str:
        """The partial derivative with respect to an operand as the function table has it, on the names of the operands.

        Helpers are unfolded to the formulas that they stand for; simplified where that is shorter. An
        operand that matters only under a condition: `1 where x > 0`.
        """
        function = FUNCTIONS[self.graph.operations[node]]
        text, gate = self._formula(function.partials[index], node), self.gate(node, index)
        if not gate:
            return text
        return f"({text}) where {gate}" if "?" in text else f"{text} where {gate}"

    def gate(self, node: int, index: int) -> str:
        """The condition under which a node depends on an operand at all; empty for always."""
        gates = FUNCTIONS[self.graph.operations[node]].gates
        text = self._formula(gates[index], node) if gates and gates[index] else ""
        return "" if text == "1" else text

    def _formula(self, formula: str, node: int) -> str:
        """A formula of the function table over the names of a node's operands."""
        scratch = Graph()
        for name in CONSTANTS:
            if self.graph.has_input(name):
                scratch.input(name)  # so that the constant is not written with this name
        operands = self.graph.operands[node]
        scope = [*(self._copy(scratch, operand) for operand in operands), self._copy(scratch, node)]
        names = (*FUNCTIONS[self.graph.operations[node]].operands, "out")
        found = bind(formula, names, _Verbatim(scratch))(scope)
        simple, (short,) = simplify(scratch, [found], {})
        return min(write(scratch, found), write(simple, short), key=len)

    def _copy(self, scratch: Graph, node: int) -> int:
        """A node in another graph: as an input of its name, or as the short expression that it is."""
        number = self.graph.number(node)
        if number is not None:
            return scratch.constant(number)
        if node in self.texts:
            return scratch.input(self.texts[node])
        return scratch.apply(self.graph.operations[node], *(self._copy(scratch, k) for k in self.graph.operands[node]))


class _Verbatim:
    """The arithmetic of formulas as they are written, but for helpers, which are unfolded."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph

    def constant(self, value: float) -> int:
        return self.graph.constant(value)

    def known(self, value: int) -> float | None:
        return self.graph.number(value)

    def operation(self, name: str) -> Callable[..., int]:
        function = FUNCTIONS[name]
        formula = function.written or (function.formula if function.helper else "")
        if not formula:
            return lambda *operands: self.graph.apply(name, *operands)
        return lambda *operands: bind(formula, function.operands, self)(operands)


def signed(text: str) -> str:
    """A number behind an operator: `(-2)`."""
    return f"({text})" if text.startswith("-") else text
