"""The constants of the language that a formula names where a variable is more likely: `tau` in `exp(-t/tau)`.

Two of them are names that people give to variables, too: `tau` and `e`. Nobody takes `pi` for one.
"""

from __future__ import annotations

from collections.abc import Iterable

from exprgrad.functions.table import FUNCTIONS
from exprgrad.graph.graph import Graph
from exprgrad.graph.lower import lower
from exprgrad.graph.reach import cone
from exprgrad.syntax.program import Program

INSTEAD = {"tau": "2*pi", "e": "exp(1)"}
"""The constants that are names of variables elsewhere, and what else writes them."""
_SIGNS = {"+", "-", "*", "/"}
"""Operators that hand a factor on to the operand of a periodic function, where tau is a whole turn."""


def doubtful(program: Program | None, constants: Iterable[str], *, formula: bool = False) -> list[str]:
    """Of the constants that a program names, those that are more likely meant as variables there. A base `e`, as in
    `e^x`, is not one of them, nor is `tau` in `sin(tau*f*t)` or `sqrt(tau)`."""
    asked = [name for name in INSTEAD if name in constants]
    if program is None or not asked:
        return []
    model = lower(program, asked, formula=formula)
    ends = [model.output] if model.response is None else [model.output, model.response]
    graph, inputs, nodes = model.graph, model.graph.inputs(), sorted(cone(model.graph, ends))
    users: dict[int, list[tuple[int, int]]] = {}
    for node in nodes:
        for place, operand in enumerate(graph.operands[node]):
            users.setdefault(operand, []).append((node, place))
    plain = {"e": _is_base, "tau": _is_turn}
    return [name for name in asked if name in inputs and not plain[name](graph, inputs[name], users)]


def _is_base(graph: Graph, node: int, users: dict[int, list[tuple[int, int]]]) -> bool:
    """Whether all that is done with a node is to raise it to powers."""
    return all(graph.operations[user] == "pow" and place == 0 for user, place in users.get(node, []))


def _is_turn(graph: Graph, node: int, users: dict[int, list[tuple[int, int]]]) -> bool:
    """Whether a node is only a factor in operands of waves, or below the root of a normal distribution."""
    seen, stack = {node}, [node]
    while stack:
        current = stack.pop()
        found = users.get(current, [])
        if not found:
            return False
        for user, place in found:
            operation = graph.operations[user]
            function = FUNCTIONS[operation]
            if function.period or (operation == "sqrt" and current == node):
                continue
            if function.symbol not in _SIGNS or (operation == "div" and place):
                return False
            if user not in seen:
                seen.add(user)
                stack.append(user)
    return True
