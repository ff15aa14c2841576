"""Expressions compiled for columns: planned and compiled once for the names that are columns, then called often."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from exprgrad.arguments import Binding, as_number, checked, separate
from exprgrad.autodiff.columns import column_derivatives
from exprgrad.autodiff.derivative import with_room
from exprgrad.backends.prepared import Engine, Prepared, worth_compiling
from exprgrad.binding import Inputs, no_variable
from exprgrad.columns.memory import Columns, as_array
from exprgrad.columns.shapes import Shapes
from exprgrad.columns.values import Column
from exprgrad.errors import UsageError
from exprgrad.expression import Expression, parse

if TYPE_CHECKING:
    from exprgrad.data.read import Files

Result = float | Column

_MANY = 50_000
"""From so many rows on, code is optimized to run fast; below, to be compiled fast."""


class _Signature(NamedTuple):
    """What a kernel is made for."""

    columns: frozenset[str]
    bound: frozenset[str]
    value: bool
    wrt: tuple[str, ...] | None
    many: bool


@dataclass
class _Function:
    """A prepared computation of the value, the derivatives with respect to some names, or both."""

    prepared: Prepared
    names: tuple[str, ...]
    columns: tuple[bool, ...]
    """Which derivatives have a number for each row."""
    rows: int
    """Rows of all calls so far."""

    def outgrown(self, rows: int) -> bool:
        """Whether compiling pays now that the rows of one more call are added, and did not pay before."""
        before = self.rows
        self.rows += rows
        plan = self.prepared.plan
        return not worth_compiling(plan, before or 1) and worth_compiling(plan, self.rows or 1)


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
        self._functions: dict[_Signature, _Function] = {}

    def __repr__(self) -> str:
        return f"Compiled({str(self.expression)!r})"

    def __reduce__(self) -> tuple[object, ...]:
        """A copy, also in another process, compiles the text again when it is called."""
        again = partial(compile, threads=self.engine.threads, backend=self.engine.backend)
        return again, (self.expression.text,)

    def evaluate(self, files: Files | None = None, /, **bindings: Binding) -> Result:
        """The value. The columns of `files` are variables: of a path, a list of paths, or what `exprgrad.read` gave.
        Raises UsageError for names that do not fit, DataError for columns of unequal length."""
        return self._call(self._with(files, bindings), None, value=True)[0]

    @checked
    def gradient(
        self, wrt: Sequence[str] = (), files: Files | None = None, /, **bindings: Binding
    ) -> dict[str, Result]:
        """d value / d variable for each name in `wrt`, by default for each variable that is a number.

        With respect to a column: an array, the derivative with respect to each row. Where the value is a column:
        arrays, row by row. Raises as `evaluate` does, and UsageError where a row depends on other rows
        of a column in `wrt`.
        """
        return self._call(self._with(files, bindings), wrt, value=False)[1]

    @checked
    def value_and_gradient(
        self, wrt: Sequence[str] = (), files: Files | None = None, /, **bindings: Binding
    ) -> tuple[Result, dict[str, Result]]:
        """Both, in one pass over the rows where the gradient takes one."""
        return self._call(self._with(files, bindings), wrt, value=True)

    def _with(self, files: Files | None, bindings: Mapping[str, Binding]) -> Mapping[str, Binding]:
        """The bindings, and the columns of files beside them."""
        if files is None:
            return bindings
        from exprgrad.data.read import in_memory

        return {**in_memory(files, self.expression.lowered, bindings), **bindings}

    def _call(
        self, bindings: Mapping[str, Binding], wrt: Sequence[str] | None, *, value: bool
    ) -> tuple[Result, dict[str, Result]]:
        if "wrt" in bindings and "wrt" not in self.expression.variables:
            raise UsageError("wrt comes first, without its name", hint='gradient(["w"], x=…, w=…)')
        numbers, columns = separate(bindings)
        source = Columns(columns)
        names = None if wrt is None else tuple(wrt)
        signature = _Signature(frozenset(source.names), frozenset(numbers), value, names, source.rows >= _MANY)
        function = self._functions.get(signature)
        if function is None or function.outgrown(source.rows):
            function = self._functions[signature] = self._prepare(signature, numbers, source, function)
        defaults = self.expression.model.defaults
        values = {**defaults, **{name: as_number(name, x) for name, x in numbers.items()}}
        found, rows = function.prepared.run(source, values)
        spread = [False] * value + list(function.columns)
        results = [
            as_array(function.prepared.spread(result, rows) if column else result)
            for result, column in zip(found, spread, strict=True)
        ]
        first = results.pop(0) if value else 0.0
        return first, dict(zip(function.names, results, strict=True))

    def _prepare(
        self, signature: _Signature, numbers: Mapping[str, float], source: Columns, before: _Function | None
    ) -> _Function:
        model = self.expression.lowered.model_for(numbers, source.names)
        Inputs({**model.defaults, **numbers}, source).check_complete(model)
        graph, variables = with_room(model.graph), model.graph.inputs()
        names: tuple[str, ...] = ()
        if signature.wrt is not None:
            names = signature.wrt or tuple(name for name in variables if name not in source.names)
        for name in names:
            if name not in variables:
                what = f"no derivative with respect to {name}: the expression has no such variable"
                raise no_variable(what, name, variables)
        slopes = column_derivatives(graph, model.output, [variables[name] for name in names], source.names)
        wanted = [model.output] * signature.value + slopes
        rowwise = Shapes(graph, source.names).is_column(model.output)
        columns = tuple(rowwise or name in source.names for name in names)
        rows = before.rows if before else 0
        return _Function(Prepared(graph, wanted, source, self.engine, rows), names, columns, rows)


@checked
def compile(expression: str, /, *, threads: int | None = None, backend: str = "auto") -> Compiled:  # noqa: A001
    """Compile an expression for columns. Machine code is made at the first call with each set of columns.

    `threads` is how many to use, by default all that the process may; `backend` is "llvm", "interpreter", or
    "auto": compiled where there is enough to do. Raises ExpressionError, with the place of the first mistake.
    """
    return Compiled(parse(expression), Engine.of(backend, threads))
