"""Simplification for people: like terms and powers collected, constants folded, a natural order.

It is a forward pass in an arithmetic of *normal forms*. A sum is kept as coefficients of terms, a product
as exponents of bases, until a node is needed; so `x*x*3 + x^2` becomes `4*x^2`, by addition of dicts.

The value is preserved wherever the original is defined, up to rounding; `x/x` becomes 1.
"""

from __future__ import annotations

from collections.abc import Callable
from math import isfinite, isnan, nan

from exprgrad.functions.floats import FLOATS
from exprgrad.functions.rules import bind
from exprgrad.functions.table import FUNCTIONS
from exprgrad.graph.graph import Graph
from exprgrad.graph.patterns import stable
from exprgrad.simplify.conditions import Conditions
from exprgrad.simplify.factors import Factors
from exprgrad.simplify.identities import Identities
from exprgrad.simplify.nodes import Nodes
from exprgrad.simplify.normal import NormalForm, Product
from exprgrad.simplify.products import Products
from exprgrad.simplify.sums import Sums


def _with_nan(operation: Callable[[NormalForm, NormalForm, float], NormalForm]) -> Callable[..., NormalForm]:
    """A sum or product, which is nan where an operand is."""

    def combined(x: NormalForm, y: NormalForm, direction: float) -> NormalForm:
        for operand in (x, y):
            if isinstance(operand, Product) and isnan(operand.coefficient):
                return Product(nan, {})
        return operation(x, y, direction)

    return combined


class NormalForms:
    """The arithmetic of normal forms over the nodes of one graph."""

    def __init__(self, graph: Graph, *, digits: bool = False, last: bool = True) -> None:
        self.last = last
        self.nodes = nodes = Nodes(graph)
        self.node, self.known, self.constant = nodes.node, nodes.known, nodes.constant
        products, conditions = Products(nodes), Conditions(nodes)
        sums = Sums(nodes, products)
        self.identities = Identities(nodes, self.operation)
        factors = Factors(nodes, self.identities, digits=digits)
        products.joined = factors.joined
        if not digits:
            nodes.better_sum, nodes.better_factors = self.better, factors.better
        add, multiply = (_with_nan(sums.add), _with_nan(products.multiply)) if last else (sums.add, products.multiply)
        self.special: dict[str, Callable[..., NormalForm]] = {
            "add": lambda x, y: add(x, y, 1.0),
            "sub": lambda x, y: add(x, y, -1.0),
            "neg": lambda x: nodes.scale(x, -1.0),
            "mul": lambda x, y: multiply(x, y, 1.0),
            "div": lambda x, y: multiply(x, y, -1.0),
            "pow": products.power,
            "square": lambda x: products.power(x, nodes.constant(2.0)),
            "where": conditions.where,
            "not": conditions.negation,
            "and": lambda x, y: conditions.junction("and", x, y),
            "or": lambda x, y: conditions.junction("or", x, y),
        }

    def operation(self, name: str) -> Callable[..., NormalForm]:
        found = self.special.get(name)
        if found is None:
            found = self.special[name] = self.build(name)
        return found

    def build(self, name: str) -> Callable[..., NormalForm]:
        function, compute = FUNCTIONS[name], FLOATS.operation(name)
        symmetric = function.symmetric and not function.symbol  # operators stay in the order that they are written in
        shown = function.written and (self.last or function.written != "nan")
        written = bind(function.written, function.operands, self) if shown else None

        def operation(*operands: NormalForm) -> NormalForm:
            numbers = [number for operand in operands if (number := self.known(operand)) is not None]
            if len(numbers) == len(operands):
                return self.constant(compute(*numbers))
            if written and self.known(operands[0]) != 0 and all(map(isfinite, numbers)):
                return written(operands)  # but not 0^x*log(0), for what the helper knows to be 0
            if (form := self.identities.apply(name, operands)) is not None:
                return form
            nodes = map(self.node, operands)
            node = self.nodes.graph.apply(name, *(sorted(nodes) if symmetric else nodes))
            return self.better(node) or self.nodes.atom(node)

        return operation

    def better(self, node: int) -> NormalForm | None:
        """What keeps the digits that the formula of a node loses, and is the same on all reals."""
        found = stable(self.nodes.graph, node, everywhere=True)
        if found is None:
            return None
        return bind(found.better, tuple(found.nodes), self)([self.nodes.atom(k) for k in found.nodes.values()])

    def input(self, name: str) -> NormalForm:
        return self.nodes.atom(self.nodes.graph.input(name))
