"""Factors of a product that belong together: exp(x)*exp(y), x*x^(y - 1), abs(x)*sign(x), and others.

A rewriting has a value wherever the product has, and the same one, on all reals: the docstrings say how.
"""

from __future__ import annotations

from exprgrad.functions.rules import bind
from exprgrad.graph.patterns import Pair, matched_pair, matches, pairs
from exprgrad.simplify.identities import Identities
from exprgrad.simplify.inverses import CONJUGATES, WITHIN
from exprgrad.simplify.nodes import Nodes
from exprgrad.simplify.normal import CONSTANT_TERM, Product, Sum, combined


class Factors:
    """Factors of a product that belong together."""

    def __init__(self, nodes: Nodes, identities: Identities, *, digits: bool) -> None:
        self.nodes, self.graph, self.identities, self.digits = nodes, nodes.graph, identities, digits

    def joined(self, factors: dict[int, float]) -> Product:
        """A product of these factors: exponentials as one, functions of their inverse where others keep the domain."""
        operations, operands = self.graph.operations, self.graph.operands
        exponentials = sorted(base for base in factors if operations[base] == "exp")
        powers = {abs(factors[base]) for base in exponentials} - {1.0}
        if (powers or len(exponentials) > 1) if not self.digits else len(exponentials) == 1 and powers & {2.0, 4.0}:
            return self.one_exponential(factors, exponentials)
        for base, exponent in factors.items():
            found = None
            match operations[base]:
                case "abs" if exponent % 2 == 0:  # abs(x)^2 is x^2
                    found = self.replaced(factors, {base}, operands[base][0], exponent)
                case "cbrt" if exponent % 3 == 0:  # cbrt(x)^3 is x
                    found = self.replaced(factors, {base}, operands[base][0], exponent / 3)
                case "sign" if exponent == 1:
                    found = self.sign(factors, base)
                case "sqrt" if factors.get(operands[base][0]) == -exponent and abs(exponent) == 1:  # x/sqrt(x)
                    found = self.replaced(factors, {operands[base][0], base}, base, -exponent)
                case "hypot" if exponent % 2 == 0:
                    found = self.square(factors, base)
                case "pow" if exponent == 1:
                    found = self.power(factors, base)
                case "sub" if exponent == 1:
                    found = self.conjugates(factors, base)
                case operation if exponent == 1 and operation in WITHIN and len(factors) > 1:
                    found = self.inverse(factors, base)
            if found is not None:
                return found
        return Product(1.0, factors)

    def better(self, factors: dict[int, float]) -> dict[int, float]:
        """The factors with what keeps the digits of two of them: sigmoid(x) for exp(x)/(1 + exp(x)). All of these are
        positive, so that powers of them are no others."""
        for pair in pairs():
            for second in factors:
                if self.graph.operations[second] == pair.second and (factors[second] < 0) == pair.quotient:
                    changed = self.paired(factors, pair, second)
                    if changed is not None:
                        return self.better(changed)
        return factors

    def paired(self, factors: dict[int, float], pair: Pair, second: int) -> dict[int, float] | None:
        """The factors with the better form of this one and another, or of this one alone; None where there is none."""
        power = factors[second]
        for first in [base for base, exponent in factors.items() if exponent > 0 and base != second] + [None]:
            found = matched_pair(pair.row.formula, self.graph, first, second)
            if found is not None:
                times = min(abs(power), abs(power) if first is None else factors[first])
                old = {second: power / abs(power)} | ({} if first is None else {first: 1.0})
                atoms = [self.nodes.atom(node) for node in found.values()]
                new = self.nodes.node(bind(pair.row.better, tuple(found), self.identities)(atoms))
                return combined(combined(factors, old, -times), {new: 1.0}, times)
        return None

    def sign(self, factors: dict[int, float], base: int) -> Product | None:
        """x*sign(x) is abs(x), and abs(x)*sign(x) is x, at 0 too."""
        (x,) = self.graph.operands[base]
        if factors.get(x) == 1:
            size = self.nodes.node(self.identities.operation("abs")(self.nodes.atom(x)))
            return self.replaced(factors, {base, x}, size, 1.0)
        size = next((b for b in factors if self.graph.operations[b] == "abs" and self.graph.operands[b] == (x,)), -1)
        return self.replaced(factors, {base, size}, x, 1.0) if factors.get(size) == 1 else None

    def square(self, factors: dict[int, float], base: int) -> Product | None:
        """hypot(x, 1)^2 is 1 + x^2, which overflows where the square does."""
        one = [operand for operand in self.graph.operands[base] if self.graph.number(operand) == 1]
        rest = [operand for operand in self.graph.operands[base] if operand not in one]
        if len(one) != 1 or len(rest) != 1:
            return None
        square = self.identities.operation("square")(self.nodes.atom(rest[0]))
        total = self.nodes.node(self.identities.operation("add")(self.nodes.constant(1.0), square))
        return self.replaced(factors, {base}, total, factors[base] / 2)

    def conjugates(self, factors: dict[int, float], base: int) -> Product | None:
        """(1 - sin(x))*(1 + sin(x)) is cos(x)^2, and has all digits; the same for kin of these."""
        one, sine = self.graph.operands[base]
        found = CONJUGATES.get(self.graph.operations[sine])
        if found is None or self.graph.number(one) != 1:
            return None
        for order in ((one, sine), (sine, one)):
            other = next(
                (b for b in factors if (self.graph.operations[b], self.graph.operands[b]) == ("add", order)), -1
            )
            if factors.get(other) == 1:
                cosine = self.graph.apply(found, *self.graph.operands[sine])
                return self.replaced(factors, {base, other}, cosine, 2.0)
        return None

    def inverse(self, factors: dict[int, float], base: int) -> Product | None:
        """x for sin(asin(x)), where another factor is defined nowhere but where asin(x) is."""
        (inner,) = self.graph.operands[base]
        undone, keepers = WITHIN[self.graph.operations[base]]
        if self.graph.operations[inner] != undone or not self.kept(
            factors, base, self.graph.operands[inner][0], keepers
        ):
            return None
        return self.replaced(factors, {base}, self.graph.operands[inner][0], 1.0)

    def one_exponential(self, factors: dict[int, float], exponentials: list[int]) -> Product:
        """exp(x)^a*exp(y)^b is exp(a*x + b*y), for all reals, and finite where a factor alone would overflow. The
        sum is rounded once, which costs two digits for exponents of hundreds: `digits` forbids it, but 2*x is exact."""
        add, total = self.identities.operation("add"), self.nodes.constant(0.0)
        for base in exponentials:
            (operand,) = self.graph.operands[base]
            total = add(total, self.nodes.scale(self.nodes.atom(operand), factors[base]))
        rest = {base: exponent for base, exponent in factors.items() if base not in exponentials}
        form = self.identities.operation("exp")(total)
        known = self.nodes.known(form)
        if known is not None:
            return Product(known, rest)
        node = self.nodes.node(form)
        return Product(1.0, {**rest, node: rest.get(node, 0.0) + 1.0})

    def power(self, factors: dict[int, float], base: int) -> Product | None:
        """x*x^(y - 1) is x^y: for negative x both have a value where y is whole, and y - 1 is whole as y is."""
        x, y = self.graph.operands[base]
        form, count = self.nodes.forms.get(y), factors.get(x, 0.0)
        if not isinstance(form, Sum) or not count.is_integer() or not count:
            return None
        number = form.terms.get(CONSTANT_TERM, 0.0)
        if not number.is_integer() or abs(number + count) >= abs(number):
            return None
        power = self.identities.operation("add")(form, self.nodes.constant(count))
        node = self.nodes.node(self.identities.operation("pow")(self.nodes.atom(x), power))
        rest = {b: e for b, e in factors.items() if b not in (x, base)}
        return Product(1.0, {**rest, node: rest.get(node, 0.0) + 1.0})

    def replaced(self, factors: dict[int, float], old: set[int], new: int, exponent: float) -> Product:
        """The factors with another in place of some, to this exponent."""
        rest = {base: power for base, power in factors.items() if base not in old}
        inner = self.nodes.as_product(self.nodes.atom(new))
        for base, power in inner.factors.items():
            rest[base] = rest.get(base, 0.0) + power * exponent
        return Product(inner.coefficient**exponent, {base: power for base, power in rest.items() if power})

    def kept(self, factors: dict[int, float], own: int, x: int, keepers: tuple[str, ...]) -> bool:
        """Whether another factor is defined nowhere but where one of these functions or formulas of x is."""
        for base in factors:
            if base == own:
                continue
            if self.graph.operations[base] in keepers and self.graph.operands[base] == (x,):
                return True
            for formula in keepers:
                if "(" in formula and matches(formula, self.graph, base) == {"x": x}:
                    return True
        return False
