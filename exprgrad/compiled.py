"""Expressions compiled for columns: planned and compiled once for the names that are columns, then called often."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from exprgrad.arguments import Binding, checked, separate
from exprgrad.backends.engine import Engine
from exprgrad.columns.memory import Columns
from exprgrad.columns.rows import RowSource
from exprgrad.errors import UsageError
from exprgrad.expression import Expression, parse
from exprgrad.jobs.evaluate.function import Function, Result, function

if TYPE_CHECKING:
    from exprgrad.data.read import Table

_MANY = 50_000
"""From so many rows on, code is optimized to run fast; below, to be compiled fast."""


class _Signature(NamedTuple):
    """What a kernel is made for."""

    columns: frozenset[str]
    bound: frozenset[str]
    value: bool
    wrt: tuple[str, ...] | None
    many: bool


class Compiled:
    """An expression as a function of numbers and columns: `compiled.evaluate(x=array, w=0.1)`.

    Columns are float64 arrays [rows] of one length, used without a copy where they are contiguous; other numeric
    arrays and lists are converted. A result is a float, or an array [rows] where there is one number a row (a list
    where NumPy is not installed). Few rows are interpreted, because compiling would take longer; for many rows, or
    many calls, the expression is compiled. Sums add in a fixed order: the same data give the same bits with any
    number of threads.
    """

    @checked
    def __init__(self, expression: Expression, engine: Engine) -> None:
        if not isinstance(expression, Expression):
            raise UsageError("what is compiled is an Expression", hint="write exprgrad.compile(text)")
        self.expression = expression
        self.engine = engine
        self._functions: dict[_Signature, Function] = {}

    def __repr__(self) -> str:
        return f"Compiled({str(self.expression)!r})"

    def __reduce__(self) -> tuple[object, ...]:
        """A copy, also in another process, compiles the text again when it is called."""
        again = partial(compile, threads=self.engine.threads, backend=self.engine.backend)
        return again, (self.expression.text,)

    @checked
    def evaluate(self, data: Table | None = None, /, **bindings: Binding) -> Result:
        """The value. The columns of `data` are variables: of a path, a list of paths, what `exprgrad.read` gave, or a
        data frame. Raises UsageError for names that do not fit, DataError for columns of unequal length."""
        return self._call(data, bindings, None, value=True)[0]

    @checked
    def gradient(self, wrt: Sequence[str] = (), data: Table | None = None, /, **bindings: Binding) -> dict[str, Result]:
        """d value / d variable for each name in `wrt`, by default for each variable that is a number.

        With respect to a column: an array, the derivative with respect to each row. Where the value is a column:
        arrays, row by row. Raises as `evaluate` does, and UsageError where a row depends on other rows
        of a column in `wrt`.
        """
        return self._call(data, bindings, wrt, value=False)[1]

    @checked
    def value_and_gradient(
        self, wrt: Sequence[str] = (), data: Table | None = None, /, **bindings: Binding
    ) -> tuple[Result, dict[str, Result]]:
        """Both, in one pass over the rows where the gradient takes one."""
        return self._call(data, bindings, wrt, value=True)

    def _call(
        self, data: Table | None, bindings: Mapping[str, Binding], wrt: Sequence[str] | None, *, value: bool
    ) -> tuple[Result, dict[str, Result]]:
        if "wrt" in bindings and "wrt" not in self.expression.variables:
            raise UsageError("wrt comes first, without its name", hint='gradient(["w"], x=…, w=…)')
        if data is None:
            return self._run(bindings, None, wrt, value=value)
        from exprgrad.data.read import Wanted
        from exprgrad.data.tables import Given, taken

        with taken(self.expression.lowered, Given(data, bindings), Wanted(hold=True)) as call:
            return self._run(call.bindings, call.source, wrt, value=value)

    def _run(
        self, bindings: Mapping[str, Binding], rows: RowSource | None, wrt: Sequence[str] | None, *, value: bool
    ) -> tuple[Result, dict[str, Result]]:
        numbers, columns = separate(bindings)
        source = Columns(columns) if rows is None else rows
        names = None if wrt is None else tuple(wrt)
        count = source.rows or 0
        signature = _Signature(frozenset(source.names), frozenset(numbers), value, names, count >= _MANY)
        prepared = self._functions.get(signature)
        if prepared is None or prepared.outgrown(count):
            before = prepared.rows if prepared else 0
            expression, engine = self.expression.lowered, self.engine
            prepared = function(expression, numbers, source, names, engine, value=value, rows=before)
            self._functions[signature] = prepared
        found = prepared(source, numbers)
        return found.value, found.gradient


@checked
def compile(expression: str, /, *, threads: int | None = None, backend: str = "auto") -> Compiled:  # noqa: A001
    """Compile an expression for columns. Machine code is made at the first call with each set of columns.

    `threads` is how many to use, by default all that the process may; `backend` is "llvm", "interpreter", or
    "auto": compiled where there is enough to do. Raises ExpressionError, with the place of the first mistake.
    """
    return Compiled(parse(expression), Engine.of(backend, threads))
