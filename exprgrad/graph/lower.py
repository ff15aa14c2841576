"""Program to graph: its statements one after the other, and what they define and declare."""

from __future__ import annotations

from collections.abc import Container, Mapping
from math import inf
from types import MappingProxyType
from typing import NamedTuple

from exprgrad.errors import ExpressionError
from exprgrad.functions.floats import FLOATS
from exprgrad.functions.table import CONSTANTS, find
from exprgrad.graph.forward import forward
from exprgrad.graph.graph import Graph
from exprgrad.graph.terms import DIFF, Terms
from exprgrad.syntax.program import Assignment, Code, Declaration, Definition, Formula, Program, Result
from exprgrad.text.source import SourceText, Span


class Parameter(NamedTuple):
    """A trainable variable: its start and the interval it is held in."""

    name: str
    start: float
    low: float = -inf
    high: float = inf


class Model(NamedTuple):
    """A lowered program."""

    source: SourceText
    graph: Graph
    output: int
    name: str
    """The result's name, where the last statement gives it one, or is the name of an intermediate."""
    intermediates: dict[str, int]
    parameters: tuple[Parameter, ...]
    defaults: dict[str, float]
    """Values of `input` lines and starts of parameters."""
    constants: frozenset[str]
    """The language's constants that the program names: bindings of these names turn them into variables."""
    labels: Mapping[int, str] = MappingProxyType({})
    """How nodes are written that stand for a `diff` of the program."""
    response: int | None = None
    """Of a formula `response ~ model`, whose model the output is."""

    def rename(self, name: str) -> str:
        """A hint for a name that was meant as a variable and is a constant here; empty for others."""
        return f"{name} is a constant of the language: give the variable another name" if name in self.constants else ""

    def as_parameter(self, name: str) -> str:
        """The same of a name that was meant as a parameter, which a start makes of it."""
        if name not in self.constants:
            return ""
        return f"{name} is the constant {CONSTANTS[name]:.6g} here; --{name} 1 makes it a parameter (any start)"


def lower(program: Program, bound: Container[str] = (), *, formula: bool = False) -> Model:
    """Lower a program. Names in `bound` are variables even where the language has a constant of that name.

    Raises ExpressionError, also where the program ends in a formula `response ~ model` and none is wanted, or
    the other way round.
    """
    return _Lowering(program.source, bound).run(program, formula=formula)


def constant(program: Program) -> float | None:
    """The value of a program without variables (a binding such as `pi/2`); None if it has any."""
    model = lower(program)
    return None if model.graph.inputs() else forward(model.graph, FLOATS, {})[model.output]


class _Lowering:
    """The lowering of one program, statement by statement."""

    def __init__(self, source: SourceText, bound: Container[str]) -> None:
        self.source = source
        self.terms = Terms(source, bound)
        self.parameters: list[Parameter] = []
        self.fixed = bytearray()
        """Which of the nodes so far are computed from numbers alone."""

    def run(self, program: Program, *, formula: bool) -> Model:
        """The model of a program."""
        terms, output, name = self.terms, -1, ""
        response: int | None = None
        idle: Span | None = None
        for statement in program.statements:
            if idle is not None:
                raise terms.error(
                    "only the last statement can be a bare expression", idle, "give it a name: u = …, or remove it"
                )
            match statement:
                case Definition():
                    self.define(statement)
                case Declaration():
                    self.declare(statement)
                case Assignment():
                    self.check_new(statement.name, statement.span)
                    count = len(terms.graph)
                    output, name = terms.expression(statement.code), statement.name
                    if self.is_constant(output) and output not in terms.graph.named:
                        output = terms.graph.own(output, name, new=output >= count)
                    terms.intermediates[name] = output
                case Result():
                    output, name = terms.expression(statement.code), self.named(statement.code)
                    idle = statement.span
                case Formula():
                    if not formula:
                        what = "a formula with ~ has no value of its own"
                        hint = "fit and plot take it; elsewhere write the model alone, or the residual y - model"
                        raise terms.error(what, statement.span, hint)
                    response = terms.expression(statement.response)
                    output, name = terms.expression(statement.code), ""
                    idle = statement.span
        if output < 0:
            raise ExpressionError("there is no expression to evaluate")
        if formula and response is None:
            last = program.statements[-1].span
            raise terms.error("a fit needs a response and its model", last, 'write a formula: "y ~ a*x + b"')
        return Model(
            self.source,
            terms.graph,
            output,
            name,
            terms.intermediates,
            tuple(self.parameters),
            terms.declared,
            frozenset(terms.constants),
            response=response,
        )

    def named(self, code: Code) -> str:
        """The name that an expression is, if it is the name of an intermediate; else empty."""
        term = code.terms[0]
        return term if len(code.terms) == 1 and isinstance(term, str) and term in self.terms.intermediates else ""

    def is_constant(self, node: int) -> bool:
        """Whether a node is a number, or computed from numbers alone."""
        graph, fixed = self.terms.graph, self.fixed
        for new in range(len(fixed), node + 1):
            fixed.append(graph.name(new) is None and all(fixed[operand] for operand in graph.operands[new]))
        return bool(fixed[node])

    def check_new(self, name: str, span: Span) -> None:
        """A name means one thing throughout a program."""
        if name in self.terms.intermediates or name in self.terms.declared:
            raise self.terms.error(f"{name!r} is defined twice", span)
        if self.terms.graph.has_input(name):
            raise self.terms.error(f"{name!r} is used before it is defined", span)

    def define(self, definition: Definition) -> None:
        if find(definition.name) or definition.name == DIFF:
            raise self.terms.error(f"{definition.name!r} is a function of the language", definition.span)
        if definition.name in self.terms.functions:
            raise self.terms.error(f"the function {definition.name!r} is defined twice", definition.span)
        self.terms.define(definition)

    def declare(self, declaration: Declaration) -> None:
        name = declaration.name
        self.check_new(name, declaration.span)
        values = [self.declared_value(code, name, declaration.span) for code in declaration.codes]
        self.terms.declared[name] = values[0]
        if declaration.trainable:
            parameter = Parameter(name, *values)
            if not parameter.low <= parameter.high:
                raise self.terms.error(f"the interval of {name!r} is empty", declaration.span)
            if not parameter.low <= parameter.start <= parameter.high:
                raise self.terms.error(f"{name!r} starts outside its interval", declaration.span)
            self.parameters.append(parameter)

    def declared_value(self, code: Code, name: str, span: Span) -> float:
        value = constant(Program(self.source, (Result(code, span),)))
        if value is None:
            raise self.terms.error(f"the value of {name!r} must be a number", span)
        return value
