"""What the parser does at each reduction: write postfix code, collect statements.

A reduced expression leaves only its span on the parser's stack, as a tuple `(start, end)`.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable
from typing import Any

from exprgrad.errors import ExpressionError
from exprgrad.syntax.driver import Rule
from exprgrad.syntax.program import Assignment, Call, Code, Compare, Declaration, Definition, Formula, Result, Statement
from exprgrad.text.source import SourceText, Span

_COMPARISONS = {"<": "lt", "<=": "le", ">": "gt", ">=": "ge", "==": "eq", "!=": "ne"}
_FUNCTIONS = {"conjunction": "and", "disjunction": "or", "inversion": "not"}
_Value = Any
"""What stays on the parser's stack: a token, or a tuple (start, end, …) of what was reduced."""


class Builder:
    """Callbacks for the grammar's rules: they write postfix code and collect statements."""

    def __init__(self, source: SourceText) -> None:
        self.source = source
        self.statements: list[Statement] = []
        self.code = Code()

    def callback(self, rule: Rule) -> Callable[[list[_Value]], _Value] | None:
        """What to do where the rule is reduced; None for one that passes its only value on."""
        alias = rule.alias
        if alias is None:
            if rule.origin == "target":
                return self.on_target
            return None if len(rule.symbols) == 1 and rule.origin != "program" else _first
        if method := getattr(self, f"on_{alias}", None):
            return method  # type: ignore[no-any-return]
        count = sum(not symbol.isupper() for symbol in rule.symbols)
        call = Call(_FUNCTIONS.get(alias, alias), count)

        def prefix(children: list[_Value]) -> _Value:
            start, end = children[0].start_pos, children[1][1]
            self.code.append(call, start, end)
            return start, end

        def infix(children: list[_Value]) -> _Value:
            start, end = children[0][0], children[2][1]
            self.code.append(call, start, end)
            return start, end

        return prefix if count == 1 else infix

    def on_number(self, children: list[_Value]) -> _Value:
        (token,) = children
        start, end = token.start_pos, token.end_pos
        value = float(token)
        if math.isinf(value):
            message = "the number is too large for binary64"
            raise ExpressionError(message, source=self.source, span=Span(start, end), hint="write inf")
        self.code.append(value, start, end)
        return start, end

    def on_name(self, children: list[_Value]) -> _Value:
        (token,) = children
        if not token.isidentifier():
            raise self.no_name(token)
        self.code.append(sys.intern(str(token)), token.start_pos, token.end_pos)
        return token.start_pos, token.end_pos

    def no_name(self, token: Any) -> ExpressionError:
        """The error of a word such as x², in which the lexer takes any digit for one of a name."""
        from exprgrad.syntax.mistakes import explained, typed

        hints = [f"{character} is {typed(character)}" for character in token if typed(character)]
        message, span = f"{str(token)!r} is not a name", Span(token.start_pos, token.end_pos)
        return explained(ExpressionError(message, source=self.source, span=span, hint="".join(hints[:1])))

    def on_plus(self, children: list[_Value]) -> _Value:
        return children[0].start_pos, children[1][1]

    def on_parentheses(self, children: list[_Value]) -> _Value:
        return children[0].start_pos, children[2].end_pos

    def on_first_argument(self, children: list[_Value]) -> _Value:
        return 1

    def on_next_argument(self, children: list[_Value]) -> _Value:
        return children[0] + 1

    def on_call(self, children: list[_Value]) -> _Value:
        name, _, count, closing = children
        if not name.isidentifier():
            raise self.no_name(name)
        self.code.append(Call(sys.intern(str(name)), count), name.start_pos, closing.end_pos)
        return name.start_pos, closing.end_pos

    def on_empty_call(self, children: list[_Value]) -> _Value:
        name, _, closing = children
        self.code.append(Call(str(name), 0), name.start_pos, closing.end_pos)
        return name.start_pos, closing.end_pos

    def on_conditional(self, children: list[_Value]) -> _Value:
        start, end = children[0][0], children[4][1]
        self.code.append(Call("where", 3), start, end)
        return start, end

    def on_first_link(self, children: list[_Value]) -> _Value:
        left, operator, right = children
        return left[0], right[1], [_COMPARISONS[operator]]

    def on_next_link(self, children: list[_Value]) -> _Value:
        chain, operator, right = children
        chain[2].append(_COMPARISONS[operator])
        return chain[0], right[1], chain[2]

    def on_comparison(self, children: list[_Value]) -> _Value:
        chain = children[0]
        if len(chain) == 2:  # no chain: a sum passes through
            return chain
        start, end, functions = chain
        self.code.append(Call(functions[0], 2) if len(functions) == 1 else Compare(tuple(functions)), start, end)
        return start, end

    def take(self) -> Code:
        code, self.code = self.code, Code()
        return code

    def on_target(self, children: list[_Value]) -> _Value:
        """Everything before an `=`: a name, or a call of plain names."""
        start, end = children[0][:2]
        code = self.take()
        head, operands = code.terms[-1], code.terms[:-1]
        if isinstance(head, str) and len(code.terms) == 1 and self.source.text[start:end] == head:
            return start, end, head, None
        if isinstance(head, Call) and head.arity == len(operands) and self.source.text.startswith(head.function, start):
            names = [term for term in operands if isinstance(term, str)]
            if len(names) == len(operands) > 0:
                if len(set(names)) == len(names):
                    return start, end, head.function, tuple(names)
                raise ExpressionError(
                    "a function's operands need different names", source=self.source, span=Span(start, end)
                )
        raise ExpressionError(
            "only a name or a function of names can stand before '='",
            source=self.source,
            span=Span(start, end),
            hint="to compare, write ==",
        )

    def on_result(self, children: list[_Value]) -> _Value:
        self.statements.append(Result(self.take(), Span(*children[0][:2])))

    def on_assignment(self, children: list[_Value]) -> _Value:
        start, end, name, operands = children[0]
        span = Span(start, end)
        if operands is None:
            self.statements.append(Assignment(name, self.take(), span))
        else:
            self.statements.append(Definition(name, operands, self.take(), span))

    def on_param(self, children: list[_Value]) -> _Value:
        self.declare(children, trainable=True)

    def on_bounded_param(self, children: list[_Value]) -> _Value:
        self.declare(children, trainable=True)

    def on_input(self, children: list[_Value]) -> _Value:
        self.declare(children, trainable=False)

    def declare(self, children: list[_Value], *, trainable: bool) -> None:
        name = children[1]
        span = Span(name.start_pos, name.end_pos)
        self.statements.append(Declaration(sys.intern(str(name)), trainable, self.take_each(children), span))

    def on_formula(self, children: list[_Value]) -> _Value:
        span = Span(children[0][0], children[2][1])
        response, model = self.take_each(children)
        self.statements.append(Formula(response, model, span))

    def take_each(self, children: list[_Value]) -> tuple[Code, ...]:
        """The code holds the expressions of a statement one after another: cut it at their spans."""
        code = self.take()
        codes, first = [], 0
        for _, end in (child for child in children if type(child) is tuple):
            part = Code()
            while first < len(code.terms) and code.ends[first] <= end:
                part.append(code.terms[first], *code.span(first))
                first += 1
            codes.append(part)
        return tuple(codes)


def _first(children: list[_Value]) -> _Value:
    return children[0] if children else None
