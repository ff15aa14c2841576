"""Simplification for people: like terms and powers collected, constants folded, a natural order.

It is a forward pass in an arithmetic of *forms*. A sum is kept as coefficients of terms, a product
as exponents of bases, until a node is needed; so `x*x*3 + x^2` becomes `4*x^2`, by addition of dicts.

The value is preserved wherever the original is defined, up to rounding; `x/x` becomes 1.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import inf, isfinite
from sys import float_info

from exprgrad.functions.floats import FLOATS
from exprgrad.functions.rules import bind
from exprgrad.functions.table import FUNCTIONS
from exprgrad.graph.graph import Graph
from exprgrad.graph.reach import cone

_WIDE = 64
"""Terms or factors from which a form is no longer merged into larger ones: keeps time linear."""


_FEW = 8
"""Terms of a sum that is multiplied out."""

SMALLEST = float_info.min
"""The smallest normal float."""

_ONE = -1
"""The key of the constant among a sum's terms."""


class Sum:
    """The terms, each times its coefficient."""

    __slots__ = ("node", "terms")

    def __init__(self, terms: dict[int, float]) -> None:
        self.terms = terms
        self.node = -1


class Product:
    """coefficient * the bases, each to its exponent. Without bases: a number."""

    __slots__ = ("coefficient", "factors", "node")

    def __init__(self, coefficient: float, factors: dict[int, float]) -> None:
        self.coefficient = coefficient
        self.factors = factors
        self.node = -1


Form = Sum | Product


