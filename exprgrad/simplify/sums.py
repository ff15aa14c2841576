"""Sums of normal forms: coefficients of equal terms are added."""

from __future__ import annotations

from exprgrad.simplify.inverses import SQUARES
from exprgrad.simplify.nodes import Nodes
from exprgrad.simplify.normal import CONSTANT_TERM, WIDE, NormalForm, Product, Sum, combined
from exprgrad.simplify.products import Products

_FEW = 8
"""Terms of a sum that is multiplied out."""


class Sums:
    """Addition, and the multiplying out that it needs to find equal terms."""

    def __init__(self, nodes: Nodes, products: Products) -> None:
        self.nodes = nodes
        self.products = products

    def add(self, x: NormalForm, y: NormalForm, sign: float) -> NormalForm:
        """x + sign*y for a sign of 1 or -1."""
        left, right = self.as_sum(x), self.as_sum(y)
        left, right = self.distributed(x, left, right), self.distributed(y, right, left)
        terms = combined(left.terms, right.terms, sign)
        return self.squares(terms) or self.lone(Sum(terms))

    def squares(self, terms: dict[int, float]) -> NormalForm | None:
        """1 + tan(x)^2 and its kin, as what they are together; sin(x)^2 + cos(x)^2 as 1."""
        if len(terms) != 2:
            return None
        graph = self.nodes.graph
        (first, a), (second, b) = terms.items()
        if first == CONSTANT_TERM:
            first, a, second, b = second, b, first, a
        name, x = self.square(first)
        if second == CONSTANT_TERM and name:
            for (function, c, d), (other, power) in SQUARES.items():
                if function == name and a * c == b * d:
                    node = graph.apply(other, x)
                    return self.nodes.scale(Product(1.0, {node: power}), b / c)
        if {"sin", "cos"} == {name, self.square(second)[0]} and x == self.square(second)[1] and a == b:
            return self.nodes.constant(a)
        if {"sinh", "cosh"} == {name, self.square(second)[0]} and x == self.square(second)[1] and a == -b:
            return self.nodes.constant(a if name == "cosh" else b)
        return None

    def square(self, term: int) -> tuple[str, int]:
        """The function and the operand of a term f(x)^2."""
        form = self.nodes.forms.get(term) if term != CONSTANT_TERM else None
        if isinstance(form, Product) and form.coefficient == 1 and list(form.factors.values()) == [2.0]:
            (base,) = form.factors
            if len(operands := self.nodes.graph.operands[base]) == 1:
                return self.nodes.graph.operations[base], operands[0]
        return "", -1

    def as_sum(self, form: NormalForm) -> Sum:
        """A normal form as a sum; of one term, where it is a product or too long to be merged."""
        if isinstance(form, Sum):
            return form if len(form.terms) < WIDE else Sum({self.nodes.node(form): 1.0})
        if not form.factors:
            return Sum({CONSTANT_TERM: form.coefficient} if form.coefficient else {})
        return Sum({self.nodes.node(Product(1.0, form.factors)): form.coefficient})

    def distributed(self, form: NormalForm, as_sum: Sum, other: Sum) -> Sum:
        """A product with a sum in it, multiplied out if one of the terms is among the other's."""
        if isinstance(form, Sum) or len(other.terms) > WIDE:
            return as_sum
        inner = [base for base, exponent in form.factors.items() if exponent == 1 and base in self.nodes.forms]
        for base in inner:
            inside = self.nodes.forms[base]
            if isinstance(inside, Sum) and len(inside.terms) <= _FEW and CONSTANT_TERM not in inside.terms:
                rest = Product(1.0, {b: e for b, e in form.factors.items() if b != base})
                terms = {
                    self.nodes.node(self.products.multiply(rest, self.nodes.atom(t), 1.0)): c
                    for t, c in inside.terms.items()
                }
                if any(term in other.terms for term in terms):
                    return Sum({term: form.coefficient * c for term, c in terms.items()})
        return as_sum

    def lone(self, form: Sum) -> NormalForm:
        """A sum of a single term is a product."""
        if len(form.terms) > 1:
            return form
        for term, coefficient in form.terms.items():
            return self.nodes.term(term, coefficient)
        return self.nodes.constant(0.0)
