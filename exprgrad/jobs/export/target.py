"""What a target is: how a language writes operations and helpers, and how these parts make a whole file."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from string import Template
from types import FunctionType, MappingProxyType
from typing import NamedTuple

from exprgrad.errors import UsageError
from exprgrad.functions.source.description import TranslationError
from exprgrad.functions.source.reader import read
from exprgrad.functions.table import FUNCTIONS
from exprgrad.jobs.export import stable
from exprgrad.jobs.export.braces import Braces
from exprgrad.jobs.export.emitter import Bring, Emission, Emitter, Second, emit
from exprgrad.jobs.export.joint import Joint
from exprgrad.jobs.export.names import Names
from exprgrad.jobs.export.routine import Translator
from exprgrad.jobs.export.second.marks import can_mark, marked
from exprgrad.jobs.export.second.watched import Watched, watched
from exprgrad.jobs.export.texts import Dialect, Helper, Text, used


class Own(NamedTuple):
    """A helper whose source a target has."""

    name: str
    """Its name, where that is free."""
    source: Template
    """With $name for its name."""


class Request(NamedTuple):
    """What is to be written."""

    joint: Joint
    name: str
    """The function's name; in SQL, that of the table that is read."""
    main: bool = False
    """With a main program, where the target has one."""


class Again(NamedTuple):
    """The derivatives, computed a second time where a number left the range of floats; or which of them are lost."""

    name: str
    """Of the function that does it."""
    emission: Emission
    watched: Watched
    """The nodes that tell."""
    symbols: dict[str, str]
    """See `Second.symbols`."""
    helpers: list[Helper]
    """What this pass alone needs."""


APART = "From here on: the second look at derivatives, where a number leaves the range of floats on the way to them."
"""The comment over what the function seldom calls, which stands behind it."""


class Written(NamedTuple):
    """The texts that a target puts together."""

    request: Request
    inputs: dict[str, str]
    """The variables' names in the target."""
    emission: Emission
    helpers: list[Helper]
    names: Names
    again: Again | None = None
    """Where the language can, and where numbers may leave the range."""

    @property
    def uses(self) -> frozenset[str]:
        """The names that occur in any of the texts: see `Text.uses`."""
        lines = (line.value for line in self.emission.lines)
        found = used([*self.helpers, *lines, *self.emission.outputs.values()])
        if self.again is None:
            return found
        emission = self.again.emission
        return found | used([*self.again.helpers, *(line.value for line in emission.lines), *emission.outputs.values()])

    def value(self) -> str:
        return self.emission.outputs[self.request.joint.value].text

    def gradient(self) -> dict[str, str]:
        """The derivatives, by variable."""
        return {name: self.emission.outputs[node].text for name, node in self.request.joint.gradient.items()}

    def hessian(self) -> dict[tuple[str, str], str]:
        """The second derivatives, by pair of variables."""
        return {pair: self.emission.outputs[node].text for pair, node in self.request.joint.hessian.items()}

    def looked_at(self, emission: Emission) -> tuple[list[str], list[str]]:
        """The texts of the watched nodes, as a pass computes them: values, then products."""
        assert self.again is not None
        lists = self.again.watched.values, self.again.watched.products
        values, products = ([emission.named[node].text for node in nodes if node in emission.named] for nodes in lists)
        return values, products

    def sources(self) -> list[str]:
        """The variables that the watched nodes are computed from."""
        assert self.again is not None
        graph = self.request.joint.graph
        return [self.inputs[name] for name, node in graph.inputs().items() if node in self.again.watched.inputs]

    def mapping(self) -> str:
        """What the header says of names that had to change; empty where none had."""
        return ", ".join(f"{name} is {legal}" for name, legal in self.names.mapped.items())


