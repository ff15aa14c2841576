"""The Python API: an expression as an object to evaluate, differentiate and train."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import partial
from importlib.util import find_spec
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from exprgrad.arguments import Binding, as_number, checked, flag, separate
from exprgrad.autodiff.derivative import expand
from exprgrad.autodiff.reverse import adjoint_at
from exprgrad.backends import interpreter
from exprgrad.backends.prepared import Columns, Engine, Source
from exprgrad.errors import MissingError, UnboundError, UsageError
from exprgrad.graph.lower import STAND_IN, Model, lower
from exprgrad.graph.reach import cone
from exprgrad.notation.infix import write_program
from exprgrad.syntax import Program
from exprgrad.syntax import parse as parse_program
from exprgrad.text.numbers import format_number
from exprgrad.text.spelling import did_you_mean, its_variables

if TYPE_CHECKING:
    from exprgrad.jobs.check.result import Check
    from exprgrad.jobs.differentiate.result import Derivatives
    from exprgrad.jobs.draw.result import Drawing
    from exprgrad.jobs.evaluate.point import Request
    from exprgrad.jobs.evaluate.result import Evaluation
    from exprgrad.jobs.fit.request import Request as FitRequest
    from exprgrad.jobs.fit.result import Fit, Fitted
    from exprgrad.jobs.train.checkpoints import Checkpoints
    from exprgrad.jobs.train.result import Epoch, Training
    from exprgrad.tracing.result import Explanation


class Expression:
    """A program of the language. Bindings are keywords: `expression.evaluate(a=3, b=2)`."""

    def __init__(self, program: Program, *, formula: bool = False) -> None:
        """Lower a parsed program, which may be a formula `y ~ model`, to be fitted. Raises ExpressionError, with
        the place of the mistake."""
        if not isinstance(program, Program):
            raise UsageError("an expression is made of a text", hint="write exprgrad.parse(text)")
        self._program: Program | None = program
        self._formula = formula
        model = lower(program, formula=formula)
        self.model = expand(model)
        self._differentiates = self.model is not model
        self.mentioned = tuple(name for name in model.graph.inputs() if STAND_IN not in name)
        """The variables of the text: some may have gone from the expression by differentiation."""

    @classmethod
    def _of(cls, model: Model) -> Expression:
        expression = cls.__new__(cls)
        expression._program, expression.model, expression._differentiates = None, model, False
        expression._formula = False
        expression.mentioned = tuple(model.graph.inputs())
        return expression

    @property
    def variables(self) -> tuple[str, ...]:
        """Names of the variables, in order of first use."""
        return tuple(self.model.graph.inputs())

    @property
    def observed(self) -> tuple[str, ...]:
        """The variables in the response of a formula; none of an expression."""
        response = self.model.response
        found = cone(self.model.graph, [] if response is None else [response])
        return tuple(name for name, node in self.model.graph.inputs().items() if node in found)

    def __str__(self) -> str:
        return write_program(self.model.graph, self.model.output, self.model.labels)

    def __repr__(self) -> str:
        return f"Expression({str(self)!r})"

    @property
    def text(self) -> str:
        """What it was parsed from; of a derivative, what parses to it."""
        return str(self) if self._program is None else self._program.source.text

    def __reduce__(self) -> tuple[object, ...]:
        """Another process, or a copy, parses the text again."""
        name = "" if self._program is None else self._program.source.name
        return partial(parse, formula=self._formula), (self.text, name)

    def evaluate(self, /, **bindings: float) -> float:
        """The value in binary64. Raises UsageError if a variable is unbound or a binding is not used."""
        model, values = self.complete(bindings)
        return interpreter.evaluate(model.graph, values)[model.output]

    def gradient(self, /, **bindings: float) -> dict[str, float]:
        """d value / d variable for each variable, by back-propagation. Raises as `evaluate` does."""
        model, bound = self.complete(bindings)
        values, inputs = interpreter.evaluate(model.graph, bound), model.graph.inputs()
        adjoints = interpreter.gradient(model.graph, model.output, values, inputs.values())
        return {name: adjoint_at(adjoints, node, 0.0) for name, node in inputs.items()}

    @checked
    def derivative(self, variable: str, order: int = 1) -> Expression:
        """The derivative with respect to a variable that is one number, exact and simplified, as a new expression;
        0 for a name that does not occur. Other variables may be columns.

        Raises UsageError if the order is no whole number from 1 on, LimitError if it is too high."""
        if not variable.isidentifier():
            raise UsageError(f"a derivative is with respect to a variable, not {variable!r}")
        from exprgrad.jobs.differentiate.differentiate import repeatedly

        graph, output = repeatedly(self.model, variable, order)
        return Expression._of(
            self.model._replace(graph=graph, output=output, name="", intermediates={}, labels={}, constants=frozenset())
        )

    @checked
    def derivatives(
        self, bindings: Mapping[str, float], wrt: Sequence[str] = (), *, order: int = 1, hessian: bool = False
    ) -> Derivatives:
        """Derivatives as a record of simplified expressions: see `differentiation.differentiate`."""
        from exprgrad.jobs.differentiate.differentiate import differentiate

        return differentiate(*self.bind(bindings), wrt, order=order, hessian=hessian)

    def check(self, /, **bindings: float) -> Check:
        """Value and gradient against an independent computation at high precision. Needs mpmath.

        Raises as `evaluate` does.
        """
        from exprgrad.jobs.check.check import check

        return check(*self.complete(bindings))

    @checked
    def explain(self, bindings: Mapping[str, Binding], *, limit: int | None = None) -> Explanation:
        """Both passes over the expression, step by step; LimitError beyond `limit` steps (2,000).

        Raises UsageError for an unbound variable, and for a column: a row at a time is what can be followed.
        """
        from exprgrad.tracing.steps import MAX_STEPS, explain

        numbers, columns = separate(bindings)
        for name, column in columns.items():
            (batch,) = Columns({name: column}).read([name])
            message = f"the steps are those of single numbers, and {name} is a column of {len(column):,}"
            raise UsageError(message, hint=f"give one of them: --{name} {format_number(float(batch[name][0]))}")
        return explain(*self.complete(numbers), MAX_STEPS if limit is None else limit)

    @checked
    def drawing(self, bindings: Mapping[str, Binding] = MappingProxyType({}), *, steps: bool = True) -> Drawing:
        """The graph as a record, with the numbers of both passes where every variable is one number; `steps` puts
        in the passes step by step. Raises UsageError for a name that is no variable."""
        from exprgrad.jobs.draw.drawing import draw

        numbers, columns = separate(bindings)
        model, values = self.bind(numbers, columns)
        bound = all(name in values for name in model.graph.inputs())
        return draw(model, values if bound else None, steps=steps)

    @checked
    def report(
        self,
        bindings: Mapping[str, Binding],
        request: Request | None = None,
        data: Source | None = None,
        engine: Engine | None = None,
    ) -> Evaluation:
        """Value, gradient and intermediates as a record; in symbols where variables are unbound.

        Bindings that are sequences, and the variables that `data` has, are columns; then all variables
        must have values. Raises UsageError, and DataError for rows that cannot be read.
        """
        from exprgrad.jobs.evaluate.point import Request, report

        request = request or Request()
        numbers, source = separate(bindings)[0], source_of(bindings, data)
        if source is None:
            return report(*(self.complete(numbers) if request.numbers else self.bind(numbers)), request)
        from exprgrad.jobs.evaluate.columns import column_report

        model, values = self.over(numbers, source)
        return column_report(model, values, source, request, engine or Engine())

    @checked
    def over(self, numbers: Mapping[str, float], source: Source) -> tuple[Model, dict[str, float]]:
        """The model for such columns, and the values of its other variables. Raises as `bind`, and
        UnboundError for a variable without a value."""
        model, values = self.bind(numbers, source.names)
        missing = [name for name in model.graph.inputs() if name not in values and name not in source.names]
        if missing:
            raise UnboundError(missing)
        return model, values

    def hessian(self, /, **bindings: float) -> dict[str, dict[str, float]]:
        """The second derivatives with respect to each pair of variables, exact. Raises as `evaluate` does."""
        from exprgrad.jobs.evaluate.point import Request, report

        return report(*self.complete(bindings), Request(hessian=True)).hessian  # type: ignore[return-value]

    @checked
    def train(
        self,
        bindings: Mapping[str, Binding] = MappingProxyType({}),
        parameters: Iterable[str] = (),
        *,
        fixed: Iterable[str] = (),
        bounds: Mapping[str, tuple[float, float]] = MappingProxyType({}),
        init: str | None = None,
        maximize: bool = False,
        l2: float = 0.0,
        data: Source | None = None,
        engine: Engine | None = None,
        checkpoints: Checkpoints | None = None,
        watch: Callable[[int, float], None] = lambda epoch, loss: None,
        keep: Callable[[Epoch], None] = lambda epoch: None,
        begin: Callable[[Sequence[str], int], None] = lambda names, epoch: None,
        left: Callable[[Epoch], None] = lambda epoch: None,
        note: Callable[[str], None] = lambda message: None,
        **settings: Any,
    ) -> Training:
        """Minimize the value, by gradient descent: parameter -= learning_rate * gradient, epoch by epoch.

        `bindings` are the starts of the parameters and the values of the other variables. Those that are sequences
        or arrays, and the variables that `data` has, are columns; a value that is a column is averaged over the rows.
        `parameters` are the names to train; by default those that the program declares with `param`, else, over
        columns, all that are no column and not `fixed`. `bounds` are intervals (low, high), held after each update;
        `init` is where parameters without a value start: "zeros", "normal" or "uniform".

        Settings, with their defaults: epochs=10, learning_rate=0.01, optimizer="sgd" (momentum, nesterov, rmsprop,
        adagrad, adam, adamw, lbfgs), schedule="constant" (step, cosine, exponential), warmup=0, clip_norm=None,
        accumulate=False, tolerance=None, patience=None, batch_size=None, seed=0, memory=None, every=1: see
        `jobs.train.settings.Settings`. Epoch n of the history holds the state before update n; every `every`-th is
        kept, and told to `keep`; `begin` is told the parameters and the first epoch, `watch` epochs and their losses,
        `left` the last epoch when a signal ends the run, `note` what a user should know.
        Raises UsageError, DataError, LimitError.
        """
        from exprgrad.jobs.train.problem import Wishes, problem
        from exprgrad.jobs.train.run import run
        from exprgrad.jobs.train.settings import chosen_from

        chosen = chosen_from(settings)
        source = source_of(bindings, data)
        if source is not None and not source.names:
            source = None  # the expression uses none of the data
        model, values = self.bind(separate(bindings)[0], source.names if source is not None else ())
        wishes = Wishes(tuple(parameters), tuple(fixed), bounds, init, chosen.seed, maximize, l2)
        wanted = problem(model, values, source.names if source is not None else (), wishes)
        told: dict[str, Any] = {"watch": watch, "keep": keep, "begin": begin, "left": left, "note": note}
        return run(wanted, chosen, source, engine, checkpoints=checkpoints, **told)

    @checked
    def fit(
        self,
        bindings: Mapping[str, Binding],
        request: FitRequest | None = None,
        data: Source | None = None,
        engine: Engine | None = None,
        watch: Callable[[int, float], None] = lambda iteration, cost: None,
    ) -> Fit:
        """Fit a formula by least squares. Numbers are starts of parameters (or, where `request` fixes them,
        their values); columns are bindings that are sequences, or those of `data`. `watch` is told each iteration
        and its cost.

        Raises UsageError, DataError for rows that do not fit, NumbersError for a start that is not finite.
        """
        for package in ("numpy", "scipy"):
            if find_spec(package) is None:
                raise MissingError("fit", package, "data")
        from exprgrad.jobs.fit.request import Request
        from exprgrad.jobs.fit.run import fit

        model, values, source = self._posed(bindings, request, data)
        return fit(model, values, source, engine or Engine(), request or Request(), watch)

    @checked
    def fitted(
        self,
        record: Fit,
        bindings: Mapping[str, Binding],
        request: FitRequest | None = None,
        data: Source | None = None,
        engine: Engine | None = None,
    ) -> Fitted:
        """A fit that was made of the same, beside its data: what there is to draw. It reads the rows once more."""
        from exprgrad.jobs.fit.picture import picture

        model, _, source = self._posed(bindings, request, data)
        return picture(model, record, source, engine or Engine())

    def _posed(
        self, bindings: Mapping[str, Binding], request: FitRequest | None, data: Source | None
    ) -> tuple[Model, dict[str, float], Source]:
        """The model of a fit, its numbers and its columns."""
        source = source_of(bindings, data) or Columns({})
        extra = {request.sigma, request.weights} - {None} if request else set()
        if missing := [name for name in extra if name not in source.names]:
            raise UsageError(f"there is no column {missing[0]}", hint="sigmas and weights are columns")
        columns = [name for name in source.names if name not in extra or name in self.variables]
        return *self.bind(separate(bindings)[0], columns), source

    @checked
    def bind(self, bindings: Mapping[str, float], columns: Collection[str] = ()) -> tuple[Model, dict[str, float]]:
        """The model and the values of those variables that have one, from the bindings or the
        program's own defaults. Raises UsageError for a name that is no variable."""
        model = self.model
        rebound = model.constants.intersection([*bindings, *columns])
        if (rebound or (columns and self._differentiates)) and self._program is not None:
            # A binding wins over a constant of the language; a diff depends on what is a column.
            model = expand(lower(self._program, rebound, formula=self._formula), columns or None)
        for name in (*bindings, *columns):
            if name in model.intermediates:
                raise UsageError(f"{name} is computed by the expression and cannot be bound")
            if not (model.graph.has_input(name) or name in model.defaults or name in self.mentioned):
                raise self.unknown(name)
        return model, {**model.defaults, **{name: as_number(name, value) for name, value in bindings.items()}}

    @checked
    def complete(self, bindings: Mapping[str, float]) -> tuple[Model, dict[str, float]]:
        """As `bind`; raises UsageError if a variable is left without a value."""
        model, values = self.bind(bindings)
        missing = [name for name in model.graph.inputs() if name not in values]
        if missing:
            raise UnboundError(missing)
        return model, values

    @checked
    def unknown(self, name: str) -> UsageError:
        """The error of a binding that the expression does not use."""
        variables = list(self.variables)
        hint = did_you_mean(name, variables, its_variables(variables))
        return UsageError(f"the expression has no variable {name}", hint=hint)


