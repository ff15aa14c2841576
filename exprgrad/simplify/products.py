"""Products, quotients and powers of normal forms: exponents of equal bases are added."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from math import isfinite

from exprgrad.functions.floats import FLOATS
from exprgrad.simplify.nodes import Nodes
from exprgrad.simplify.normal import NormalForm, Product, combined, ordinary, times


class Products:
    """Multiplication and what is made of it."""

    def __init__(self, nodes: Nodes) -> None:
        self.nodes = nodes
        self.graph = nodes.graph
        self.joined: Callable[[dict[int, float]], Product] = partial(Product, 1.0)
        """The product of some factors, of which some may belong together."""

    def multiply(self, x: NormalForm, y: NormalForm, direction: float) -> NormalForm:
        """x * y^direction for a direction of 1 or -1."""
        divisor = self.nodes.known(y)
        if direction < 0 and divisor is not None:
            number = self.nodes.known(x)
            if number is not None:
                return self.nodes.constant(FLOATS.operation("div")(number, divisor))
            inverse = FLOATS.operation("div")(1.0, divisor)
            if not ordinary(inverse) or 1.0 / inverse != divisor:
                return self.nodes.atom(self.graph.apply("div", self.nodes.node(x), self.nodes.node(y)))
            return self.nodes.scale(x, inverse)
        for number, other in ((self.nodes.known(x), y), (divisor, x)):
            if number is not None and direction > 0:
                return self.nodes.scale(other, number)
        left, right = self.nodes.as_product(x), self.nodes.as_product(y)
        coefficient = times(
            left.coefficient, right.coefficient if direction > 0 else FLOATS.operation("div")(1.0, right.coefficient)
        )
        if not ordinary(coefficient):
            operation = "div" if direction < 0 else "mul"
            return self.nodes.atom(self.graph.apply(operation, self.nodes.node(x), self.nodes.node(y)))
        product = self.joined(combined(left.factors, right.factors, direction))
        alone = self.lone_base(Product(1.0, product.factors))
        return self.nodes.scale(alone, coefficient * product.coefficient)

    def lone_base(self, form: Product) -> NormalForm:
        """A product of a single sum is that sum."""
        if len(form.factors) == 1 and form.coefficient == 1:
            ((base, exponent),) = form.factors.items()
            if exponent == 1:
                return self.nodes.forms.get(base, form)
        return form

    def power(self, x: NormalForm, y: NormalForm) -> NormalForm:
        """x^y; merged into a product where y is a known number."""
        base, exponent = self.nodes.known(x), self.nodes.known(y)
        if base is not None and exponent is not None:
            return self.nodes.constant(FLOATS.operation("pow")(base, exponent))
        if exponent == 1:
            return x
        if exponent == 0 or base == 1:
            return self.nodes.constant(1.0)
        if exponent is None or not isfinite(exponent):
            return self.nodes.atom(self.graph.apply("pow", self.nodes.node(x), self.nodes.node(y)))
        whole = exponent == int(exponent)
        product = self.nodes.as_product(x)
        coefficient = FLOATS.operation("pow")(product.coefficient, exponent)
        if whole and ordinary(coefficient):
            # (x^a)^n is x^(a*n) for whole n alone: (x^2)^0.5 is abs(x)
            factors = {base: power * exponent for base, power in product.factors.items()}
            joined = self.joined(factors)
            return self.nodes.scale(self.lone_base(Product(1.0, joined.factors)), coefficient * joined.coefficient)
        if product.coefficient == 1 and list(product.factors.values()) == [1.0]:
            return Product(1.0, {next(iter(product.factors)): exponent})
        return Product(1.0, {self.nodes.node(x): exponent})
