"""The walk through a described function that all translations share: what is known now is computed now, by Python."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable
from typing import Any

from exprgrad.functions.source.constructs import Constructs, L, S, Value
from exprgrad.functions.source.description import (
    Arithmetic,
    Assign,
    Body,
    Call,
    Compare,
    Conditional,
    Constant,
    Count,
    Each,
    Element,
    Expression,
    If,
    Junction,
    Name,
    Negative,
    Not,
    Number,
    Primitive,
    Return,
    Routine,
    Spread,
    Statement,
    TranslationError,
    Tuple,
    While,
    Zeros,
)
from exprgrad.functions.source.reader import read

_COMPUTE: dict[str, Callable[[Any, Any], Any]] = {
    "add": operator.add,
    "sub": operator.sub,
    "mul": operator.mul,
    "div": operator.truediv,
    "mod": operator.mod,
    "pow": operator.pow,
    "lt": operator.lt,
    "le": operator.le,
    "gt": operator.gt,
    "ge": operator.ge,
    "eq": operator.eq,
    "ne": operator.ne,
}


class Writer(Constructs[S, L]):
    """Walks through one function, and writes it construct by construct. For expressions it gives the value."""

    scalars: type[S]
    lists: type[L]

    def __init__(self, routine: Routine) -> None:
        self.routine = routine

    def run(self, body: Body) -> None:
        """Write statements."""
        for statement in body:
            if self.ended():
                return
            self.statement(statement)

    def statement(self, statement: Statement) -> None:
        match statement:
            case Assign(Element(listed, index), value):
                written = self.scalar(self.value(value))
                self.store(self.as_list(self.value(listed)), self.one(index), written)
            case Assign(target, value):
                self.assign(self.pairs(target, self.value(value)))
            case Zeros(name, length):
                self.zeros(name, length)
            case Return(value):
                self.give(self.value(value))
            case If(test, body, otherwise):
                condition = self.truth(test)
                if isinstance(condition, bool):
                    self.run(body if condition else otherwise)
                else:
                    self.choose(condition, body, otherwise)
            case While(test, body):
                self.repeat(test, body)
            case Count():
                self.count(statement)
            case Each():
                self.each(statement)

    def value(self, node: Expression) -> Value[S, L]:
        """The value of an expression; what it needs to be computed is written."""
        match node:
            case Number(number):
                return number
            case Constant():
                return node
            case Name(name):
                return self.read(name)
            case Tuple(parts):
                return tuple(self.value(part) for part in parts)
            case Negative(operand):
                x = self.one(operand)
                return -x if isinstance(x, int | float) else self.negative(x)
            case Not(operand):
                condition = self.truth(operand)
                return not condition if isinstance(condition, bool) else self.opposite(condition)
            case Arithmetic(operation, left, right):
                return self._operate(operation, self.one(left), self.one(right), self.arithmetic)
            case Compare(left, links):
                operands = [self.one(left), *(self.one(right) for _, right in links)]
                return self._joined(
                    True,
                    (
                        self._operate(operation, operands[k], operands[k + 1], self.comparison)
                        for k, (operation, _) in enumerate(links)
                    ),
                )
            case Junction(every, parts):
                return self._joined(every, map(self.truth, parts))
            case Conditional(test, body, otherwise):
                condition = self.truth(test)
                if isinstance(condition, bool):
                    return self.value(body if condition else otherwise)
                return self.conditional(condition, body, otherwise)
            case Element(listed, index):
                return self._element(self.value(listed), self.one(index))
            case Primitive(name, function, operands):
                numbers = [self.scalar(operand) for operand in self._operands(operands)]
                if all(isinstance(number, int | float) for number in numbers):
                    return function(*numbers)  # type: ignore[no-any-return]
                return self.primitive(name, numbers)
            case Call(function, operands):
                return self._call(read(function), self._operands(operands))
            case Spread():
                raise TranslationError("an operand *x where there is no call")

    def one(self, node: Expression) -> float | S:
        """The value of an expression that is a single number or condition."""
        return self.scalar(self.value(node))

    def truth(self, node: Expression) -> bool | S:
        """The value of an expression as a condition."""
        x = self.one(node)
        return bool(x) if isinstance(x, int | float) else self.condition(x)

    def scalar(self, value: Value[S, L]) -> float | S:
        """A value that has to be a single number or condition."""
        if isinstance(value, (int, float, self.scalars)):
            return value
        raise TranslationError(f"a tuple or list as a number in {self.routine.name}")

    def as_list(self, value: Value[S, L]) -> L:
        """A value that has to be a list."""
        if isinstance(value, self.lists):
            return value
        raise TranslationError(f"an assignment to an element of what is no list in {self.routine.name}")

    def elements(self, value: Value[S, L]) -> tuple[Value[S, L], ...]:
        """The elements of a tuple or of a constant."""
        if isinstance(value, Constant):
            return tuple(
                Constant(part, f"{value.name}_{k}") if isinstance(part, tuple) else part
                for k, part in enumerate(value.values)
            )
        if isinstance(value, tuple) and not isinstance(value, (self.scalars, self.lists)):
            return value
        raise TranslationError(f"a number as a tuple in {self.routine.name}")

    def flat(self, value: Value[S, L]) -> list[float | S]:
        """The scalars of a value, from left to right."""
        if isinstance(value, (int, float, self.scalars)):
            return [value]
        return [scalar for part in self.elements(value) for scalar in self.flat(part)]

    def pairs(self, target: Expression, value: Value[S, L]) -> list[tuple[str, Value[S, L]]]:
        """The names in a target, each with what it gets."""
        match target:
            case Name(name):
                return [(name, value)] if name != "_" else []
            case Tuple(targets):
                parts = self.elements(value)
                if len(parts) == len(targets):
                    return [
                        pair for inner, part in zip(targets, parts, strict=True) for pair in self.pairs(inner, part)
                    ]
        raise TranslationError(f"an assignment that does not match its value in {self.routine.name}")

    def _operate(self, operation: str, x: float | S, y: float | S, write: Callable[..., S]) -> float | S:
        """An operation, computed where both operands are known now."""
        if isinstance(x, int | float) and isinstance(y, int | float):
            return _COMPUTE[operation](x, y)  # type: ignore[no-any-return]
        return write(operation, x, y)

    def _joined(self, every: bool, conditions: Iterable[float | S]) -> float | S:
        """`and` or `or`: a condition known now decides, or drops out."""
        unknown: list[S] = []
        for condition in conditions:
            if not isinstance(condition, int | float):
                unknown.append(condition)
            elif bool(condition) != every:
                return not every
        if not unknown:
            return every
        return unknown[0] if len(unknown) == 1 else self.junction(every, unknown)

    def _element(self, listed: Value[S, L], index: float | S) -> Value[S, L]:
        if isinstance(listed, self.lists):
            return self.element(listed, index)
        if isinstance(index, int | float):
            return self.elements(listed)[int(index)]
        if isinstance(listed, Constant):
            return self.element(listed, index)
        raise TranslationError(f"an element of what is no constant table in {self.routine.name}")

    def _operands(self, nodes: tuple[Expression, ...]) -> list[Value[S, L]]:
        operands: list[Value[S, L]] = []
        for node in nodes:
            operands += self.elements(self.value(node.operand)) if isinstance(node, Spread) else [self.value(node)]
        return operands

    def _call(self, routine: Routine, operands: list[Value[S, L]]) -> Value[S, L]:
        for parameter in routine.parameters[len(operands) :]:
            if parameter.default is None:
                raise TranslationError(f"a call of {routine.name} without {parameter.name}")
            operands.append(parameter.default)
        if len(operands) > len(routine.parameters):
            raise TranslationError(f"a call of {routine.name} with too many operands")
        return self.call(routine, operands)