class Forms:
    """The arithmetic of forms over the nodes of one graph."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.forms: dict[int, Form] = {}
        """The form of each node that was made from one."""
        self.junctions: dict[int, list[int]] = {}
        """The conditions joined in each conjunction and disjunction."""
        self.special: dict[str, Callable[..., Form]] = {
            "add": lambda x, y: self.add(x, y, 1.0),
            "sub": lambda x, y: self.add(x, y, -1.0),
            "neg": lambda x: self.scale(x, -1.0),
            "mul": lambda x, y: self.multiply(x, y, 1.0),
            "div": lambda x, y: self.multiply(x, y, -1.0),
            "pow": self.power,
            "square": lambda x: self.power(x, self.constant(2.0)),
            "where": self.where,
            "not": self.negation,
            "and": lambda x, y: self.junction("and", x, y),
            "or": lambda x, y: self.junction("or", x, y),
        }

    def constant(self, value: float) -> Form:
        return Product(value, {})

    def known(self, value: Form) -> float | None:
        return value.coefficient if isinstance(value, Product) and not value.factors else None

    def operation(self, name: str) -> Callable[..., Form]:
        return self.special.get(name) or self.build(name)

    def build(self, name: str) -> Callable[..., Form]:
        function, compute = FUNCTIONS[name], FLOATS.operation(name)
        symmetric = function.symmetric and not function.symbol  # operators stay in the order that they are written in
        written = bind(function.written, function.operands, self) if function.written else None

        def operation(*operands: Form) -> Form:
            numbers = [number for operand in operands if (number := self.known(operand)) is not None]
            if len(numbers) == len(operands):
                return self.constant(compute(*numbers))
            if written and self.known(operands[0]) != 0 and all(map(isfinite, numbers)):
                return written(operands)  # but not 0^x*log(0), for what the helper knows to be 0
            nodes = map(self.node, operands)
            return self.atom(self.graph.apply(name, *(sorted(nodes) if symmetric else nodes)))

        return operation

    def atom(self, node: int) -> Form:
        form = self.forms.get(node)
        if form is None:
            number = self.graph.number(node)
            form = self.forms[node] = Product(1.0, {node: 1.0}) if number is None else Product(number, {})
            form.node = node
        return form

    def input(self, name: str) -> Form:
        return self.atom(self.graph.input(name))

    def add(self, x: Form, y: Form, sign: float) -> Form:
        left, right = self.as_sum(x), self.as_sum(y)
        left, right = self.distributed(x, left, right), self.distributed(y, right, left)
        return self.lone(Sum(_combined(left.terms, right.terms, sign)))

    def as_sum(self, form: Form) -> Sum:
        if isinstance(form, Sum):
            return form if len(form.terms) < _WIDE else Sum({self.node(form): 1.0})
        if not form.factors:
            return Sum({_ONE: form.coefficient} if form.coefficient else {})
        return Sum({self.node(Product(1.0, form.factors)): form.coefficient})

    def distributed(self, form: Form, as_sum: Sum, other: Sum) -> Sum:
        """A product with a sum in it, multiplied out if one of the terms is among the other's."""
        if isinstance(form, Sum) or len(other.terms) > _WIDE:
            return as_sum
        inner = [base for base, exponent in form.factors.items() if exponent == 1 and base in self.forms]
        for base in inner:
            inside = self.forms[base]
            if isinstance(inside, Sum) and len(inside.terms) <= _FEW and _ONE not in inside.terms:
                rest = Product(1.0, {b: e for b, e in form.factors.items() if b != base})
                terms = {self.node(self.multiply(rest, self.atom(t), 1.0)): c for t, c in inside.terms.items()}
                if any(term in other.terms for term in terms):
                    return Sum({term: form.coefficient * c for term, c in terms.items()})
        return as_sum

    def lone(self, form: Sum) -> Form:
        """A sum of a single term is a product."""
        if len(form.terms) > 1:
            return form
        for term, coefficient in form.terms.items():
            return self.constant(coefficient) if term == _ONE else self.scale(self.atom(term), coefficient)
        return self.constant(0.0)

    def scale(self, form: Form, factor: float) -> Form:
        if factor == 1:
            return form
        if isinstance(form, Product):
            product = form.coefficient * factor
            if form.factors and factor == 0 and isfinite(form.coefficient):
                return self.constant(0.0)
            if form.factors and not _ordinary(product):  # it would over- or underflow where x*1e300*1e-300 does not
                return self.atom(self.graph.apply("mul", self.graph.constant(factor), self.node(form)))
            return Product(product, form.factors)
        if factor == -1:
            return Sum({term: -coefficient for term, coefficient in form.terms.items()})
        return self.scale(self.as_product(form), factor)

    def as_product(self, form: Form) -> Product:
        if isinstance(form, Product):
            return form if len(form.factors) < _WIDE else Product(1.0, {self.node(form): 1.0})
        if next(iter(form.terms.values())) < 0:
            return Product(-1.0, {self.node(self.scale(form, -1.0)): 1.0})
        return Product(1.0, {self.node(form): 1.0})

    def multiply(self, x: Form, y: Form, direction: float) -> Form:
        """x * y^direction for a direction of 1 or -1."""
        divisor = self.known(y)
        if direction < 0 and divisor is not None:
            number = self.known(x)
            if number is not None:
                return self.constant(FLOATS.operation("div")(number, divisor))
            inverse = FLOATS.operation("div")(1.0, divisor)
            if not _ordinary(inverse) or 1.0 / inverse != divisor:
                return self.atom(self.graph.apply("div", self.node(x), self.node(y)))
            return self.scale(x, inverse)
        for number, other in ((self.known(x), y), (divisor, x)):
            if number is not None and direction > 0:
                return self.scale(other, number)
        left, right = self.as_product(x), self.as_product(y)
        coefficient = left.coefficient * (
            right.coefficient if direction > 0 else FLOATS.operation("div")(1.0, right.coefficient)
        )
        if not _ordinary(coefficient):
            operation = "div" if direction < 0 else "mul"
            return self.atom(self.graph.apply(operation, self.node(x), self.node(y)))
        factors = _combined(left.factors, right.factors, direction)
        return self.scale(self.lone_base(Product(1.0, factors)), coefficient)

    def lone_base(self, form: Product) -> Form:
        """A product of a single sum is that sum."""
        if len(form.factors) == 1 and form.coefficient == 1:
            ((base, exponent),) = form.factors.items()
            if exponent == 1:
                return self.forms.get(base, form)
        return form

    def power(self, x: Form, y: Form) -> Form:
        base, exponent = self.known(x), self.known(y)
        if base is not None and exponent is not None:
            return self.constant(FLOATS.operation("pow")(base, exponent))
        if exponent == 1:
            return x
        if exponent == 0:
            return self.constant(1.0)
        if exponent is None or not isfinite(exponent):
            return self.atom(self.graph.apply("pow", self.node(x), self.node(y)))
        whole = exponent == int(exponent)
        product = self.as_product(x)
        coefficient = FLOATS.operation("pow")(product.coefficient, exponent)
        if whole and _ordinary(coefficient):
            # (x^a)^n is x^(a*n) for whole n alone: (x^2)^0.5 is abs(x)
            factors = {base: power * exponent for base, power in product.factors.items()}
            return Product(coefficient, factors)
        if product.coefficient == 1 and list(product.factors.values()) == [1.0]:
            return Product(1.0, {next(iter(product.factors)): exponent})
        return Product(1.0, {self.node(x): exponent})

    def where(self, condition: Form, x: Form, y: Form) -> Form:
        number = self.known(condition)
        if number is not None:
            return x if number else y
        test, left, right = map(self.node, (condition, x, y))
        if self.graph.operations[test] == "not":
            (test,) = self.graph.operands[test]
            left, right = right, left
        left, right = self.branch(left, test, 1), self.branch(right, test, 2)
        return self.atom(left if left == right else self.graph.apply("where", test, left, right))

    def branch(self, node: int, test: int, taken: int) -> int:
        """A branch that tests the same condition again has but one outcome."""
        while self.graph.operations[node] == "where" and self.graph.operands[node][0] == test:
            node = self.graph.operands[node][taken]
        return node

    _OPPOSITE: Mapping[str, str] = {"eq": "ne", "ne": "eq"}
    """Comparisons whose negation is one comparison, with nan too: nan < x and nan >= x are both 0."""

    def negation(self, x: Form) -> Form:
        number = self.known(x)
        if number is not None:
            return self.constant(0.0 if number else 1.0)
        node = self.node(x)
        operation = self.graph.operations[node]
        if operation in self._OPPOSITE:
            return self.atom(self.graph.apply(self._OPPOSITE[operation], *self.graph.operands[node]))
        return self.atom(self.graph.apply("not", node))

    def junction(self, name: str, x: Form, y: Form) -> Form:
        """A conjunction or disjunction: repeated conditions once, constants decided, c or not c is 1."""
        decisive = 0.0 if name == "and" else 1.0
        for number, other in ((self.known(x), y), (self.known(y), x)):
            if number is not None:
                return self.constant(decisive) if bool(number) == bool(decisive) else self.truth(other)
        parts = list(dict.fromkeys([*self.parts(name, self.node(x)), *self.parts(name, self.node(y))]))
        for part in parts:
            if self.opposite(part) in parts:
                return self.constant(decisive)
        if name == "or" and len(parts) == 2:  # c and d or c and not d
            left, right = (self.parts("and", part) for part in parts)
            shared = [part for part in left if part in right]
            rest = [part for part in (*left, *right) if part not in shared]
            if shared and len(rest) == 2 and self.opposite(rest[0]) == rest[1]:
                parts = shared
                name = "and"
        if len(parts) == 1:
            return self.truth(self.atom(parts[0]))
        node = parts[0]
        for part in parts[1:]:
            node = self.graph.apply(name, node, part)
        if len(parts) < _WIDE:
            self.junctions[node] = parts
        return self.atom(node)

    def parts(self, name: str, node: int) -> list[int]:
        """The conditions that a chain of the same junction joins."""
        return self.junctions.get(node, [node]) if self.graph.operations[node] == name else [node]

    def opposite(self, node: int) -> int:
        """The node of a condition's negation."""
        if self.graph.operations[node] == "not":
            return self.graph.operands[node][0]
        return self.node(self.negation(self.atom(node)))

    def truth(self, form: Form) -> Form:
        """A number as a truth value; a condition is one already."""
        function = FUNCTIONS.get(self.graph.operations[self.node(form)])
        if function is not None and function.truth:
            return form
        return self.atom(self.graph.apply("ne", self.node(form), self.graph.constant(0.0)))

    def node(self, form: Form) -> int:
        """The node of a form, made when it is first asked for."""
        if form.node < 0:
            form.node = self.sum_node(form) if isinstance(form, Sum) else self.product_node(form)
            self.forms.setdefault(form.node, form)
        return form.node

    def sum_node(self, form: Sum) -> int:
        terms = list(form.terms.items())
        first = next((k for k, (_, coefficient) in enumerate(terms) if not coefficient < 0), 0)
        terms.insert(0, terms.pop(first))  # -a + b is written b - a
        total = self.term_node(*terms[0])
        for term, coefficient in terms[1:]:
            operation = "sub" if coefficient < 0 else "add"
            total = self.graph.apply(operation, total, self.term_node(term, abs(coefficient)))
        return total

    def term_node(self, term: int, coefficient: float) -> int:
        return self.graph.constant(coefficient) if term == _ONE else self.node(self.scale(self.atom(term), coefficient))

    def product_node(self, form: Product) -> int:
        graph, coefficient = self.graph, form.coefficient
        if not form.factors:
            return graph.constant(coefficient)
        above: list[int] = []
        below: list[int] = []
        for base, exponent in sorted(form.factors.items(), key=self.rank):
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

    def rank(self, factor: tuple[int, float]) -> tuple[bool, int]:
        """Variables first, then functions, each in the order in which they appear."""
        return self.graph.name(factor[0]) is None, factor[0]

    def chain(self, factors: list[int]) -> int:
        node = factors[0]
        for factor in factors[1:]:
            node = self.graph.apply("mul", node, factor)
        return node


def _combined(numbers: dict[int, float], more: dict[int, float], factor: float) -> dict[int, float]:
    """The numbers with those of another form added, times a factor; what comes to 0 is left out."""
    result = dict(numbers)
    for key, number in more.items():
        total = result.get(key, 0.0) + factor * number
        if total:
            result[key] = total
        else:
            result.pop(key, None)
    return result


def _ordinary(number: float) -> bool:
    """Whether a coefficient lost nothing to overflow or underflow."""
    return SMALLEST <= abs(number) < inf