class Target(ABC):
    """A language to export to."""

    reserved: frozenset[str] = frozenset()
    """Names that the user's variables cannot keep."""
    ascii_only = False
    """Whether names consist of ASCII letters, digits and underscores."""
    columns = False
    """Whether reductions can fold columns."""
    ordered = True
    """Whether the rows of a column have an order, which a running sum needs."""
    has_all = False
    """Whether it has every function of the table that folds no column."""
    has_program = False
    """Whether it can write a main program."""
    formulas = False
    """Whether it is for people to read: then formulas are simplified."""
    function = "f"
    """The name of the function, unless the user gives one."""

    def __init__(self, name: str) -> None:
        """`name` is that of the language, for messages."""
        self.name = name

    @abstractmethod
    def export(self, request: Request) -> str:
        """The whole file. Raises LackingError for a function that the target lacks."""

    def names(self, request: Request) -> Names:
        """The names that are free; the function's own is taken. Raises UsageError if it is not legal."""
        name = request.name
        if not name.isidentifier() or name in self.reserved or not (name.isascii() or not self.ascii_only):
            raise UsageError(f"{name!r} cannot name a function in {self.name}")
        names = Names(self.reserved, ascii_only=self.ascii_only)
        names.reserve([name])
        return names


class Code(Target):
    """A language for machines: a file with helpers and a function."""

    dialect: Dialect
    marks = False
    """Whether derivatives that lost digits become nan, as the language has no arithmetic to compute them again."""
    own: Mapping[str, Own] = MappingProxyType({})
    """Helpers whose source the target has itself, by the function of the table that each computes."""

    @abstractmethod
    def define(self, symbol: str, operands: tuple[str, ...], body: Text) -> str:
        """The source of a helper with a formula."""

    @abstractmethod
    def assemble(self, written: Written) -> str:
        """The whole file."""

    def translator(self) -> Bring:
        """Brings helpers from sources that are not in `own`."""
        return lambda emitter, function: None

    def formula(self, function: str) -> str | None:
        """A function as a formula over others; None if there is none."""
        return stable.formula(function)

    def second(self, emitter: Emitter, translate: Bring) -> Second | None:
        """The arithmetic without the bounds of floats, in which derivatives are computed again where a number left
        their range; None where the language has none. `translate` is what `translator` gave."""
        return None

    def inputs(self, request: Request, names: Names) -> dict[str, str]:
        """How each variable is written."""
        return names.users(request.joint.variables)

    def export(self, request: Request) -> str:
        names = self.names(request)
        inputs = self.inputs(request, names)
        translate = self.translator()

        def bring(emitter: Emitter, function: str) -> str | None:
            if function not in self.own:
                return translate(emitter, function)
            name, source = self.own[function]
            symbol = emitter.names.fresh(name)
            emitter.helpers.append(Helper(source.substitute(name=symbol)))
            return symbol

        emitter = Emitter(self.dialect, names, self.define, bring, self.formula)
        joint, second = request.joint, self.second(emitter, translate)
        looks = second is not None or (self.marks and can_mark(joint))
        look = watched(joint) if looks else Watched()
        emission = emit(joint, emitter, inputs, look.nodes)
        helpers = list(emitter.helpers)
        written = Written(request, inputs, emission, helpers, names)
        if emission.named:
            name, symbols = names.fresh(f"{request.name}_{'again' if second else 'lost'}"), dict[str, str]()
            if second:
                slopes = joint._replace(value=next(iter(joint.gradient.values())), names={})
                again, symbols = emit(slopes, second, inputs, look.nodes, "w"), second.symbols()
            else:
                lost = marked(joint)
                again = emit(lost, emitter, inputs, stem="l")
                ends = zip(joint.outputs[1:], lost.outputs[1:], strict=True)
                again = again._replace(outputs={node: again.outputs[mark] for node, mark in ends})
            more = emitter.helpers[len(helpers) :]
            written = written._replace(again=Again(name, again, look, symbols, more))
        return self.assemble(written)


def scalar_translator(braces: Braces, substitutes: Mapping[str, Callable[..., float]]) -> Bring:
    """Brings helpers from the Python sources of the table's functions; `substitutes` has those of functions whose
    value is not written in Python."""
    translator = Translator(braces)

    def translate(emitter: Emitter, function: str) -> str | None:
        value = substitutes.get(function) or (FUNCTIONS[function].value if function in FUNCTIONS else None)
        if not isinstance(value, FunctionType):
            return None
        try:
            return translator.routine(emitter, read(value))
        except TranslationError:
            return None

    return translate
