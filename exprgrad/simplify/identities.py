"""What functions make of each other: a function of its inverse, powers of exponentials, logarithms of powers.

A rewriting keeps the value and the digits wherever the original is defined: the field `of` of a row has those that keep
the domain too, and the comments here say how it is kept by the others.
"""

from __future__ import annotations

from collections.abc import Callable
from math import isfinite, sqrt

from exprgrad.functions.rules import Rule, bind
from exprgrad.functions.table import FUNCTIONS
from exprgrad.simplify.inverses import EVERYWHERE
from exprgrad.simplify.nodes import Nodes
from exprgrad.simplify.normal import CONSTANT_TERM, NormalForm, Product, Sum, ordinary


class Identities:
    """The identities over the nodes of one graph."""

    def __init__(self, nodes: Nodes, operation: Callable[[str], Callable[..., NormalForm]]) -> None:
        self.nodes, self.graph = nodes, nodes.graph
        self.constant, self.known, self.operation = nodes.constant, nodes.known, operation

    def apply(self, outer: str, operands: tuple[NormalForm, ...]) -> NormalForm | None:
        """What a function of these operands is by an identity; None where there is none."""
        (x, *_) = operands
        composed = EVERYWHERE.get(outer)
        if composed and isinstance(x, Product) and x.coefficient == 1 and list(x.factors.values()) == [1.0]:
            (node,) = x.factors
            formula = composed.get(self.graph.operations[node])
            if formula is not None:
                (inner,) = self.graph.operands[node]
                return self.rule(formula)((self.nodes.atom(inner),))
        match outer:
            case "log":
                return self.log(x)
            case "exp":
                return self.exp(x)
            case "sqrt" | "abs":
                return self.root_or_size(outer, x)
            case "cbrt" if isinstance(x, Product) and x.coefficient == 1 and [*x.factors.values()] == [3.0]:
                return self.nodes.atom(next(iter(x.factors)))  # the cube root of a cube, below 0 too
            case "max" | "min" if self.nodes.node(x) == self.nodes.node(operands[1]):
                return x
            case "hypot":
                return self.hypot(*operands)
        return None

    def rule(self, formula: str) -> Rule[NormalForm]:
        """A formula of x, as normal forms."""
        return bind(formula, ("x",), self)

    def log(self, x: NormalForm) -> NormalForm | None:
        """n*log(x) for log(x^n), of abs(x) where n is even; -0 would be another matter for odd n below 0."""
        if not isinstance(x, Product) or x.coefficient != 1 or len(x.factors) != 1:
            return None
        ((base, exponent),) = x.factors.items()
        if exponent == 1:
            if self.graph.operations[base] != "sqrt":
                return None
            (base,), exponent = self.graph.operands[base], 0.5
        elif not exponent.is_integer() or (exponent % 2 and exponent < 0):
            return None  # for 0.3, too: (-inf)^0.3 is inf
        inner = self.nodes.atom(base)
        if exponent % 2 == 0:
            inner = self.operation("abs")(inner)
        return self.nodes.scale(self.operation("log")(inner), exponent)

    def exp(self, x: NormalForm) -> NormalForm | None:
        """y^c for exp(c*log(y)), and (1 + y)^c for exp(c*log1p(y)): the same wherever the logarithm is defined."""
        if not isinstance(x, Product) or not isfinite(x.coefficient):
            return None
        logs = [base for base in x.factors if self.graph.operations[base] in ("log", "log1p")]
        if len(logs) != 1 or x.factors[logs[0]] != 1:
            return None
        (inner,) = self.graph.operands[logs[0]]
        form = self.nodes.atom(inner)
        if self.graph.operations[logs[0]] == "log1p":
            form = self.operation("add")(form, self.constant(1.0))
        rest = {base: exponent for base, exponent in x.factors.items() if base != logs[0]}
        if not rest and x.coefficient == 0.5:
            return self.operation("sqrt")(form)
        return self.operation("pow")(form, Product(x.coefficient, rest))

    def root_or_size(self, outer: str, x: NormalForm) -> NormalForm | None:
        """abs(x) for sqrt(x^2), exp(x/2) for sqrt(exp(x)); x for abs(x) where x cannot be negative. A factor c is taken
        out: 3*abs(x) for abs(-3*x), and 2*abs(x) for sqrt(4*x^2)."""
        if not isinstance(x, Product) or not x.factors or not isfinite(x.coefficient):
            return None
        if x.coefficient != 1:
            factor, square = abs(x.coefficient), outer == "sqrt"
            if square:
                if x.coefficient < 0 or list(x.factors.values()) != [2.0] or sqrt(factor) ** 2 != factor:
                    return None
                factor = sqrt(factor)
            rest = Product(1.0, x.factors)
            return self.nodes.scale(self.operation(outer)(rest), factor) if ordinary(factor) else None
        if len(x.factors) != 1:
            return None
        ((base, exponent),) = x.factors.items()
        if outer == "abs":
            return x if exponent % 2 == 0 or (exponent == 1 and self.not_negative(base)) else None
        if exponent == 2:
            return self.operation("abs")(self.nodes.atom(base))
        if exponent == 1 and self.graph.operations[base] == "exp":
            return self.operation("exp")(self.nodes.scale(self.nodes.atom(self.graph.operands[base][0]), 0.5))
        return None

    def hypot(self, x: NormalForm, y: NormalForm) -> NormalForm | None:
        """cosh(x) for hypot(sinh(x), 1), and abs(x) for hypot(x, 0)."""
        for form, other in ((x, y), (y, x)):
            if self.known(other) == 0:
                return self.operation("abs")(form)
            node = self.nodes.node(form)
            if self.known(other) == 1 and self.graph.operations[node] == "sinh":
                return self.operation("cosh")(self.nodes.atom(self.graph.operands[node][0]))
        return None

    def not_negative(self, node: int) -> bool:
        """Whether a node is known to have no negative value: a sum of such terms, or a function that has none."""
        form = self.nodes.forms.get(node)
        if isinstance(form, Sum):
            return all(c >= 0 and (t == CONSTANT_TERM or self.factor_not_negative(t)) for t, c in form.terms.items())
        return self.factor_not_negative(node)

    def factor_not_negative(self, node: int) -> bool:
        form = self.nodes.forms.get(node)
        if isinstance(form, Product):
            return form.coefficient >= 0 and all(
                exponent % 2 == 0 or self.function_not_negative(base) for base, exponent in form.factors.items()
            )
        return self.function_not_negative(node)

    def function_not_negative(self, node: int) -> bool:
        function = FUNCTIONS.get(self.graph.operations[node])
        return function is not None and function.not_negative
