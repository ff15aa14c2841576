"""Conditions: choices that are decided, junctions without repetition, negations of comparisons."""

from __future__ import annotations

from exprgrad.functions.table import FUNCTIONS
from exprgrad.simplify.nodes import Nodes
from exprgrad.simplify.normal import WIDE, NormalForm

_SHORT = 4
"""Up to so many conditions a junction has them in the order in which they were written."""


class Conditions:
    """Choices, and the junctions and negations of conditions."""

    def __init__(self, nodes: Nodes) -> None:
        self.nodes = nodes
        self.graph = nodes.graph
        self.junctions: dict[int, dict[int, None]] = {}
        """The conditions joined in each conjunction and disjunction, in order."""
        self.opposites: dict[int, int] = {}

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
        left, right = self.joined(name, self.nodes.node(x)), self.joined(name, self.nodes.node(y))
        new = [condition for condition in right if condition not in left]
        fewer, more = (left, right) if len(left) < len(right) else (new, left)
        if any(self.opposite(condition) in more for condition in fewer):  # neither side has opposites of its own
            return self.nodes.constant(decisive)
        if name == "or" and len(left) == 1 and len(new) == 1:  # c and d or c and not d
            shared = self.shared(next(iter(left)), new[0])
            if shared:
                name, left, new = "and", {}, shared
        conditions = left | dict.fromkeys(new)
        if len(conditions) == 1:
            return self.truth(self.nodes.atom(next(iter(conditions))))
        if len(conditions) > _SHORT and len(left) < len(right) == len(new):  # to the longer chain the shorter is joined
            x, new, conditions = y, list(left), right | left
        node = self.nodes.node(x) if left else new.pop(0)  # a chain from the left: only what is new is to be joined
        for condition in new:
            node = self.graph.apply(name, node, condition)
        if len(conditions) < WIDE:
            self.junctions[node] = conditions
        return self.nodes.atom(node)

    def shared(self, x: int, y: int) -> list[int]:
        """The conditions that two conjunctions share, where beside these one has c and the other has not c."""
        left, right = self.joined("and", x), self.joined("and", y)
        if len(left) != len(right):
            return []
        shared = [condition for condition in left if condition in right]
        rest = [condition for condition in (*left, *right) if condition not in shared]
        return shared if len(rest) == 2 and self.opposite(rest[0]) == rest[1] else []

    def joined(self, name: str, node: int) -> dict[int, None]:
        """The conditions that a chain of the same junction joins."""
        return self.junctions.get(node, {node: None}) if self.graph.operations[node] == name else {node: None}

    def opposite(self, node: int) -> int:
        """The node of a condition's negation."""
        found = self.opposites.get(node)
        if found is None:
            if self.graph.operations[node] == "not":
                (found,) = self.graph.operands[node]
            else:
                found = self.nodes.node(self.negation(self.nodes.atom(node)))
            self.opposites[node] = found
        return found

    def truth(self, form: NormalForm) -> NormalForm:
        """A number as a truth value; a condition is one already."""
        function = FUNCTIONS.get(self.graph.operations[self.nodes.node(form)])
        if function is not None and function.truth:
            return form
        return self.nodes.atom(self.graph.apply("ne", self.nodes.node(form), self.graph.constant(0.0)))
