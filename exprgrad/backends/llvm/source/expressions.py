"""Python expressions in scalar code. What is known now is computed now, by Python itself."""

from __future__ import annotations

import ast
import operator
from abc import ABC, abstractmethod
from collections.abc import Callable, Hashable, Iterator
from types import FunctionType, ModuleType
from typing import Any

from exprgrad.backends.llvm.source.builtins import BUILTINS, remainder
from exprgrad.backends.llvm.source.scalars import (
    Array,
    Builder,
    Scalar,
    Slot,
    TranslationError,
    Value,
    Variable,
    flatten,
    is_tuple,
    kind_of,
)

_ARITHMETIC: dict[type[ast.operator], tuple[str, Callable[[Any, Any], Any]]] = {
    ast.Add: ("fadd", operator.add),
    ast.Sub: ("fsub", operator.sub),
    ast.Mult: ("fmul", operator.mul),
    ast.Div: ("fdiv", operator.truediv),
    ast.Mod: ("", operator.mod),
    ast.Pow: ("", operator.pow),
}
_COMPARISONS: dict[type[ast.cmpop], tuple[str, Callable[[Any, Any], Any]]] = {
    ast.Lt: ("olt", operator.lt),
    ast.LtE: ("ole", operator.le),
    ast.Gt: ("ogt", operator.gt),
    ast.GtE: ("oge", operator.ge),
    ast.Eq: ("oeq", operator.eq),
    ast.NotEq: ("une", operator.ne),
}


