"""Conditions: choices that are decided, junctions without repetition, negations of comparisons."""

from __future__ import annotations

from exprgrad.functions.table import FUNCTIONS
from exprgrad.simplify.nodes import Nodes
from exprgrad.simplify.normal import WIDE, NormalForm


class Conditions:
    """Choices, and the junctions and negations of conditions."""

    def __init__(self, nodes: Nodes) -> None:
        self.nodes = nodes
        self.graph = nodes.graph
        self.junctions: dict[int, list[int]] = {}
        """The conditions joined in each conjunction and disjunction."""

    def where(self, condition: NormalForm, x: NormalForm, y: NormalForm) -> NormalForm:
        """condition ? x : y."""
        number = self.nodes.known(condition)
        if number is not None:
            return x if number else y
        test, left, right = map(self.nodes.node, (condition, x, y))
        if self.graph.operations[test] == "not":
            (test,) = self.graph.operands[test]
            left, right = right, left
        left, right = self.branch(left, test, 1), self.branch(right, test, 2)
        return self.nodes.atom(left if left == right else self.graph.apply("where", test, left, right))

    def branch(self, node: int, test: int, taken: int) -> int:
        """A branch that tests the same condition again has but one outcome."""
        while self.graph.operations[node] == "where" and self.graph.operands[node][0] == test:
            node = self.graph.operands[node][taken]
        return node

    def negation(self, x: NormalForm) -> NormalForm:
        """not x."""
        number = self.nodes.known(x)
        if number is not None:
            return self.nodes.constant(0.0 if number else 1.0)
        node = self.nodes.node(x)
        function = FUNCTIONS.get(self.graph.operations[node])
        if function is not None and function.opposite:
            return self.nodes.atom(self.graph.apply(function.opposite, *self.graph.operands[node]))
        return self.nodes.atom(self.graph.apply("not", node))

    def junction(self, name: str, x: NormalForm, y: NormalForm) -> NormalForm:
        """A conjunction or disjunction: repeated conditions once, constants decided, c or not c is 1."""
        decisive = 0.0 if name == "and" else 1.0
        for number, other in ((self.nodes.known(x), y), (self.nodes.known(y), x)):
            if number is not None:
                return self.nodes.constant(decisive) if bool(number) == bool(decisive) else self.truth(other)
        conditions = list(
            dict.fromkeys([*self.joined(name, self.nodes.node(x)), *self.joined(name, self.nodes.node(y))])
        )
        for condition in conditions:
            if self.opposite(condition) in conditions:
                return self.nodes.constant(decisive)
        if name == "or" and len(conditions) == 2:  # c and d or c and not d
            left, right = (self.joined("and", condition) for condition in conditions)
            shared = [condition for condition in left if condition in right]
            rest = [condition for condition in (*left, *right) if condition not in shared]
            if shared and len(rest) == 2 and self.opposite(rest[0]) == rest[1]:
                conditions = shared
                name = "and"
        if len(conditions) == 1:
            return self.truth(self.nodes.atom(conditions[0]))
        node = conditions[0]
        for condition in conditions[1:]:
            node = self.graph.apply(name, node, condition)
        if len(conditions) < WIDE:
            self.junctions[node] = conditions
        return self.nodes.atom(node)

    def joined(self, name: str, node: int) -> list[int]:
        """The conditions that a chain of the same junction joins."""
        return self.junctions.get(node, [node]) if self.graph.operations[node] == name else [node]

    def opposite(self, node: int) -> int:
        """The node of a condition's negation."""
        if self.graph.operations[node] == "not":
            return self.graph.operands[node][0]
        return self.nodes.node(self.negation(self.nodes.atom(node)))

    def truth(self, form: NormalForm) -> NormalForm:
        """A number as a truth value; a condition is one already."""
        function = FUNCTIONS.get(self.graph.operations[self.nodes.node(form)])
        if function is not None and function.truth:
            return form
        return self.nodes.atom(self.graph.apply("ne", self.nodes.node(form), self.graph.constant(0.0)))
