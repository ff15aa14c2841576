"""The terms of an expression to nodes: a stack machine runs the postfix code, and expands calls of user's functions."""

from __future__ import annotations

from collections.abc import Container, Sequence
from functools import partial, reduce
from itertools import groupby

from exprgrad.errors import ExpressionError, LimitError
from exprgrad.functions.rules import bind
from exprgrad.functions.table import CONSTANTS, FUNCTIONS, find
from exprgrad.graph.graph import Graph
from exprgrad.graph.symbols import Symbols
from exprgrad.syntax.program import Call, Code, Compare, Definition
from exprgrad.text.source import SourceText, Span

DIFF, LET = "diff", "let"
"""Operations still to be expanded by `autodiff.derivative`. The operands of DIFF are an expression, the variable with
respect to which it is differentiated, and how often. Those of LET are an expression with stand-ins, and pairs of a
stand-in and what replaces it."""

_ORDERS = 1000
"""The highest order that a hint writes out."""

STAND_IN = "#"
"""A part of the names of stand-ins, which no name of the language has."""


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


class Terms:
    """Makes the nodes of expressions in one graph, one expression after the other."""

    def __init__(self, source: SourceText, bound: Container[str]) -> None:
        """Names in `bound` are variables even where the language has a constant of that name."""
        self.source = source
        self.bound = bound
        self.graph = Graph()
        self.intermediates: dict[str, int] = {}
        """The nodes that the program has named so far."""
        self.declared: dict[str, float] = {}
        """The values of the variables that the program has declared so far."""
        self.constants: set[str] = set()
        """The language's constants that were used."""
        self.functions: dict[str, Definition] = {}
        """The user's functions."""
        self.calls: dict[tuple[object, ...], int] = {}
        """Results of the user's functions by name and operands: no call is expanded twice."""
        self.differentiates = False
        """Whether one of the user's functions contains `diff`. Then bodies are lowered over stand-ins for the operands,
        because `f(t) = diff(t^2*x, x)` does not mean to differentiate the t of `f(x)`."""
        self.active: set[object] = set()
        """The user's functions that are being expanded."""
        self.limit = self.left = 1_000_000 + 10 * len(source.text)
        """Terms that the bodies of the user's functions may still expand to."""

    def define(self, definition: Definition) -> None:
        """Add a function of the user's."""
        self.functions[definition.name] = definition
        calls = (term for term in definition.code.terms if isinstance(term, Call))
        self.differentiates = self.differentiates or any(call.function == DIFF for call in calls)

    def error(self, message: str, span: Span, hint: str = "") -> ExpressionError:
        return ExpressionError(message, source=self.source, span=span, hint=hint)

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
        """Run a frame to its end, or to a call of a user's function that is not expanded yet, whose frame it gives."""
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
        """The node of a name: an operand of the function, an intermediate, a constant, or else a variable."""
        node = frame.names.get(name)
        if node is None:
            node = self.intermediates.get(name)
        if node is not None:
            return node
        if name in CONSTANTS and name not in self.bound and name not in self.declared:
            self.constants.add(name)
            return self.graph.constant(CONSTANTS[name])
        return self.graph.input(name)

    def chain(self, compare: Compare, operands: list[int]) -> int:
        """The node of `a < b < c`: both comparisons hold."""
        links = [self.graph.apply(f, *operands[k : k + 2]) for k, f in enumerate(compare.functions)]
        node = links[0]
        for link in links[1:]:
            node = self.graph.apply("and", node, link)
        return node

    def call(self, call: Call, operands: list[int], span: Span) -> _Frame | int:
        """The value of a call of a user's function, or the frame that has to be run first."""
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
        """The node of a function or an operator of the language."""
        if call.function == DIFF:
            return self.derivative(call, operands, span)
        function = find(call.function)
        if function is None:
            raise self.no_function(call, span)
        if function.folded and call.arity == 1:
            function = FUNCTIONS[function.folded]
        fewest, most = function.arity
        if function.chained and call.arity > most:
            return reduce(partial(self.graph.apply, function.name), operands)
        if not fewest <= call.arity <= most:
            raise self.arity_error(call, fewest, most, span)
        if function.expands:
            return bind(function.definition, function.operands, Symbols(self.graph))(operands)
        missing = function.defaults[len(function.defaults) - (most - call.arity) :] if call.arity < most else ()
        return self.graph.apply(function.name, *operands, *map(self.graph.constant, missing))

    def derivative(self, call: Call, operands: list[int], span: Span) -> int:
        """`diff(expression, x)` and `diff(expression, x, n)`."""
        if not 2 <= call.arity <= 3:
            error = self.arity_error(call, 2, 3, span)
            raise self.error(error.message, span, self.repeated(operands) or error.hint)
        if self.graph.name(operands[1]) is None:
            other = self.written(operands[1])
            raise self.error(f"diff differentiates with respect to a variable, not {other}", span)
        order = self.graph.number(operands[2]) if call.arity == 3 else 1.0
        if order is None or not (order >= 1 and order % 1 == 0):
            raise self.error("the order of diff is a whole number from 1 on", span, self.repeated(operands))
        return self.graph.apply(DIFF, *operands[: 2 if order == 1 else 3])

    def repeated(self, operands: list[int]) -> str:
        """How `diff(f, x, x, y, 2)` is written, which names a variable once for each derivative, or gives its order
        behind it; empty for others."""
        steps: list[str] = []
        for operand in operands[1:]:
            name, order = self.graph.name(operand), self.graph.number(operand)
            if name is not None:
                steps.append(name)
            elif steps and order is not None and order % 1 == 0 and 1 <= order <= _ORDERS:
                steps += [steps[-1]] * (int(order) - 1)
            else:
                return ""
        text = self.written(operands[0])
        for name, group in groupby(steps):
            order = len(list(group))
            text = f"diff({text}, {name}, {order})" if order > 1 else f"diff({text}, {name})"
        return f"write {text}" if len(operands) > 2 else ""

    def written(self, node: int) -> str:
        """How a node is written in the source text, cut where it is long."""
        text = self.source.text[slice(*self.graph.source_span(node))]
        return text if len(text) <= 40 else f"{text[:40]}…"

    def no_function(self, call: Call, span: Span) -> ExpressionError:
        """The error of a call of a function that does not exist."""
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

    def arity_error(self, call: Call, fewest: int, most: int, span: Span) -> ExpressionError:
        """The error of a call with a wrong number of operands."""
        from exprgrad.functions.foreign import with_operands
        from exprgrad.syntax.mistakes import explained

        wanted = f"{fewest}" if fewest == most else f"{fewest} to {most}"
        plural = "" if wanted == "1" else "s"
        hint = with_operands(self.source.text[slice(*span)]) if call.function not in self.functions else ""
        error = self.error(f"{call.function} takes {wanted} operand{plural}, not {call.arity}", span, hint)
        return error if hint else explained(error)

    def head(self, call: Call, span: Span) -> Span:
        """The function's name alone."""
        return Span(span.start, min(span.end, span.start + len(call.function)))