class Expressions(ABC):
    """The values of expressions in one Python function."""

    def __init__(self, builder: Builder, function: FunctionType) -> None:
        self.builder = builder
        self.function = function
        self.variables: dict[str, Variable] = {}

    @abstractmethod
    def call_function(self, function: FunctionType, operands: list[Value]) -> Value:
        """A call of a function written in Python."""

    def value(self, node: ast.expr) -> Value:
        match node:
            case ast.Constant(bool() | int() | float() as number):
                return number
            case ast.Name() | ast.Attribute():
                found = self.named(node)
                if isinstance(found, int | float | Scalar | Array) or is_tuple(found):
                    return found
                raise TranslationError(f"{ast.unparse(node)} as a number")
            case ast.Tuple(parts):
                return tuple(self.value(part) for part in parts)
            case ast.UnaryOp(operation, operand):
                return self.unary(operation, self.value(operand))
            case ast.BinOp(ast.List([ast.expr() as item]), ast.Mult(), length):
                return self.array(self.value(item), self.value(length))
            case ast.BinOp(left, operation, right):
                return self.operate(operation, self.value(left), self.value(right))
            case ast.BoolOp(operation, parts):
                return self.junction(operation, parts)
            case ast.Compare(left, comparisons, others):
                return self.compare(self.value(left), comparisons, [self.value(other) for other in others])
            case ast.IfExp(test, body, otherwise):
                return self.conditional(test, body, otherwise)
            case ast.Subscript(listed, index):
                return self.element(self.value(listed), index)
            case ast.Call(called, operands, []):
                return self.call(called, operands)
        raise TranslationError(f"`{ast.unparse(node)}` in {self.function.__name__}")

    def truth(self, node: ast.expr) -> Value:
        return self.builder.truth(self.value(node))

    def named(self, node: ast.expr) -> Any:
        """What a name or an attribute of a module stands for."""
        match node:
            case ast.Name(name) if name in self.variables:
                return self.read(self.variables[name])
            case ast.Name(name):
                scope = self.function.__globals__
                if name in scope:
                    return scope[name]
                built_in = scope["__builtins__"]
                return built_in.get(name) if isinstance(built_in, dict) else getattr(built_in, name, None)
            case ast.Attribute(module, name):
                found = self.named(module)
                if isinstance(found, ModuleType):
                    return getattr(found, name, None)
        raise TranslationError(f"`{ast.unparse(node)}` in {self.function.__name__}")

    def read(self, variable: Variable) -> Value:
        if isinstance(variable, Slot):
            return self.builder.load(variable.kind, variable.pointer)
        if is_tuple(variable):
            return tuple(self.read(part) for part in variable)
        assert isinstance(variable, int | float | Scalar | Array)
        return variable

    def unary(self, operation: ast.unaryop, x: Value) -> Value:
        match operation:
            case ast.USub() if isinstance(x, int | float):
                return -x
            case ast.USub():
                return self.builder.result("double", f"fneg double {self.builder.number(x)}")
            case ast.Not():
                truth = self.builder.truth(x)
                if isinstance(truth, Scalar):
                    return self.builder.result("i1", f"xor i1 {truth.text}, true")
                return not truth
        raise TranslationError(type(operation).__name__)

    def operate(self, operation: ast.operator, x: Value, y: Value) -> Value:
        opcode, compute = _ARITHMETIC.get(type(operation), ("", None))
        if compute is None:
            raise TranslationError(f"the operator {type(operation).__name__}")
        if not _unknown(x) and not _unknown(y):
            return compute(x, y)  # type: ignore[no-any-return]
        if isinstance(operation, ast.Mod):
            return remainder(self.builder, x, y)
        if isinstance(operation, ast.Pow):
            return self.builder.call("pow", x, y)
        return self.builder.result("double", f"{opcode} double {self.builder.number(x)}, {self.builder.number(y)}")

    def array(self, item: Value, length: Value) -> Array:
        if item != 0.0 or _unknown(length):
            raise TranslationError("a list that is not [0.0]*LENGTH")
        assert isinstance(length, int)
        array = Array("", length)
        array.pointer = self.builder.slot(array.kind)
        self.builder.line(f"store {array.kind} zeroinitializer, ptr {array.pointer}")
        return array

    def junction(self, operation: ast.boolop, parts: list[ast.expr]) -> Value:
        """and, or: of conditions. The parts have no effects, so all are computed."""
        result = self.truth(parts[0])
        for part in parts[1:]:
            if not _unknown(result) and bool(result) == isinstance(operation, ast.Or):
                return result
            other = self.truth(part)
            if not _unknown(result):
                result = other
                continue
            if isinstance(operation, ast.And):
                chosen = f"i1 {self.builder.text(other)}, i1 false"
            else:
                chosen = f"i1 true, i1 {self.builder.text(other)}"
            result = self.builder.result("i1", f"select i1 {self.builder.text(result)}, {chosen}")
        return result

    def compare(self, left: Value, comparisons: list[ast.cmpop], others: list[Value]) -> Value:
        result: Value = True
        for comparison, right in zip(comparisons, others, strict=True):
            predicate, compute = _COMPARISONS[type(comparison)]
            if not _unknown(left) and not _unknown(right):
                link: Value = bool(compute(left, right))
            else:
                operands = f"double {self.builder.number(left)}, {self.builder.number(right)}"
                link = self.builder.result("i1", f"fcmp {predicate} {operands}")
            if result is True or link is False:
                result = link
            elif link is not True and result is not False:
                both = f"select i1 {self.builder.text(result)}, i1 {self.builder.text(link)}, i1 false"
                result = self.builder.result("i1", both)
            left = right
        return result

    def conditional(self, test: ast.expr, body: ast.expr, otherwise: ast.expr) -> Value:
        """`body if test else otherwise`: only one of them is computed."""
        builder, condition = self.builder, self.truth(test)
        if not isinstance(condition, Scalar):
            return self.value(body if condition else otherwise)
        start = builder.block
        values, ends, labels = [], [], []
        for part in (body, otherwise):
            labels.append(builder.begin().label)
            values.append(self.value(part))
            ends.append(builder.block)
        builder.end(f"br i1 {condition.text}, label %{labels[0]}, label %{labels[1]}", start)
        after = builder.begin()
        for block in ends:
            builder.end(f"br label %{after.label}", block)
        return self.merge(values, ends)

    def merge(self, values: list[Value], blocks: list[Any]) -> Value:
        """One value out of those that the blocks before this one bring."""
        first, second = values
        if is_tuple(first) and is_tuple(second) and len(first) == len(second):
            return tuple(self.merge([x, y], blocks) for x, y in zip(first, second, strict=True))
        kind = kind_of(first)
        if kind != kind_of(second):
            raise TranslationError("a conditional of two types")
        pairs = (f"[{self.builder.text(x)}, %{block.label}]" for x, block in zip(values, blocks, strict=True))
        return self.builder.result(kind, f"phi {kind} {', '.join(pairs)}")

    def element(self, listed: Value, index: ast.expr) -> Value:
        place = self.value(index)
        if isinstance(listed, Array):
            return self.builder.load("double", self.builder.at(listed, place))
        if not is_tuple(listed):
            raise TranslationError("an element of a number")
        return listed[place] if isinstance(place, int) else self.builder.row(listed, place)

    def items(self, node: ast.expr) -> Iterator[Value]:
        """What a loop runs over: a constant table, or enumerate of one."""
        match node:
            case ast.Call(ast.Name("enumerate"), [listed, *start], []):
                first = self.value(start[0]) if start else 0
                assert isinstance(first, int)
                yield from enumerate(self.items(listed), first)
            case _:
                value = self.value(node)
                if not is_tuple(value):
                    raise TranslationError(f"a loop over {ast.unparse(node)}")
                yield from value

    def call(self, called: ast.expr, nodes: list[ast.expr]) -> Value:
        operands: list[Value] = []
        for node in nodes:
            if isinstance(node, ast.Starred):
                parts = self.value(node.value)
                operands += parts if is_tuple(parts) else [parts]
            else:
                operands.append(self.value(node))
        function = self.named(called)
        if isinstance(function, Hashable) and function in BUILTINS:
            if not any(_unknown(x) for x in operands) and callable(function):
                return function(*operands)  # type: ignore[no-any-return]
            return BUILTINS[function](self.builder, *operands)
        if isinstance(function, FunctionType):
            return self.call_function(function, operands)
        raise TranslationError(f"{ast.unparse(called)} in {self.function.__name__}")


def _unknown(value: Value) -> Any:
    """Whether any part of a value is to be computed by the compiled code."""
    return any(isinstance(part, Scalar | Array) for part in flatten(value))
