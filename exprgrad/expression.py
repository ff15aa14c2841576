"""The Python API: an expression as an object to evaluate, differentiate, train and fit."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Unpack, overload

from exprgrad.arguments import Binding, checked, flag, is_column, separate
from exprgrad.arguments import bindings as named
from exprgrad.autodiff.reverse import adjoint_at
from exprgrad.backends import interpreter
from exprgrad.backends.engine import Engine
from exprgrad.binding import Lowered, bind, bind_numbers
from exprgrad.columns.rows import RowSource
from exprgrad.errors import UsageError, check_installed
from exprgrad.graph.lower import Model
from exprgrad.notation.infix import write_program
from exprgrad.observer import SILENT, Observer
from exprgrad.syntax import Program
from exprgrad.syntax import parse as parse_program

if TYPE_CHECKING:
    from exprgrad.data.read import Table
    from exprgrad.jobs.check.result import Check
    from exprgrad.jobs.differentiate.result import Derivatives
    from exprgrad.jobs.evaluate.function import Function, Result
    from exprgrad.jobs.explain.result import Explanation
    from exprgrad.jobs.fit.groups.result import Groups
    from exprgrad.jobs.fit.request import Request as FitRequest
    from exprgrad.jobs.fit.result import Fit
    from exprgrad.jobs.train.options import TrainingSettings
    from exprgrad.jobs.train.result import Training
    from exprgrad.jobs.train.saved.checkpoints import Checkpoints


class Expression:
    """A program of the language. Bindings are keywords: `expression.evaluate(a=3, b=2)`."""

    def __init__(self, program: Program, *, formula: bool = False) -> None:
        """Lower a parsed program, which may be a formula `y ~ model`, to be fitted. Raises ExpressionError, with
        the place of the mistake."""
        if not isinstance(program, Program):
            raise UsageError("an expression is made of a text", hint="write exprgrad.parse(text)")
        self.lowered = Lowered(program, formula=formula)

    @classmethod
    def _of(cls, model: Model) -> Expression:
        expression = cls.__new__(cls)
        expression.lowered = Lowered.of(model)
        return expression

    @property
    def model(self) -> Model:
        """The lowered program, before anything is bound."""
        return self.lowered.model

    @property
    def variables(self) -> tuple[str, ...]:
        """Names of the variables, in order of first use."""
        return self.lowered.variables

    @property
    def text(self) -> str:
        """The text that it was parsed from; for a derivative, a text that parses to it."""
        return self.lowered.text

    def __str__(self) -> str:
        return write_program(self.model.graph, self.model.output, self.model.labels)

    def __repr__(self) -> str:
        return f"Expression({str(self)!r})"

    def _repr_latex_(self) -> str | None:
        """For notebooks; None for a formula that is too long to be typeset."""
        from exprgrad.notation.latex import latex
        from exprgrad.notation.size import sides_to_typeset

        formula = r" \sim ".join(latex(self.model.graph, side) for side in sides_to_typeset(self.model))
        return rf"$\displaystyle {formula}$" if formula else None

    def __reduce__(self) -> tuple[object, ...]:
        """A copy, also in another process, parses the text again."""
        program = self.lowered.program
        return partial(parse, formula=self.lowered.formula), (self.text, program.source.name if program else "")

    @overload
    def evaluate(self, /, **bindings: float) -> float: ...
    @overload
    def evaluate(self, data: Table | None = None, /, **bindings: Binding) -> Result: ...
    @checked
    def evaluate(self, data: Table | None = None, /, **bindings: Binding) -> Result:
        """The value in binary64; where it has one number a row, a column: a series where a data frame or series were
        given, else an array. The columns of `data` (a data frame, a path, a dict …) are variables, and bindings win.
        Raises UsageError if a variable is unbound or a binding is not used."""
        if data is None and not any(map(is_column, bindings.values())):
            return self._value(bindings)
        return self._over_columns(data, bindings, slopes=False)[0]

    @checked
    def __call__(self, data: Table | None = None, /, **bindings: Binding) -> Result:
        """The value: see `evaluate`."""
        return self.evaluate(data, **bindings)

    @overload
    def gradient(self, /, **bindings: float) -> dict[str, float]: ...
    @overload
    def gradient(self, data: Table | None = None, /, **bindings: Binding) -> dict[str, Result]: ...
    @checked
    def gradient(self, data: Table | None = None, /, **bindings: Binding) -> Mapping[str, Result]:
        """d value / d variable for each variable, by back-propagation. With respect to a column: the derivative with
        respect to each row; that is left out for columns of `data`, unless all variables are such. Raises as
        `evaluate` does."""
        if data is None and not any(map(is_column, bindings.values())):
            return self._slopes(bindings)
        return self._over_columns(data, bindings, slopes=True)[1]

    def _value(self, bindings: Mapping[str, Any]) -> float:
        model, inputs = bind_numbers(self.lowered, bindings, complete=True)
        return interpreter.evaluate(model.graph, inputs.numbers)[model.output]

    def _slopes(self, bindings: Mapping[str, Any]) -> dict[str, float]:
        model, bound = bind_numbers(self.lowered, bindings, complete=True)
        values, inputs = interpreter.evaluate(model.graph, bound.numbers), model.graph.inputs()
        adjoints = interpreter.gradient(model.graph, model.output, values, inputs.values())
        return {name: adjoint_at(adjoints, node, 0.0) for name, node in inputs.items()}

    def _over_columns(
        self, data: Table | None, bindings: Mapping[str, Any], *, slopes: bool
    ) -> tuple[Result, dict[str, Result]]:
        """The value and, if they are wanted, the derivatives, where some variables are columns."""
        from exprgrad.columns.memory import Columns
        from exprgrad.data.tables import Given, taken

        with taken(self.lowered, Given(data, bindings)) as call:
            numbers, columns = separate(call.bindings)
            if call.source is None and not columns:
                return self._value(numbers), {**self._slopes(numbers)} if slopes else {}
            rows = call.source or Columns(columns)
            wrt: list[str] | None = None
            if slopes:
                of_the_table = {*rows.names} - bindings.keys()
                wrt = [name for name in self.variables if name not in of_the_table] or list(self.variables)
            found = _function(self.lowered, numbers, rows, wrt)(rows, numbers)
        results = {"value": found.value, **{f"d_{name}": slope for name, slope in found.gradient.items()}}
        spread = {"value" if not name else f"d_{name}" for name in found.columns}
        results |= call.made({name: results[name] for name in spread})
        return results["value"], {name: results[f"d_{name}"] for name in found.gradient}

    @checked
    def hessian(self, /, **bindings: float) -> dict[str, dict[str, float]]:
        """The second derivatives with respect to each pair of variables, exact. Raises as `evaluate` does."""
        from exprgrad.jobs.evaluate.point import at_point
        from exprgrad.jobs.evaluate.request import Request

        self._check_numbers("hessian", bindings)
        model, inputs = bind_numbers(self.lowered, bindings, complete=True)
        return at_point(model, inputs.numbers, Request(hessian=True)).hessian  # type: ignore[return-value]

    @checked
    def derivative(self, wrt: str | Sequence[str], order: int = 1) -> Expression:
        """The derivative with respect to a variable that is one number, exact and simplified, as a new expression;
        0 for a name that does not occur. Other variables may be columns.

        Raises UsageError if the order is no whole number from 1 on, LimitError if it is too high."""
        (variable, *more) = wrt or ("",)  # `checked` makes a list of one name, too
        if more or not variable.isidentifier():
            raise UsageError(f"a derivative is with respect to one variable, not {', '.join(wrt) or repr('')}")
        from exprgrad.jobs.differentiate.differentiate import repeatedly

        graph, output = repeatedly(self.model, variable, order)
        return Expression._of(
            self.model._replace(graph=graph, output=output, name="", intermediates={}, labels={}, constants=frozenset())
        )

    @checked
    def derivatives(
        self, bindings: Mapping[str, float], wrt: Sequence[str] = (), *, order: int = 1, hessian: bool = False
    ) -> Derivatives:
        """Derivatives as simplified expressions: see `jobs.differentiate.differentiate`."""
        from exprgrad.jobs.differentiate.differentiate import differentiate

        model, inputs = bind_numbers(self.lowered, named("bindings", bindings))
        return differentiate(model, inputs.numbers, wrt, order=order, hessian=hessian)

    @checked
    def check(self, /, *, wrt: Sequence[str] = (), order: int = 1, **bindings: float) -> Check:
        """Value and gradient against an independent computation at high precision; or the derivatives of an `order`, or
        those with respect to the variables in `wrt` alone. Needs mpmath.

        Raises as `evaluate` does.
        """
        from exprgrad.jobs.check.check import check

        self._check_numbers("check", bindings)
        model, inputs = bind_numbers(self.lowered, bindings, complete=True)
        self.lowered.check_variables(model, wrt)
        return check(model, inputs.numbers, wrt, order)

    def _check_numbers(self, what: str, bindings: Mapping[str, Any]) -> None:
        """Raises UsageError for columns where each variable is one number."""
        for name, value in bindings.items():
            if is_column(value):
                over = "exprgrad.compile, evaluate and gradient compute over columns"
                raise UsageError(f"{what} is for one number each, and {name} is a column of {len(value)}", hint=over)

    @checked
    def explain(
        self, bindings: Mapping[str, Binding], *, wrt: Sequence[str] = (), limit: int | None = None
    ) -> Explanation:
        """Both passes over the expression, step by step, the backward one to the names in `wrt`, by default to all;
        LimitError beyond `limit` steps (2,000).

        Raises UsageError for an unbound variable, and for a column: only the computation of one row can be followed.
        """
        from exprgrad.jobs.explain.explain import MAX_STEPS, explain, refuse_columns

        numbers, columns = separate(named("bindings", bindings))
        refuse_columns(columns)
        model, inputs = bind_numbers(self.lowered, numbers, complete=True)
        self.lowered.check_wrt(model, wrt)
        return explain(model, inputs.numbers, MAX_STEPS if limit is None else limit, wrt)

    @checked
    def train(
        self,
        bindings: Mapping[str, Binding] | Table = MappingProxyType({}),
        params: Iterable[str] = (),
        *,
        fix: Iterable[str] = (),
        bound: Mapping[str, tuple[float, float]] = MappingProxyType({}),
        init: str | None = None,
        maximize: bool = False,
        l2: float = 0.0,
        data: RowSource | Table | None = None,
        engine: Engine | None = None,
        checkpoints: Checkpoints | None = None,
        observer: Observer = SILENT,
        **settings: Unpack[TrainingSettings],
    ) -> Training:
        """Minimize the value by gradient descent: parameter -= lr * gradient, epoch by epoch.

        `bindings` are the starts of the parameters and the values of the other variables. Those that are sequences
        or arrays, and the variables that `data` has, are columns; a value that is a column is averaged over the rows.
        `params` are the names to train; by default those that the program declares with `param`, or, where it
        declares none and there are columns, all variables that are neither columns nor in `fix`. `bound` has intervals
        (low, high), to which parameters are held after each update; `init` is where parameters without a value start:
        "zeros", "normal" or "uniform".

        Settings, with their defaults: epochs=10, lr=0.01, optimizer="sgd" (momentum, nesterov, rmsprop,
        adagrad, adam, adamw, lbfgs), schedule="constant" (step, cosine, exponential), warmup=0, clip_norm=None,
        accumulate_gradients=False, tolerance=None, patience=None, batch_size=None, seed=0, memory=None, every=1: see
        `jobs.train.settings.Settings`. Epoch n of the history holds the state before update n; every `every`-th is
        kept. The observer is told how the run goes. Raises UsageError, DataError, LimitError.
        """
        from exprgrad.jobs.train.problem import Wishes, problem
        from exprgrad.jobs.train.run import run
        from exprgrad.jobs.train.settings import chosen_from

        chosen = chosen_from(settings)
        params, fix = tuple(params), tuple(fix)
        wishes = Wishes(params, fix, bound, init, chosen.seed, maximize, l2)
        with self._call(bindings, data, (*params, *fix, *bound)) as (values, source):
            unused = source is not None and not source.names  # the expression uses no column of the data
            model, inputs = bind(self.lowered, values, None if unused else source)
            wanted = problem(model, inputs.numbers, inputs.columns, wishes)
            return run(wanted, chosen, inputs.rows, engine, observer=observer, checkpoints=checkpoints)

    @checked
    def fit(
        self,
        bindings: Mapping[str, Binding] | Table = MappingProxyType({}),
        request: FitRequest | None = None,
        data: RowSource | Table | None = None,
        engine: Engine | None = None,
        observer: Observer = SILENT,
    ) -> Fit:
        """Fit a formula by least squares. Numbers are starts of parameters (or, where `request` fixes them,
        their values); columns are bindings that are sequences, or those of `data`. The observer is told of each
        iteration and its cost.

        Raises UsageError, DataError for unusable rows, NumbersError for a start that is not finite.
        """
        check_installed("fit", "data", "numpy", "scipy")
        from exprgrad.jobs.fit.inputs import posed
        from exprgrad.jobs.fit.quantities.quantity import beside
        from exprgrad.jobs.fit.request import Request
        from exprgrad.jobs.fit.run import fit

        request = request or Request()
        with self._call(bindings, data, (*request.fix, *request.bound), beside(request)) as (values, source):
            model, numbers, rows = posed(self.lowered, values, request, source)
            return fit(model, numbers, rows, engine or Engine(), request, observer).ended

    def fit_groups(
        self,
        request: FitRequest,
        bindings: Mapping[str, Binding] | Table = MappingProxyType({}),
        data: RowSource | Table | None = None,
        engine: Engine | None = None,
        observer: Observer = SILENT,
        memory: int | None = None,
    ) -> Groups:
        """Fit a formula to each group of rows, as the columns `request.by` make them. All else is as in `fit`; rows
        that take more than `memory` bytes are put in order in temporary files."""
        check_installed("fit", "data", "numpy", "scipy", "pyarrow")
        from exprgrad.jobs.fit.groups.run import fit_groups
        from exprgrad.jobs.fit.inputs import posed

        more = [name for name in (request.sigma, request.weights) if name is not None]
        with self._call(bindings, data, (*request.fix, *request.bound), more) as (values, source):
            model, numbers, rows = posed(self.lowered, values, request, source)
            return fit_groups(model, numbers, rows, engine or Engine(), request, observer, memory)

    @contextmanager
    def _call(
        self, bindings: Any, data: Any, parameters: Collection[str], more: Collection[str] = ()
    ) -> Iterator[tuple[Mapping[str, Any], RowSource | None]]:
        """The bindings, and the rows of a table, which is given in their place or as data."""
        if isinstance(bindings, Mapping) and (data is None or (hasattr(data, "read") and hasattr(data, "names"))):
            yield named("bindings", bindings), data
            return
        from exprgrad.data.read import Wanted
        from exprgrad.data.tables import Given, taken

        wanted = Wanted(more=more, parameters=parameters, hold=bool(more) or self.lowered.formula)
        with taken(self.lowered, Given(bindings, {}, data), wanted) as call:
            yield call.bindings, call.source


def _function(lowered: Lowered, numbers: Collection[str], rows: RowSource, wrt: list[str] | None) -> Function:
    """The value, and the derivatives with respect to all of these variables; a UsageError names those that go."""
    from exprgrad.jobs.evaluate.function import function

    try:
        return function(lowered, numbers, rows, wrt)
    except UsageError as error:
        if wrt and not error.hint and any(name not in rows.names for name in wrt):
            alone = ", ".join(f'"{name}"' for name in wrt if name not in rows.names)
            error.hint = f"for the others, exprgrad.compile(text).gradient([{alone}], …)"
        raise


@checked
def parse(text: str, name: str = "", *, formula: bool = False) -> Expression:
    """Parse a program of the language, or one that ends in a formula `response ~ model`. `name` says in error
    messages where the text came from.

    Raises ExpressionError, with the place of the first mistake.
    """
    return Expression(parse_program(text, name), formula=flag("formula", formula))
