"""Normal forms as nodes of a graph, and nodes as normal forms: how a sum and a product are written for people."""

from __future__ import annotations

from collections.abc import Callable
from math import isfinite

from exprgrad.graph.graph import Graph
from exprgrad.graph.reach import cone
from exprgrad.simplify.normal import CONSTANT_TERM, MANY_FACTORS, NormalForm, Product, Sum, ordinary, times


class Nodes:
    """The nodes of one graph that were made from normal forms."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.forms: dict[int, NormalForm] = {}
        """The normal form of each node that was made from one."""
        self.better_sum: Callable[[int], NormalForm | None] = lambda node: None
        """What is written for the node of a sum, where it loses digits."""
        self.better_factors: Callable[[dict[int, float]], dict[int, float]] = lambda factors: factors
        """The same for the factors of a product."""

    def constant(self, value: float) -> NormalForm:
        return Product(value, {})

    def known(self, value: NormalForm) -> float | None:
        return value.coefficient if isinstance(value, Product) and not value.factors else None

    def atom(self, node: int) -> NormalForm:
        """The normal form of a node: the one that it was made from, else a product of itself alone."""
        form = self.forms.get(node)
        if form is None:
            number = self.graph.number(node)
            form = self.forms[node] = Product(1.0, {node: 1.0}) if number is None else Product(number, {})
            form.node = node
        return form

    def node(self, form: NormalForm) -> int:
        """The node of a normal form, made when it is first asked for."""
        if form.node < 0:
            form.node = self.sum_node(form) if isinstance(form, Sum) else self.product_node(form)
            self.forms.setdefault(form.node, form)
        return form.node

    def scale(self, form: NormalForm, factor: float) -> NormalForm:
        """A normal form times a number."""
        if factor == 1:
            return form
        if isinstance(form, Product):
            product = times(form.coefficient, factor)
            if form.factors and factor == 0 and isfinite(form.coefficient):
                return self.constant(0.0)
            if form.factors and not ordinary(product):  # it would over- or underflow where x*1e300*1e-300 does not
                return self.atom(self.graph.apply("mul", self.graph.constant(factor), self.node(form)))
            return Product(product, form.factors)
        if factor == -1:
            return Sum({term: -coefficient for term, coefficient in form.terms.items()})
        return self.scale(self.as_product(form), factor)

    def as_product(self, form: NormalForm) -> Product:
        """A normal form as a product; of one base, where it is a sum or too long to be merged."""
        if isinstance(form, Product):
            return form if len(form.factors) < MANY_FACTORS else Product(1.0, {self.node(form): 1.0})
        if next(iter(form.terms.values())) < 0:
            return Product(-1.0, {self.node(self.scale(form, -1.0)): 1.0})
        return Product(1.0, {self.node(form): 1.0})

    def sum_node(self, form: Sum) -> int:
        """A sum as additions and subtractions, in the order of its terms."""
        if shared := self.shared(form):
            first = next(iter(form.terms.values()))
            size = first if {abs(coefficient) for coefficient in form.terms.values()} == {abs(first)} else 1.0
            rest = {self.over(term, shared): coefficient / size for term, coefficient in form.terms.items()}
            return self.product_node(Product(size, {**dict.fromkeys(shared, 1.0), self.node(Sum(rest)): 1.0}))
        terms = list(form.terms.items())
        first = next((k for k, (_, coefficient) in enumerate(terms) if not coefficient < 0), 0)
        terms.insert(0, terms.pop(first))  # -a + b is written b - a
        total = self.term_node(*terms[0])
        for term, coefficient in terms[1:]:
            operation = "sub" if coefficient < 0 else "add"
            total = self.graph.apply(operation, total, self.term_node(term, abs(coefficient)))
        better = self.better_sum(total) if len(terms) == 2 else None
        return total if better is None else self.node(better)

    def shared(self, form: Sum) -> list[int]:
        """The exponentials that are a factor of each term: x^x*log(x) + x^x is written x^x*(log(x) + 1)."""
        shared: list[int] | None = None
        for term in form.terms:
            inner = self.forms.get(term) if term != CONSTANT_TERM else None
            if not isinstance(inner, Product):
                return []
            here = self.better_factors(inner.factors)
            kept = here if shared is None else shared
            shared = [base for base in kept if here.get(base) == 1 and self.graph.operations[base] in ("exp", "pow")]
            if not shared:
                return []
        return shared or []

    def over(self, term: int, shared: list[int]) -> int:
        """A term of a sum without these factors."""
        form = self.forms[term]
        assert isinstance(form, Product)
        factors = self.better_factors(form.factors)
        rest = {base: exponent for base, exponent in factors.items() if base not in shared}
        return self.node(Product(1.0, rest)) if rest else CONSTANT_TERM

    def term_node(self, term: int, coefficient: float) -> int:
        return self.node(self.term(term, coefficient))

    def term(self, term: int, coefficient: float) -> NormalForm:
        """A term of a sum, times its coefficient."""
        return self.constant(coefficient) if term == CONSTANT_TERM else self.scale(self.atom(term), coefficient)

    def product_node(self, form: Product) -> int:
        """A product as a quotient of multiplications, variables before functions."""
        graph, coefficient = self.graph, form.coefficient
        if not form.factors:
            return graph.constant(coefficient)
        above: list[int] = []
        below: list[int] = []
        for base, exponent in self.ranked(self.better_factors(form.factors)):
            size = abs(exponent)
            factor = base if size == 1 else graph.apply("pow", base, graph.constant(size))
            (above if exponent > 0 else below).append(factor)
        size = abs(coefficient)
        if 0 < size < 1 and (1.0 / size).is_integer() and 1.0 / (1.0 / size) == size:
            below.insert(0, graph.constant(1.0 / size))
        elif size != 1 or not above:
            above.insert(0, graph.constant(size))
        above = above or [graph.constant(1.0)]
        if coefficient < 0:
            number = graph.number(above[0])
            above[0] = graph.apply("neg", above[0]) if number is None else graph.constant(-number)
        above, below = self.means(above, below)
        top = self.chain(above)
        return graph.apply("div", top, self.chain(below)) if below else top

    def means(self, above: list[int], below: list[int]) -> tuple[list[int], list[int]]:
        """Factors with sum(x)/count(y) as mean(x), where the two have the same variables and so the same rows."""
        operations, operands = self.graph.operations, self.graph.operands
        for count in [node for node in below if operations[node] == "count"]:
            variables = self.variables(operands[count][0])
            for total in above:
                if operations[total] == "sum" and self.variables(operands[total][0]) == variables:
                    mean = self.graph.apply("mean", operands[total][0])
                    above = [mean if node == total else node for node in above]
                    below = [node for node in below if node != count]
                    break
        return above, below

    def variables(self, root: int) -> set[int]:
        """The variables that a node is computed from."""
        return {node for node in cone(self.graph, [root]) if self.graph.name(node) is not None}

    def ranked(self, factors: dict[int, float]) -> list[tuple[int, float]]:
        """Variables first, then functions, each in the order in which they appear."""
        found = sorted(factors.items())
        if self.graph.leaves.keys().isdisjoint(factors):
            return found
        return sorted(found, key=lambda factor: self.graph.name(factor[0]) is None)

    def chain(self, factors: list[int]) -> int:
        node = factors[0]
        for factor in factors[1:]:
            node = self.graph.apply("mul", node, factor)
        return node
