"""What is known of a mean from how its formula is written: 1 - m without cancelling, and whether one maximum is all."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from exprgrad.graph.graph import Graph
from exprgrad.graph.symbols import Symbols


class Link(NamedTuple):
    """A mean that is a known function of something."""

    kind: str
    """"logistic", "probit", "loglog" (1 - exp(-exp(x))), "exp", or "identity"."""
    inner: int
    """The operand."""


CONCAVE = {"poisson": {"exp", "identity"}, "binomial": {"logistic", "probit", "loglog"}}
CONCAVE["bernoulli"] = CONCAVE["binomial"]
"""Links with which the log-likelihood is concave where the operand is linear in the parameters (Wedderburn 1976,
Biometrika 63): then there is one maximum at the most."""


def link_of(graph: Graph, node: int) -> Link:
    """How a mean is written."""
    operation, operands = graph.operations[node], graph.operands[node]
    if operation == "sigmoid":
        return Link("logistic", operands[0])
    if operation == "normal_cdf":
        return Link("probit", operands[0])
    if operation == "exp":
        return Link("exp", operands[0])
    if operation == "div":
        over, under = operands
        added = _one_plus(graph, under)
        if added is not None and graph.operations[added] == "exp":
            (inner,) = graph.operands[added]
            if over == added:  # exp(x)/(1 + exp(x))
                return Link("logistic", inner)
            if graph.number(over) == 1 and graph.operations[inner] == "neg":  # 1/(1 + exp(-x))
                return Link("logistic", graph.operands[inner][0])
    rest = _one_less(graph, node)
    if rest is not None and (inside := _exp_of_minus_exp(graph, rest)) is not None:
        return Link("loglog", inside)
    return Link("identity", node)


def complement(graph: Graph, node: int) -> int:
    """The node of 1 - m, written so that it keeps its digits where m is near 1."""
    symbols = Symbols(graph)
    apply, one = symbols.operation, symbols.constant(1.0)
    link = link_of(graph, node)
    if link.kind in ("logistic", "probit"):
        return apply("sigmoid" if link.kind == "logistic" else "normal_cdf")(apply("neg")(link.inner))
    rest = _one_less(graph, node)
    if rest is not None:
        return rest
    if graph.operations[node] == "div":
        over, under = graph.operands[node]
        added = _one_plus(graph, under)
        if added is not None and over == added:  # u/(1 + u)
            return apply("div")(one, under)
        if added is not None and graph.number(over) == 1:  # 1/(1 + u)
            return apply("div")(added, under)
    return apply("sub")(one, node)


def _one_plus(graph: Graph, node: int) -> int | None:
    """The u of 1 + u."""
    if graph.operations[node] != "add":
        return None
    operands: Sequence[int] = graph.operands[node]
    for k in (0, 1):
        if graph.number(operands[k]) == 1:
            return operands[1 - k]
    return None


def _one_less(graph: Graph, node: int) -> int | None:
    """The u of 1 - u, or the exp(x) of -expm1(x)."""
    operation, operands = graph.operations[node], graph.operands[node]
    if operation == "sub" and graph.number(operands[0]) == 1:
        return operands[1]
    if operation == "neg" and graph.operations[operands[0]] == "expm1":
        return graph.apply("exp", *graph.operands[operands[0]])
    return None


def _exp_of_minus_exp(graph: Graph, node: int) -> int | None:
    """The x of exp(-exp(x))."""
    for operation in ("exp", "neg", "exp"):
        if graph.operations[node] != operation:
            return None
        (node,) = graph.operands[node]
    return node
