"""From a graph to the lines of a function: the forward pass in the arithmetic of source texts.

A node gets a name where it is used more than once, where the user named it, and where its text grows long;
all others stand inside the expressions that use them. What the target lacks is added as helpers, each
once: from a stable formula (`stable`), or from the Python source of the table's own function.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from typing import NamedTuple

from exprgrad.functions.floats import FLOATS
from exprgrad.functions.rules import bind
from exprgrad.functions.table import FUNCTIONS, REDUCTIONS
from exprgrad.graph.graph import Graph
from exprgrad.jobs.export.joint import Joint
from exprgrad.jobs.export.names import Names
from exprgrad.jobs.export.texts import Dialect, Helper, Operator, Text, call, used, variable
from exprgrad.notation.precedence import ATOM, SIGNED

_LONG = 76
"""A node whose text has more characters gets a name."""

Define = Callable[[str, tuple[str, ...], Text], str]
"""Writes a helper, from its name, its operands and its formula."""
Bring = Callable[["Emitter", str], str | None]
"""Adds a helper for a function of the table whose source is at hand, and gives its name; None if there is none."""


class LackingError(Exception):
    """A function that the target does not have; the message is its name."""


class Line(NamedTuple):
    """A named value."""

    name: str
    value: Text
    node: int


class Emission(NamedTuple):
    """A graph, written in the language."""

    lines: list[Line]
    """The named values, in order."""
    outputs: dict[int, Text]
    """The texts of the outputs, by node: numbers, also where the node is a condition."""
    unused: list[str]
    """Variables that no output depends on."""
    named: dict[int, Text]
    """The texts of the nodes that were to have a name, and are no constants."""


class Emitter:
    """The arithmetic of texts in one language. `helpers` collects the helpers that these texts need."""

    folds = True
    """Whether what is computed from known numbers is a known number: a float."""
    suffix = ""
    """What the names of helpers end in."""

    def __init__(
        self,
        dialect: Dialect,
        names: Names,
        define: Define,
        bring: Bring,
        formulas: Callable[[str], str | None],
    ) -> None:
        self.dialect = dialect
        self.names = names
        self.helpers: list[Helper] = []
        """Each stands after those that it calls."""
        self._define = define
        self._bring = bring
        self._formulas = formulas
        self._operations: dict[str, Callable[..., Text]] = {}
        self._brought_names: dict[str, str | None] = {}
        self._defined_names: dict[str, str] = {}

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
        """An operation on texts, each of which is a number or a condition already, as the operator takes it."""
        needed = operator.operands or (0,) * len(operands)
        parts = [operand.within(level) for operand, level in zip(operands, needed, strict=True)]
        taken = (operand for k, operand in enumerate(operands) if f"{{{k}}}" in operator.template)
        uses = used(taken).union(operator.uses)
        return Text(operator.template.format(*parts), operator.level, operator.truth, uses=uses)

    def helper(self, function: str) -> str:
        """The name of the helper that computes a function of the table. Raises LackingError if there is none."""
        symbol = self._brought(function)
        if symbol is not None:
            return symbol
        formula = self._formulas(function)
        if formula is None:
            raise LackingError(function)
        return self._defined(function, formula, FUNCTIONS[function].operands)

    def _brought(self, function: str) -> str | None:
        """The name of a helper whose source the target has; None if it has none."""
        if function not in self._brought_names:
            self._brought_names[function] = self._bring(self, function)
        return self._brought_names[function]

    def _defined(self, function: str, formula: str, operands: tuple[str, ...]) -> str:
        """The name of a helper with a formula."""
        if function not in self._defined_names:
            body = self.number(bind(formula, operands, self)([variable(operand) for operand in operands]))
            symbol = self._defined_names[function] = self.names.fresh(function + self.suffix)
            self.helpers.append(Helper(self._define(symbol, operands, body), body.uses))
        return self._defined_names[function]

    def _build(self, name: str) -> Callable[..., Text]:
        operator = self.dialect.operators.get(name)
        compute = FLOATS.operation(name) if name in FUNCTIONS else None

        def operation(*operands: Text) -> Text:
            numbers = [operand.number for operand in operands if operand.number is not None]
            if self.folds and compute is not None and len(numbers) == len(operands):
                return self.constant(compute(*numbers))
            if name == "where" and operands[0].number is not None:
                return operands[1] if operands[0].number else operands[2]
            if name == "mul" and -1.0 in (operands[0].number, operands[1].number):
                return self.operation("neg")(operands[operands[0].number == -1.0])
            if operator is None or (name in self.dialect.traps and not operands[-1].number):
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
        first, row = operands[0].number, FUNCTIONS.get(name)
        formula = dict(row.portable_first).get(first) if row and first is not None else None
        if row and formula and self._brought(name) is None:
            symbol = self._defined(f"{name}_{first:g}", formula, row.operands[1:])
            operands = operands[1:]
        else:
            symbol = self.helper(name)
        passed = [self._wrapped(self.number(operand)) for operand in operands]
        return self.write(call(symbol, len(passed)), *passed)

    def _wrapped(self, text: Text) -> Text:
        """A text as an operand of a function: some languages wrap literals there."""
        return text if text.number is None or not self.dialect.wrap else self.write(self.dialect.wrap, text)


class Second(Emitter, ABC):
    """An arithmetic of texts without the bounds of floats."""

    folds = False
    suffix = "_wide"

    @abstractmethod
    def symbols(self) -> dict[str, str]:
        """The names of what decides on the second look, by what it is; helpers that it needs are added."""


def emit(
    joint: Joint, emitter: Emitter, inputs: dict[str, str], naming: Collection[int] = (), stem: str = "t"
) -> Emission:
    """The graph in the emitter's language. `inputs` are the variables' names there, `naming` are nodes to have a name
    in any case, and names that are made up begin with `stem`."""
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
            values.append(variable(inputs[leaf]) if isinstance(leaf, str) else emitter.constant(leaf))
            continue
        scope = [text for operand in operands if (text := values[operand]) is not None]
        macro = dialect.names_operands and operation not in dialect.operators
        for k, operand in enumerate(operands if macro else ()):
            if scope[k].level < ATOM or "(" in scope[k].text:
                lines.append(Line(emitter.names.numbered(stem, len(lines) + 1), scope[k], operand))
                scope[k] = values[operand] = variable(lines[-1].name, truth=scope[k].truth)
        value = emitter.operation(operation)(*scope)
        named = joint.names.get(node)
        again = uses[node] > 1 and not (operation == "neg" and graph.leaves.get(operands[0]) is not None)
        own = macro or (dialect.names_operands and operation in REDUCTIONS)
        asked = named or node in naming
        if value.number is None and (asked or again or own or (len(value.text) > _LONG and node not in outputs)):
            name = emitter.names.user(named) if named else emitter.names.numbered(stem, len(lines) + 1)
            lines.append(Line(name, value, node))
            value = variable(name, truth=value.truth)
        values.append(value)
    found = {node: emitter.number(text) for node in outputs if (text := values[node]) is not None}
    unused = [name for name, node in graph.inputs().items() if name in inputs and not uses[node]]
    texts = {node: text for node in naming if (text := values[node]) is not None and text.number is None}
    return Emission(lines, found, unused, texts)


def _uses(graph: Graph, outputs: Sequence[int]) -> Counter[int]:
    """How often each node is used by the outputs and by nodes that are used themselves."""
    uses = Counter(outputs)
    for node in range(len(graph) - 1, -1, -1):
        if uses[node]:
            uses.update(graph.operands[node])
    return uses


def signed(text: str, uses: frozenset[str] = frozenset()) -> Text:
    """The literal of a number, which may begin with a minus."""
    return Text(text, SIGNED if text.startswith("-") else ATOM, uses=uses)
