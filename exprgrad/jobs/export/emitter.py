"""From a graph to the lines of a function: the forward pass in the arithmetic of source texts.

A node gets a name where it is used more than once, where the user named it, and where its text grows long;
all others stand inside the expressions that use them. What the target lacks is brought as helpers, each
once: from a stable formula (`stable`), or from the Python source of the table's own function.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import NamedTuple

from exprgrad.errors import UsageError
from exprgrad.functions.floats import FLOATS
from exprgrad.functions.rules import bind
from exprgrad.functions.table import FUNCTIONS, REDUCTIONS
from exprgrad.graph.graph import Graph
from exprgrad.jobs.export.joint import Joint
from exprgrad.jobs.export.names import Names
from exprgrad.jobs.export.stable import formula
from exprgrad.jobs.export.texts import ARITHMETIC, Dialect, Operator, Text
from exprgrad.notation.precedence import ATOM, SIGNED

_LONG = 76
"""Characters of an expression beyond which a node gets a name."""

Definer = Callable[["Emitter", str, str, tuple[str, ...], Text], str]
"""Writes a helper: its name here, its operands and its formula."""
Translator = Callable[["Emitter", str], str | None]
"""The name of a helper for a function of the table, brought from elsewhere; None if there is none."""


class Line(NamedTuple):
    """A named value."""

    name: str
    value: Text
    node: int


class Emission(NamedTuple):
    """What a graph becomes."""

    lines: list[Line]
    """The named values, in order."""
    outputs: dict[int, Text]
    """The outputs, which are numbers."""
    unused: list[str]
    """Variables that no output depends on."""


class Emitter:
    """The arithmetic of texts in one language. Helpers that turn out to be needed gather in `helpers`."""

    def __init__(
        self,
        dialect: Dialect,
        names: Names,
        define: Definer,
        translate: Translator,
        formulas: Callable[[str], str | None] = formula,
    ) -> None:
        self.dialect = dialect
        self.names = names
        self.helpers: list[str] = []
        """The sources of the helpers, in the order in which they can be read."""
        self._define = define
        self._translate = translate
        self._formulas = formulas
        self._operations: dict[str, Callable[..., Text]] = {}
        self._symbols: dict[str, str] = {}

    def constant(self, value: float) -> Text:
        return self.dialect.number(value)._replace(number=value)

    def known(self, value: Text) -> float | None:
        return value.number

    def operation(self, name: str) -> Callable[..., Text]:
        if name not in self._operations:
            self._operations[name] = self._build(name)
        return self._operations[name]

    def number(self, text: Text) -> Text:
        """A text as a number."""
        return self.write(self.dialect.as_number, text) if text.truth else text

    def truth(self, text: Text) -> Text:
        """A text as a condition."""
        return text if text.truth else self.write(self.dialect.as_truth, self._wrapped(text))

    def write(self, operator: Operator, *operands: Text) -> Text:
        """An operation on texts that are already of the kinds that it takes."""
        needed = operator.operands or (0,) * len(operands)
        parts = [operand.within(level) for operand, level in zip(operands, needed, strict=True)]
        return Text(operator.template.format(*parts), operator.level, operator.truth)

    def helper(self, function: str) -> str:
        """The name of the helper that computes a function of the table. Raises UsageError if there is none."""
        if function not in self._symbols:
            symbol = self._translate(self, function)
            self._symbols[function] = self._from_formula(function) if symbol is None else symbol
        return self._symbols[function]

    def _build(self, name: str) -> Callable[..., Text]:
        operator = self.dialect.operators.get(name)
        compute = FLOATS.operation(name) if name in FUNCTIONS else None

        def operation(*operands: Text) -> Text:
            numbers = [operand.number for operand in operands if operand.number is not None]
            if compute is not None and len(numbers) == len(operands):
                return self.constant(compute(*numbers))
            if name == "where" and operands[0].number is not None:
                return operands[1] if operands[0].number else operands[2]
            if name == "mul" and -1.0 in (operands[0].number, operands[1].number):
                return self.operation("neg")(operands[operands[0].number == -1.0])
            if operator is None:
                if name == "div" and operands[1].number:  # a quotient by 0 is all that some languages lack
                    return self.write(ARITHMETIC[name], *map(self.number, operands))
                return self._call(name, operands)
            kinds = [
                self.truth(operand) if k in operator.truths else self.number(operand)
                for k, operand in enumerate(operands)
            ]
            if self.dialect.wrap and not operator.operands and len(operands) > 1:
                kinds = [self._wrapped(kind) for kind in kinds]
            return self.write(operator, *kinds)

        return operation

    def _call(self, name: str, operands: Sequence[Text]) -> Text:
        if name == "spherical_bessel" and operands[0].number == 1.0 and self._translate(self, name) is None:
            name, operands = "spherical_bessel_1", operands[1:]
        listed = ", ".join(self._wrapped(self.number(operand)).text for operand in operands)
        return Text(f"{self.helper(name)}({listed})")

    def _wrapped(self, text: Text) -> Text:
        """A literal as a function takes it."""
        return text if text.number is None or not self.dialect.wrap else Text(self.dialect.wrap.format(text.text))

    def _from_formula(self, function: str) -> str:
        text = self._formulas(function)
        if text is None:
            hint = "c, javascript, python and numpy have all functions"
            raise UsageError(f"{self.dialect.name} has no function {function}", hint=hint)
        operands = FUNCTIONS[function].operands if function in FUNCTIONS else ("x",)
        body = self.number(bind(text, operands, self)([Text(operand) for operand in operands]))
        symbol = self.names.fresh(function)
        self.helpers.append(self._define(self, function, symbol, operands, body))
        return symbol


def emit(joint: Joint, emitter: Emitter, inputs: dict[str, str]) -> Emission:
    """The graph in the emitter's language. `inputs` are the variables' names there."""
    graph, dialect = joint.graph, emitter.dialect
    uses = _uses(graph, joint.outputs)
    outputs = frozenset(joint.outputs)
    lines: list[Line] = []
    values: list[Text | None] = []
    for node, (operation, operands) in enumerate(zip(graph.operations, graph.operands, strict=True)):
        if not uses[node]:
            values.append(None)
            continue
        leaf = graph.leaves.get(node)
        if leaf is not None:
            values.append(Text(inputs[leaf]) if isinstance(leaf, str) else emitter.constant(leaf))
            continue
        scope = [text for operand in operands if (text := values[operand]) is not None]
        macro = dialect.names_operands and operation not in dialect.operators
        for k, operand in enumerate(operands if macro else ()):
            if scope[k].level < ATOM or "(" in scope[k].text:
                lines.append(Line(emitter.names.numbered("t", len(lines) + 1), scope[k], operand))
                scope[k] = values[operand] = Text(lines[-1].name, truth=scope[k].truth)
        value = emitter.operation(operation)(*scope)
        named = joint.names.get(node)
        again = uses[node] > 1 and not (operation == "neg" and graph.leaves.get(operands[0]) is not None)
        own = macro or (dialect.names_operands and operation in REDUCTIONS)
        if value.number is None and (named or again or own or (len(value.text) > _LONG and node not in outputs)):
            name = emitter.names.user(named) if named else emitter.names.numbered("t", len(lines) + 1)
            lines.append(Line(name, value, node))
            value = Text(name, truth=value.truth)
        values.append(value)
    found = {node: emitter.number(text) for node in outputs if (text := values[node]) is not None}
    unused = [name for name, node in graph.inputs().items() if name in inputs and not uses[node]]
    return Emission(lines, found, unused)


def _uses(graph: Graph, outputs: Sequence[int]) -> Counter[int]:
    """How often each node is used, by outputs and by nodes that are."""
    uses = Counter(outputs)
    for node in range(len(graph) - 1, -1, -1):
        if uses[node]:
            uses.update(graph.operands[node])
    return uses


def signed(text: str) -> Text:
    """The literal of a number, which may begin with a minus."""
    return Text(text, SIGNED) if text.startswith("-") else Text(text)
