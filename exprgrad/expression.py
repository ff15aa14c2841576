"""The Python API: an expression as an object to evaluate, differentiate, train and fit."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Unpack

from exprgrad.arguments import Binding, checked, flag, separate
from exprgrad.arguments import bindings as named
from exprgrad.autodiff.reverse import adjoint_at
from exprgrad.backends import interpreter
from exprgrad.backends.prepared import Engine
from exprgrad.binding import Lowered, bind, bind_numbers
from exprgrad.columns.rows import RowSource
from exprgrad.errors import UsageError, check_installed
from exprgrad.graph.lower import Model
from exprgrad.notation.infix import write_program
from exprgrad.observer import SILENT, Observer
from exprgrad.syntax import Program
from exprgrad.syntax import parse as parse_program

if TYPE_CHECKING:
    from exprgrad.data.choices import Reading
    from exprgrad.data.read import Files
    from exprgrad.jobs.check.result import Check
    from exprgrad.jobs.differentiate.result import Derivatives
    from exprgrad.jobs.explain.result import Explanation
    from exprgrad.jobs.fit.request import Request as FitRequest
    from exprgrad.jobs.fit.result import Fit
    from exprgrad.jobs.train.options import TrainingOptions, TrainingSettings
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

    def __reduce__(self) -> tuple[object, ...]:
        """A copy, also in another process, parses the text again."""
        program = self.lowered.program
        return partial(parse, formula=self.lowered.formula), (self.text, program.source.name if program else "")

    def evaluate(self, /, **bindings: float) -> float:
        """The value in binary64. Raises UsageError if a variable is unbound or a binding is not used."""
        model, inputs = bind_numbers(self.lowered, bindings, complete=True)
        return interpreter.evaluate(model.graph, inputs.numbers)[model.output]

    def gradient(self, /, **bindings: float) -> dict[str, float]:
        """d value / d variable for each variable, by back-propagation. Raises as `evaluate` does."""
        model, bound = bind_numbers(self.lowered, bindings, complete=True)
        values, inputs = interpreter.evaluate(model.graph, bound.numbers), model.graph.inputs()
        adjoints = interpreter.gradient(model.graph, model.output, values, inputs.values())
        return {name: adjoint_at(adjoints, node, 0.0) for name, node in inputs.items()}

    def hessian(self, /, **bindings: float) -> dict[str, dict[str, float]]:
        """The second derivatives with respect to each pair of variables, exact. Raises as `evaluate` does."""
        from exprgrad.jobs.evaluate.point import at_point
        from exprgrad.jobs.evaluate.request import Request

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

        model, inputs = bind_numbers(self.lowered, bindings)
        return differentiate(model, inputs.numbers, wrt, order=order, hessian=hessian)

    def check(self, /, **bindings: float) -> Check:
        """Value and gradient against an independent computation at high precision. Needs mpmath.

        Raises as `evaluate` does.
        """
        from exprgrad.jobs.check.check import check

        model, inputs = bind_numbers(self.lowered, bindings, complete=True)
        return check(model, inputs.numbers)

    @checked
    def explain(
        self, bindings: Mapping[str, Binding], *, wrt: Sequence[str] = (), limit: int | None = None
    ) -> Explanation:
        """Both passes over the expression, step by step, the backward one to the names in `wrt`, by default to all;
        LimitError beyond `limit` steps (2,000).

        Raises UsageError for an unbound variable, and for a column: only the computation of one row can be followed.
        """
        from exprgrad.jobs.explain.explain import MAX_STEPS, explain, refuse_columns

        numbers, columns = separate(bindings)
        refuse_columns(columns)
        model, inputs = bind_numbers(self.lowered, numbers, complete=True)
        self.lowered.check_wrt(model, wrt)
        return explain(model, inputs.numbers, MAX_STEPS if limit is None else limit, wrt)

    @checked
    def train(
        self,
        bindings: Mapping[str, Binding] = MappingProxyType({}),
        params: Iterable[str] = (),
        *,
        fix: Iterable[str] = (),
        bound: Mapping[str, tuple[float, float]] = MappingProxyType({}),
        init: str | None = None,
        maximize: bool = False,
        l2: float = 0.0,
        data: RowSource | None = None,
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
        unused = data is not None and not data.names  # the expression uses no column of the data
        model, inputs = bind(self.lowered, bindings, None if unused else data)
        wishes = Wishes(tuple(params), tuple(fix), bound, init, chosen.seed, maximize, l2)
        wanted = problem(model, inputs.numbers, inputs.columns, wishes)
        return run(wanted, chosen, inputs.rows, engine, observer=observer, checkpoints=checkpoints)

    @checked
    def fit(
        self,
        bindings: Mapping[str, Binding],
        request: FitRequest | None = None,
        data: RowSource | None = None,
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
        from exprgrad.jobs.fit.request import Request
        from exprgrad.jobs.fit.run import fit

        request = request or Request()
        model, numbers, rows = posed(self.lowered, bindings, request, data)
        return fit(model, numbers, rows, engine or Engine(), request, observer)


@checked
def parse(text: str, name: str = "", *, formula: bool = False) -> Expression:
    """Parse a program of the language, or one that ends in a formula `response ~ model`. `name` says in error
    messages where the text came from.

    Raises ExpressionError, with the place of the first mistake.
    """
    return Expression(parse_program(text, name), formula=flag("formula", formula))


def evaluate(expression: str, /, **bindings: float) -> float:
    """The value of an expression in binary64. Raises ExpressionError and UsageError."""
    return parse(expression).evaluate(**bindings)


def gradient(expression: str, /, **bindings: float) -> dict[str, float]:
    """d value / d variable for each variable. Raises ExpressionError and UsageError."""
    return parse(expression).gradient(**bindings)


@checked
def derivative(expression: str, wrt: str, order: int = 1) -> Expression:
    """The derivative with respect to a variable as a simplified expression. Raises ExpressionError and UsageError."""
    return parse(expression).derivative(wrt, order)


def train(
    expression: str,
    bindings: Mapping[str, Binding] | Files = MappingProxyType({}),
    params: Iterable[str] = (),
    **options: Unpack[TrainingOptions],
) -> Training:
    """Minimize an expression by gradient descent: see `Expression.train`. `data` may be a path, or several, with
    `column` and what `exprgrad.read` takes; files may stand in the place of the bindings."""
    parsed, given = parse(expression), dict(options)
    with _files(parsed, bindings, given) as (values, source):
        return parsed.train(values, params, data=source, **given)  # type: ignore[arg-type]


def fit(
    formula: str,
    bindings: Mapping[str, Binding] | Files = MappingProxyType({}),
    *,
    data: RowSource | Files | None = None,
    column: Mapping[str, str | int] = MappingProxyType({}),
    fix: Collection[str] = (),
    bound: Mapping[str, tuple[float, float]] = MappingProxyType({}),
    sigma: str | None = None,
    absolute: bool = False,
    weights: str | None = None,
    robust: str | None = None,
    scale: float | None = None,
    method: str = "lm",
    max_iterations: int = 1000,
    tolerance: float = 0.0,
    confidence: float = 0.95,
    **reading: Unpack[Reading],
) -> Fit:
    """Fit a formula such as `"y ~ a*exp(-b*x)"` by least squares: `exprgrad.fit(formula, {"x": x, "y": y, "a": 1})`,
    or `exprgrad.fit(formula, {"a": 1}, data="decay.dat")`, or without starts `exprgrad.fit(formula, "decay.dat")`.

    Columns [rows] and starts of parameters are bindings; a parameter without a start is solved for, where it enters
    linearly, or searched for. `data` are files: a path, a list of paths, or what `exprgrad.read` gave, whose keywords
    say how they are read; `column` has the header or position of what is called otherwise. `sigma` names a column of
    standard deviations of the response, `weights` one of weights, `robust` is "huber", "cauchy" or "soft_l1". Raises
    ExpressionError, and as `Expression.fit` does.
    """
    expression = parse(formula, formula=True)
    request = _request(
        fix=fix,
        bound=bound,
        sigma=sigma,
        absolute=absolute,
        weights=weights,
        robust=robust,
        scale=scale,
        method=method,
        max_iterations=max_iterations,
        tolerance=tolerance,
        confidence=confidence,
    )
    more = [name for name in (sigma, weights) if name is not None]
    given = {"data": data, "column": column, **reading}
    with _files(expression, bindings, given, more, hold=True) as (values, source):
        if given:
            from exprgrad.data.choices import unknown

            raise unknown(next(iter(given)), fit.__annotations__)
        return expression.fit(values, request, source)


@checked
def _request(
    *,
    fix: Collection[str],
    bound: Mapping[str, tuple[float, float]],
    sigma: str | None,
    absolute: bool,
    weights: str | None,
    robust: str | None,
    scale: float | None,
    method: str,
    max_iterations: int,
    tolerance: float,
    confidence: float,
) -> FitRequest:
    """What `fit` is asked for, checked."""
    from exprgrad.jobs.fit.request import Request

    return Request(fix, bound, sigma, weights, absolute, robust, scale, method, max_iterations, tolerance, confidence)


@contextmanager
def _files(
    expression: Expression, bindings: Any, options: dict[str, Any], more: Collection[str] = (), *, hold: bool = False
) -> Iterator[tuple[Any, RowSource | None]]:
    """The bindings, and the columns of files, which are given in place of the bindings or as `data`: held in memory if
    asked for. What is said of the files is taken out of the options."""
    from exprgrad.data.choices import KEYWORDS
    from exprgrad.data.read import are_files, source_of

    data, column = options.pop("data", None), options.pop("column", {})
    said = {name: options.pop(name) for name in KEYWORDS if name in options}
    if are_files(bindings):
        if data is not None:
            raise UsageError("files are given twice: in place of the bindings and as data")
        bindings, data = {}, bindings
    if not are_files(data):
        given = {**said, **({"column": column} if column else {})}
        if given:
            raise UsageError(f"{next(iter(given))} says how files are read", hint='name them: data="decay.dat"')
        if data is not None and not hasattr(data, "read"):
            raise UsageError(f"data is a path, a list of paths, or what exprgrad.read gave, not {type(data).__name__}")
        yield bindings, data
        return
    values = named("bindings", bindings)
    with source_of(data, expression.lowered, values, named("column", column), said, more, hold=hold) as source:
        yield values, source