def source_of(bindings: Mapping[str, Binding], data: Source | None) -> Source | None:
    """The columns among the bindings, or those of the data. Raises UsageError if there are both."""
    columns = separate(bindings)[1]
    if columns and data is not None:
        name = next(iter(columns))
        raise UsageError(f"{name} is a list, but there are columns of data", hint="put it into the data")
    return Columns(columns) if columns else data


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


def derivative(expression: str, variable: str, order: int = 1) -> Expression:
    """The derivative with respect to a variable as a simplified expression. Raises ExpressionError and UsageError."""
    return parse(expression).derivative(variable, order)


def train(
    expression: str,
    bindings: Mapping[str, Binding] = MappingProxyType({}),
    parameters: Iterable[str] = (),
    **options: Any,
) -> Training:
    """Minimize an expression by gradient descent: see `Expression.train`."""
    return parse(expression).train(bindings, parameters, **options)


@checked
def fit(
    formula: str,
    bindings: Mapping[str, Binding],
    *,
    fix: Collection[str] = (),
    bounds: Mapping[str, tuple[float, float]] = MappingProxyType({}),
    sigma: str | None = None,
    absolute_sigma: bool = False,
    weights: str | None = None,
    robust: str | None = None,
    scale: float | None = None,
    method: str = "lm",
    max_iterations: int = 1000,
    tolerance: float = 0.0,
    confidence: float = 0.95,
) -> Fit:
    """Fit a formula such as `"y ~ a*exp(-b*x)"` by least squares: `exprgrad.fit(formula, {"x": x, "y": y, "a": 1})`.

    Columns [rows] and starts of parameters are bindings; a parameter without a start is solved for, where it enters
    linearly, or searched for. `sigma` names a column of standard deviations of the response, `weights` one of weights,
    `robust` is "huber", "cauchy" or "soft_l1". Raises ExpressionError, and as `Expression.fit` does.
    """
    from exprgrad.jobs.fit.request import Request

    expression = parse(formula, formula=True)
    request = Request(
        fix, bounds, sigma, weights, absolute_sigma, robust, scale, method, max_iterations, tolerance, confidence
    )
    return expression.fit(bindings, request)
