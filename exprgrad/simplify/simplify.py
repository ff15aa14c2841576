"""Expressions simplified for people: see `arithmetic` for how."""

from __future__ import annotations

from collections.abc import Mapping

from exprgrad.functions.table import MIXING
from exprgrad.graph.forward import forward
from exprgrad.graph.graph import Graph
from exprgrad.graph.reach import cone
from exprgrad.simplify.arithmetic import NormalForms
from exprgrad.simplify.normal import NormalForm


def simplify(
    graph: Graph, nodes: list[int], bindings: Mapping[str, float], *, digits: bool = False, last: bool = True
) -> tuple[Graph, list[int]]:
    """The nodes in a new graph, simplified, with the bindings put in for variables. With `digits` they are to be
    computed and not to be read: exp(x)*exp(y) stays, which has more digits than exp(x + y). Where it is not the last
    word, as nodes are derived further, what has no formula still says of what: nan would have the derivative 0."""
    new = Graph()
    forms = NormalForms(new, digits=digits, last=last)
    inputs: dict[str, NormalForm] = {
        name: forms.constant(bindings[name]) if name in bindings else forms.input(name) for name in graph.inputs()
    }
    values = _forward(graph, forms, inputs)
    return new, [forms.node(values[node]) for node in nodes]


def _forward(graph: Graph, forms: NormalForms, inputs: Mapping[str, NormalForm]) -> list[NormalForm]:
    """The forward pass in normal forms. A reduction or scan whose operand loses variables, as x/x does, is kept as it
    stands: one of them may be the column whose rows it takes."""
    if not MIXING.intersection(graph.operations):
        return forward(graph, forms, inputs)
    variables: list[frozenset[str]] = []
    values: list[NormalForm] = []
    for node, (operation, operands) in enumerate(zip(graph.operations, graph.operands, strict=True)):
        leaf = graph.leaves.get(node)
        own = {leaf} if isinstance(leaf, str) and forms.known(inputs[leaf]) is None else ()
        variables.append(frozenset(own).union(*(variables[operand] for operand in operands)))
        if leaf is not None:
            values.append(inputs[leaf] if isinstance(leaf, str) else forms.constant(leaf))
        elif operation in MIXING and _lost(forms, values[operands[0]], variables[operands[0]]):
            values.append(forms.nodes.atom(_verbatim(graph, node, forms, inputs)))
        else:
            values.append(forms.operation(operation)(*[values[operand] for operand in operands]))
    return values


def _lost(forms: NormalForms, form: NormalForm, variables: frozenset[str]) -> bool:
    """Whether a normal form has fewer variables than what it was made from."""
    if forms.known(form) is not None:
        return bool(variables)
    node = forms.node(form)
    names = {forms.nodes.graph.name(k) for k in forms.nodes.variables(node)}
    return names != variables


def _verbatim(graph: Graph, root: int, forms: NormalForms, inputs: Mapping[str, NormalForm]) -> int:
    """A node and what it is computed from, not simplified, in the graph of the normal forms."""
    found: dict[int, int] = {}
    for node in sorted(cone(graph, [root])):
        leaf = graph.leaves.get(node)
        if leaf is None:
            found[node] = forms.nodes.graph.apply(graph.operations[node], *[found[k] for k in graph.operands[node]])
        else:
            found[node] = forms.node(inputs[leaf]) if isinstance(leaf, str) else forms.nodes.graph.constant(leaf)
    return found[root]
