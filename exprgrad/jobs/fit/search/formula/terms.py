"""Terms of one shape in a sum, such as two peaks: the exchanges of parameters that leave the sum as it is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations

from exprgrad.graph.graph import Graph
from exprgrad.graph.reach import cone
from exprgrad.jobs.fit.problem import Problem

Swap = list[tuple[int, int]]
"""Pairs of parameters, by number, that change places together."""


def swaps(problem: Problem, allowed: Sequence[int]) -> list[Swap]:
    """The exchanges of parameters that may change nothing: of two terms of one shape, and of those that share a
    parameter with these. The first pair is the first that such a term has."""
    graph = problem.graph
    numbers = {graph.inputs()[name]: k for k, name in enumerate(problem.names)}
    terms = [_shape(graph, node, sign, numbers) for node, sign in _terms(graph, problem.model.output, 1)]
    found: list[Swap] = []
    for (one, first), (other, second) in combinations(terms, 2):
        if one == other and (pairs := _paired(first, second)):
            found.append(pairs)
    whole: list[Swap] = []
    for swap in found:
        grown = list(swap)
        for more in found:
            if set(more) & set(grown) and not _contradict(grown, more):
                grown += [pair for pair in more if pair not in grown]
        if grown and all(p in allowed and q in allowed for p, q in grown) and grown not in whole:
            whole.append(grown)
    return whole


def parameters_of_terms(problem: Problem) -> list[list[int]]:
    """The parameters of each term, by number."""
    graph = problem.graph
    numbers = {graph.inputs()[name]: k for k, name in enumerate(problem.names)}
    terms = [node for node, _ in _terms(graph, problem.model.output, 1)]
    return [sorted(numbers[node] for node in cone(graph, [term]) if node in numbers) for term in terms]


def _paired(first: Sequence[int], second: Sequence[int]) -> Swap:
    """The pairs of two lists; empty where they are no exchange."""
    pairs = [(p, q) for p, q in dict.fromkeys(zip(first, second, strict=True)) if p != q]
    both = [k for pair in pairs for k in pair]
    return pairs if len(set(both)) == len(both) else []


def _contradict(one: Swap, other: Swap) -> bool:
    partner = {k: pair for pair in one for k in pair}
    return any(partner.get(k, pair) != pair for pair in other for k in pair)


def _terms(graph: Graph, node: int, sign: int) -> Iterator[tuple[int, int]]:
    """The terms of a sum with their signs."""
    operation, operands = graph.operations[node], graph.operands[node]
    if operation in ("add", "sub"):
        yield from _terms(graph, operands[0], sign)
        yield from _terms(graph, operands[1], sign if operation == "add" else -sign)
    elif operation == "neg":
        yield from _terms(graph, operands[0], -sign)
    else:
        yield node, sign


def _shape(graph: Graph, node: int, sign: int, numbers: dict[int, int]) -> tuple[str, list[int]]:
    """A term as a text in which parameters have no names, and its parameters in order."""
    order: list[int] = []

    def text(node: int) -> str:
        if node in numbers:
            order.append(numbers[node])
            return "?"
        leaf = graph.leaves.get(node)
        if leaf is not None:
            return str(leaf)
        return f"{graph.operations[node]}({','.join(map(text, graph.operands[node]))})"

    return f"{sign} {text(node)}", order
