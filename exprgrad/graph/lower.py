"""Program to graph: a stack machine runs the postfix code and makes a node of each term."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from math import inf
from types import MappingProxyType
from typing import NamedTuple

from exprgrad.errors import ExpressionError, LimitError
from exprgrad.functions.floats import FLOATS
from exprgrad.functions.table import CONSTANTS, FUNCTIONS, find
from exprgrad.graph.forward import forward
from exprgrad.graph.graph import Graph
from exprgrad.syntax.program import Assignment, Call, Code, Compare, Declaration, Definition, Formula, Program, Result
from exprgrad.text.source import SourceText, Span

DIFF, LET = "diff", "let"
"""Operations still to be expanded by `autodiff.expand`. A derivative: of what, by what, how often. And an
expression in which stand-ins are to be replaced: the expression, then pairs of a stand-in and its value."""


STAND_IN = "#"
"""Part of the names of stand-ins, which no name of the language has."""


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
    """The result's name, where the last statement gives it one."""
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


class _Frame:
    """One run of a code: the program's own, or a user's function at one call."""

    __slots__ = ("code", "counter", "key", "names", "operands", "stack")

    def __init__(
        self, code: Code, names: dict[str, int], key: tuple[object, ...] = (), operands: Sequence[int] = ()
    ) -> None:
        self.code = code
        self.names = names
        self.key = key
        self.operands = list(operands)
        self.counter = 0
        self.stack: list[int] = []


