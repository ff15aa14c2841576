"""From a function of the table, written in Python, to a scalar LLVM function: the careful numerics are written once.

`functions.source` reads the Python; only functions in the table, and what they call, are ever read.
"""

from __future__ import annotations

from types import FunctionType

from exprgrad.backends.llvm.emit.definitions import Definitions
from exprgrad.backends.llvm.source.routine import RoutineWriter, kinds_of, type_of
from exprgrad.backends.llvm.source.scalars import Builder, Scalar
from exprgrad.errors import UsageError
from exprgrad.functions.entry import Function
from exprgrad.functions.source.description import TABLE, Constant, Routine, TranslationError
from exprgrad.functions.source.reader import read
from exprgrad.functions.source.shapes import nest


def scalar(function: Function, definitions: Definitions) -> str:
    """The symbol of a function's scalar code, which is added to the definitions. Raises UsageError if there is none."""
    try:
        if not isinstance(function.value, FunctionType):
            raise TranslationError("it is not written in Python")
        return _define(read(function.value), (), definitions)
    except TranslationError as error:
        raise UsageError(f"{function.name} cannot be compiled: {error}") from error


def _define(routine: Routine, tables: tuple[Constant, ...], definitions: Definitions) -> str:
    """The symbol of a routine, for these constant tables as operands; its definition is added if it is new."""
    module = routine.function.__module__.rpartition(".")[2]
    symbol = f"{module}.{routine.name}"
    if tables:
        symbol = definitions.numbered(symbol, repr([table.values for table in tables]))
    if symbol in definitions:
        return symbol
    definitions.reserve(symbol)
    try:
        builder = Builder(definitions)
        body = RoutineWriter(routine, builder, lambda other, passed: _define(other, passed, definitions))
        operands = _operands(routine, tables, body)
        body.run(routine.body)
    except TranslationError:
        definitions.withdraw(symbol)
        raise
    definitions.fill(symbol, type_of(routine.result), operands, builder.lines())
    return symbol


def _operands(routine: Routine, tables: tuple[Constant, ...], body: RoutineWriter) -> list[str]:
    """The parameters as LLVM has them: each number of a tuple is one of its own, and tables are put in."""
    operands: list[str] = []
    left = list(tables)
    for name, shape, _ in routine.parameters:
        if shape == TABLE:
            body.variables[name] = left.pop(0)
            continue
        scalars = [Scalar(kind, f"%{name}.{k}") for k, kind in enumerate(kinds_of(shape))]
        operands += [f"{scalar.kind} {scalar.text}" for scalar in scalars]
        body.assign([(name, nest(shape, scalars))])
    return operands