class _Lowering:
    def __init__(self, source: SourceText, bound: Container[str]) -> None:
        self.source = source
        self.bound = bound
        self.graph = Graph()
        self.intermediates: dict[str, int] = {}
        self.parameters: list[Parameter] = []
        self.defaults: dict[str, float] = {}
        self.constants: set[str] = set()
        self.functions: dict[str, Definition] = {}
        self.calls: dict[tuple[object, ...], int] = {}
        """Results of the user's functions by name and operands: no call is expanded twice."""
        self.differentiates = False
        """Whether a function of the user's contains `diff`: then bodies are lowered over stand-ins for the
        operands, as `f(t) = diff(t^2*x, x)` does not mean to differentiate the t of `f(x)`."""
        self.fixed = bytearray()
        """Which of the nodes so far are computed from numbers alone."""
        self.active: set[object] = set()
        """Functions of the user that are being expanded."""
        self.limit = self.left = 1_000_000 + 10 * len(source.text)
        """Terms that the bodies of the user's functions may still expand to."""

    def run(self, program: Program, *, formula: bool) -> Model:
        output, name = -1, ""
        response: int | None = None
        idle: Span | None = None
        for statement in program.statements:
            if idle is not None:
                raise self.error(
                    "only the last statement can be a bare expression", idle, "give it a name: u = …, or remove it"
                )
            match statement:
                case Definition():
                    self.define(statement)
                case Declaration():
                    self.declare(statement)
                case Assignment():
                    self.check_new(statement.name, statement.span)
                    count = len(self.graph)
                    output, name = self.expression(statement.code), statement.name
                    if self.is_constant(output) and output not in self.graph.named:
                        output = self.graph.own(output, name, new=output >= count)
                    self.intermediates[name] = output
                case Result():
                    output, name = self.expression(statement.code), ""
                    idle = statement.span
                case Formula():
                    if not formula:
                        what = "a formula with ~ has no value of its own"
                        raise self.error(what, statement.span, "fit takes it; elsewhere write the residual, y - model")
                    response = self.expression(statement.response)
                    output, name = self.expression(statement.code), ""
                    idle = statement.span
        if output < 0:
            raise ExpressionError("there is no expression to evaluate")
        if formula and response is None:
            last = program.statements[-1].span
            raise self.error("a fit needs a response and its model", last, 'write a formula: "y ~ a*x + b"')
        return Model(
            self.source,
            self.graph,
            output,
            name,
            self.intermediates,
            tuple(self.parameters),
            self.defaults,
            frozenset(self.constants),
            response=response,
        )

    def error(self, message: str, span: Span, hint: str = "") -> ExpressionError:
        return ExpressionError(message, source=self.source, span=span, hint=hint)

    def is_constant(self, node: int) -> bool:
        """Whether a node is a number, or computed from numbers alone."""
        graph, fixed = self.graph, self.fixed
        for new in range(len(fixed), node + 1):
            fixed.append(graph.name(new) is None and all(fixed[operand] for operand in graph.operands[new]))
        return bool(fixed[node])

    def check_new(self, name: str, span: Span) -> None:
        """A name means one thing throughout a program."""
        if name in self.intermediates or name in self.defaults:
            raise self.error(f"{name!r} is defined twice", span)
        if self.graph.has_input(name):
            raise self.error(f"{name!r} is used before it is defined", span)

    def define(self, definition: Definition) -> None:
        if find(definition.name) or definition.name == DIFF:
            raise self.error(f"{definition.name!r} is a function of the language", definition.span)
        if definition.name in self.functions:
            raise self.error(f"the function {definition.name!r} is defined twice", definition.span)
        self.functions[definition.name] = definition
        calls = (term for term in definition.code.terms if isinstance(term, Call))
        self.differentiates = self.differentiates or any(call.function == DIFF for call in calls)

    def declare(self, declaration: Declaration) -> None:
        name = declaration.name
        self.check_new(name, declaration.span)
        values = [self.declared_value(code, name, declaration.span) for code in declaration.codes]
        self.defaults[name] = values[0]
        if declaration.trainable:
            parameter = Parameter(name, *values)
            if not parameter.low <= parameter.high:
                raise self.error(f"the interval of {name!r} is empty", declaration.span)
            if not parameter.low <= parameter.start <= parameter.high:
                raise self.error(f"{name!r} starts outside its interval", declaration.span)
            self.parameters.append(parameter)

    def declared_value(self, code: Code, name: str, span: Span) -> float:
        value = constant(Program(self.source, (Result(code, span),)))
        if value is None:
            raise self.error(f"the value of {name!r} must be a number", span)
        return value

    def expression(self, code: Code) -> int:
        """Run a code to its node. Calls of the user's functions push frames: nothing recurses."""
        frames = [_Frame(code, self.intermediates)]
        while True:
            frame = frames[-1]
            called = self.advance(frame, outermost=len(frames) == 1)
            if called is not None:
                frames.append(called)
                self.left -= len(called.code.terms)
                if self.left < 0:
                    message = f"the calls of its functions expand to more than {self.limit:,} terms"
                    raise LimitError(message, source=self.source, span=code.span(frames[0].counter - 1))
                self.active.add(called.key[0])
                continue
            (result,) = frame.stack
            frames.pop()
            if not frames:
                return result
            self.calls[frame.key] = result
            self.active.remove(frame.key[0])
            frames[-1].stack.append(self.value(result, frame.names, frame.operands))

    def advance(self, frame: _Frame, *, outermost: bool) -> _Frame | None:
        """Run a frame to its end, or to a call of a user's function that is not yet expanded."""
        graph, stack, code = self.graph, frame.stack, frame.code
        terms, starts, ends = code.terms, code.starts, code.ends
        for counter in range(frame.counter, len(terms)):
            term = terms[counter]
            if outermost:  # inside a function's body nodes keep the place of the call
                graph.span = Span(starts[counter], ends[counter])
            if isinstance(term, float):
                stack.append(graph.constant(term))
            elif isinstance(term, str):
                stack.append(self.lookup(term, frame))
            elif isinstance(term, Compare):
                first = len(stack) - len(term.functions) - 1
                stack[first:] = [self.chain(term, stack[first:])]
            else:
                first = len(stack) - term.arity
                operands = stack[first:]
                del stack[first:]
                if term.function in self.functions:
                    called = self.call(term, operands, code.span(counter))
                    if isinstance(called, _Frame):
                        frame.counter = counter + 1
                        return called
                    stack.append(called)
                else:
                    stack.append(self.apply(term, operands, code.span(counter)))
        return None

    def lookup(self, name: str, frame: _Frame) -> int:
        node = frame.names.get(name)
        if node is None:
            node = self.intermediates.get(name)
        if node is not None:
            return node
        if name in CONSTANTS and name not in self.bound and name not in self.defaults:
            self.constants.add(name)
            return self.graph.constant(CONSTANTS[name])
        return self.graph.input(name)

    def chain(self, compare: Compare, operands: list[int]) -> int:
        links = [self.graph.apply(f, *operands[k : k + 2]) for k, f in enumerate(compare.functions)]
        node = links[0]
        for link in links[1:]:
            node = self.graph.apply("and", node, link)
        return node

    def call(self, call: Call, operands: list[int], span: Span) -> _Frame | int:
        definition = self.functions[call.function]
        if call.arity != len(definition.operands):
            raise self.arity_error(call, len(definition.operands), len(definition.operands), span)
        names = dict(zip(definition.operands, operands, strict=True))
        key: tuple[object, ...] = (call.function, *operands)
        if self.differentiates:
            key = (call.function,)
            names = {name: self.graph.input(f"{call.function}{STAND_IN}{name}") for name in definition.operands}
        known = self.calls.get(key)
        if known is not None:
            return self.value(known, names, operands)
        if call.function in self.active:
            raise self.error(f"the function {call.function!r} calls itself", span)
        return _Frame(definition.code, names, key, operands)

    def value(self, body: int, names: dict[str, int], operands: list[int]) -> int:
        """The value of a call: its body, with the stand-ins replaced if it has any."""
        if not self.differentiates:
            return body
        pairs = [node for pair in zip(names.values(), operands, strict=True) for node in pair]
        return self.graph.apply(LET, body, *pairs)

    def apply(self, call: Call, operands: list[int], span: Span) -> int:
        if call.function == DIFF:
            return self.derivative(call, operands, span)
        function = find(call.function)
        if function is None:
            raise self.no_function(call, span)
        if function.folded and call.arity == 1:
            function = FUNCTIONS[function.folded]
        fewest, most = function.arity
        if not fewest <= call.arity <= most:
            raise self.arity_error(call, fewest, most, span)
        missing = function.defaults[len(function.defaults) - (most - call.arity) :] if call.arity < most else ()
        return self.graph.apply(function.name, *operands, *map(self.graph.constant, missing))

    def derivative(self, call: Call, operands: list[int], span: Span) -> int:
        """`diff(expression, x)` and `diff(expression, x, n)`."""
        if not 2 <= call.arity <= 3:
            raise self.arity_error(call, 2, 3, span)
        if self.graph.name(operands[1]) is None:
            other = self.written(operands[1])
            raise self.error(f"diff differentiates with respect to a variable, not {other}", span)
        order = self.graph.number(operands[2]) if call.arity == 3 else 1.0
        if order is None or not (order >= 1 and order % 1 == 0):
            raise self.error("the order of diff is a whole number from 1 on", span)
        return self.graph.apply(DIFF, *operands[: 2 if order == 1 else 3])

    def no_function(self, call: Call, span: Span) -> ExpressionError:
        """The error of a call of a function that there is not."""
        from exprgrad.functions.foreign import instead, is_foreign
        from exprgrad.syntax.mistakes import explained

        name, text = call.function, self.source.text[slice(*span)]
        message, head = f"unknown function {name!r}", self.head(call, span)
        if is_foreign(name):
            return self.error(message, head, instead(text, ()))
        if name in CONSTANTS or len(name) == 1 or self.graph.has_input(name):
            product = f"{name}*{text[len(name) :].lstrip()}" if call.arity and len(text) <= 40 else f"{name}*(…)"
            hint = f"to multiply, write {product}; to define it, {name}(…) = …"
        else:
            hint = instead(text, [*self.functions, DIFF])
        return explained(self.error(message, head, hint))

    def written(self, node: int) -> str:
        """How a node is written in the source text, cut where it is long."""
        text = self.source.text[slice(*self.graph.source_span(node))]
        return text if len(text) <= 40 else f"{text[:40]}…"

    def arity_error(self, call: Call, fewest: int, most: int, span: Span) -> ExpressionError:
        wanted = f"{fewest}" if fewest == most else f"{fewest} to {most}"
        plural = "" if wanted == "1" else "s"
        from exprgrad.functions.foreign import with_operands
        from exprgrad.syntax.mistakes import explained

        hint = with_operands(self.source.text[slice(*span)]) if call.function not in self.functions else ""
        error = self.error(f"{call.function} takes {wanted} operand{plural}, not {call.arity}", span, hint)
        return error if hint else explained(error)

    def head(self, call: Call, span: Span) -> Span:
        """The function's name alone."""
        return Span(span.start, min(span.end, span.start + len(call.function)))
