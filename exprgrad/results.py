"""What commands compute: frozen records, which renderers turn into tables, plain text, JSON or CSV."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from math import nan
from typing import Any, NamedTuple, Protocol, overload


class Column(Protocol):
    """One number a row: a list, an array."""

    def __len__(self) -> int: ...
    def __iter__(self) -> Iterator[float]: ...
    def __getitem__(self, index: Any, /) -> Any: ...


Value = float | str | Column
"""A number; where variables are unbound the simplified expression; where they are columns a number a row."""


class Row(NamedTuple):
    """A name, its value, and d result / d name."""

    name: str
    value: Value
    gradient: Value
    tangent: Value | None = None
    """d name / d t along the direction asked for."""


class Evaluation(NamedTuple):
    """The value of an expression and its derivatives."""

    expression: str
    gradient: dict[str, Value]
    """d result / d variable, in order of first use."""
    rows: tuple[Row, ...]
    """Variables, then intermediates; the result's row last."""
    nodes: tuple[Row, ...]
    """Every node of the graph, where asked for."""
    unbound: tuple[str, ...]
    higher: dict[str, tuple[Value, ...]]
    """By variable, the second derivative and those of higher order, where asked for."""
    hessian: dict[str, dict[str, Value]]
    """The second derivatives by each pair of variables, where asked for."""
    notes: tuple[str, ...]
    """What the user should know: where a nan or an infinity arose."""


class Formula(NamedTuple):
    """An expression, in the language and in LaTeX."""

    text: str
    latex: str


class Derivatives(NamedTuple):
    """Derivatives of an expression as expressions: each by the variables of its key, one after the other."""

    expression: str
    by: dict[tuple[str, ...], Formula]


class Curve(NamedTuple):
    """What is drawn as one line: its legend, and a number for each point."""

    label: str
    values: Column


class Curves(NamedTuple):
    """The value of an expression, and its derivatives, along one variable."""

    expression: str
    variable: str
    points: Column
    curves: tuple[Curve, ...]


class Field(NamedTuple):
    """The value of an expression and its gradient over two variables, at the points of a grid: those of
    the first variable's row by row for each of the second's."""

    expression: str
    variables: tuple[str, str]
    points: tuple[Column, Column]
    """Along each variable."""
    values: Column
    slopes: tuple[Column, Column]
    """The derivatives by each variable."""


class Checked(NamedTuple):
    """One number against its reference."""

    name: str
    computed: float
    reference: float
    """Rounded to binary64 from a computation at high precision."""
    error: float
    """In ulp of the reference."""
    verdict: str
    """"agrees" (up to what rounding explains), "differs", "ill-conditioned" (rounding explains it, but has
    left fewer than 3 digits), "kink" (a convention, not a limit, gives the derivative), or "undefined"
    (the value is no real number around this point)."""


class Check(NamedTuple):
    """The gradient and the value of an expression against references; the value last."""

    expression: str
    rows: tuple[Checked, ...]
    notes: tuple[str, ...]

    @property
    def passed(self) -> bool:
        return all(row.verdict in ("agrees", "kink") for row in self.rows)


class ForwardStep(NamedTuple):
    """One value of the forward pass: `u = a*b = 3*2 = 6`."""

    name: str
    """What the value is called from here on."""
    operation: str
    """The operation on the names of its operands; empty for a variable, which is given."""
    numbers: str
    """The operation on their values."""
    value: float
    note: str = ""


class BackwardStep(NamedTuple):
    """One step of the backward pass: `dL/du += dL/dv * dv/du = 5 * 1 = 5`."""

    node: str
    operand: str
    rule: str
    """The node's partial derivative by the operand, in symbols."""
    partial: float | None
    """None where nothing flows."""
    adjoint: float
    """d result / d node: what comes in."""
    contribution: float | None
    """adjoint * partial; None where nothing flows: not even a zero."""
    total: float
    """d result / d operand, so far."""
    note: str = ""


class Explanation(NamedTuple):
    """Both passes over an expression, step by step."""

    expression: str
    result: str
    """What the result is called."""
    value: float
    gradient: dict[str, float]
    """d result / d variable, in order of first use."""
    forward: tuple[ForwardStep, ...]
    backward: tuple[BackwardStep, ...]
    notes: tuple[str, ...] = ()


class DrawnNode(NamedTuple):
    """A node of a drawing."""

    name: str
    operation: str
    """On the names of its operands; empty for a variable and a number."""
    kind: str
    """"input", "constant", "operation" or "result"."""
    value: float | None
    """None, and so the adjoint, where not everything is bound."""
    adjoint: float | None
    note: str = ""


class DrawnEdge(NamedTuple):
    """From an operand to the node that uses it."""

    operand: int
    node: int
    rule: str
    """The partial derivative in symbols; empty where it is not wanted."""
    partial: float | None
    """None where nothing flows back."""


class DrawnStep(NamedTuple):
    """A step of the two passes: which node or edge it is about, and what is said of it."""

    text: str
    node: int
    """The node that gets a value, or in the backward pass an adjoint."""
    edge: int | None
    """The edge that the backward pass follows; None in the forward pass and at the start of the backward one."""
    number: float
    """The value, or the adjoint so far."""
    backward: bool
    note: str = ""


class Drawing(NamedTuple):
    """The graph of an expression: its nodes in the order of the forward pass."""

    expression: str
    """As it was written, where that is short."""
    result: str
    """What the result is called."""
    nodes: tuple[DrawnNode, ...]
    edges: tuple[DrawnEdge, ...]
    steps: tuple[DrawnStep, ...] = ()
    """Both passes, where everything is bound."""


class Epoch(NamedTuple):
    """The state before update `epoch`, counted from 0."""

    epoch: int
    loss: float
    parameters: dict[str, float]
    gradient: dict[str, float]


class History(Sequence[Epoch]):
    """Epochs, kept as bare numbers: 8*(2 + 2*parameters) bytes each."""

    def __init__(self, names: Sequence[str]) -> None:
        self.names = tuple(names)
        self._numbers = array("d")
        self._width = 2 + 2 * len(names)

    def append(self, epoch: Epoch) -> None:
        self._numbers.extend((epoch.epoch, epoch.loss, *epoch.parameters.values(), *epoch.gradient.values()))

    def pop(self) -> None:
        """Forget the last one."""
        del self._numbers[-self._width :]

    def __len__(self) -> int:
        return len(self._numbers) // self._width

    @overload
    def __getitem__(self, index: int) -> Epoch: ...
    @overload
    def __getitem__(self, index: slice) -> list[Epoch]: ...
    def __getitem__(self, index: int | slice) -> Epoch | list[Epoch]:
        if isinstance(index, slice):
            return [self[k] for k in range(*index.indices(len(self)))]
        first = range(len(self))[index] * self._width
        epoch, loss, *numbers = self._numbers[first : first + self._width]
        size = len(self.names)
        parameters = dict(zip(self.names, numbers[:size], strict=True))
        return Epoch(int(epoch), loss, parameters, dict(zip(self.names, numbers[size:], strict=True)))


class Training(NamedTuple):
    """A training run: its recorded epochs and the state after the last update."""

    expression: str
    final: Epoch
    history: Sequence[Epoch]
    stopped: str
    """Why it ended: "epochs" when all were done, "patience" when the loss no longer improved, "converged" when the
    optimizer found no better place, "non-finite" when the loss, its gradient or a parameter was lost."""
    notes: tuple[str, ...] = ()
    last_good: Epoch | None = None
    """Where numbers were lost, the last state that was finite."""

    @property
    def epochs(self) -> int:
        """Updates made."""
        return self.final.epoch

    @property
    def loss(self) -> float:
        return self.final.loss

    @property
    def parameters(self) -> dict[str, float]:
        return self.final.parameters


class Estimate(NamedTuple):
    """A fitted parameter."""

    value: float
    std_error: float
    t: float
    """value/std_error"""
    p: float
    """How likely an estimate this far from 0 is where the parameter is 0."""
    low: float
    """The interval at the confidence of the fit."""
    high: float


class Fit(NamedTuple):
    """A least-squares fit. `fitting/statistics.py` has the formulas. What is not defined is nan."""

    expression: str
    parameters: dict[str, Estimate]
    fixed: dict[str, float]
    rss: float
    """The sum of squares of the residuals, weighed where there are sigmas or weights."""
    residual_std_error: float
    r2: float
    adjusted_r2: float
    aic: float
    bic: float
    dof: int
    """Rows less parameters."""
    n: int
    """Rows."""
    iterations: int
    stopped: str
    """"converged", "iterations" when as many as allowed were made, "stuck" where no step got any lower,
    "singular" where the data leave parameters undetermined."""
    method: str
    errors: str
    """"relative": standard errors are scaled by how well the model fits; "absolute": the sigmas are taken at their
    word; "robust": from the loss."""
    confidence: float
    covariance: tuple[tuple[float, ...], ...]
    """Of the parameters, in their order; nan for those that are undetermined or at a bound."""
    robust: str = ""
    """The loss, where it is not the square."""
    scale: float = nan
    """The residuals' standard deviation that a robust loss goes by."""
    correlated: bool = False
    """Whether the correlations are to be shown."""
    notes: tuple[str, ...] = ()

    @property
    def converged(self) -> bool:
        return self.stopped == "converged"

    @property
    def correlation(self) -> tuple[tuple[float, ...], ...]:
        """Of the parameters' estimates."""
        sizes = [self.covariance[k][k] ** 0.5 for k in range(len(self.covariance))]
        return tuple(
            tuple(
                1.0 if i == j and a == a else value / (a * b) if a * b else nan
                for j, (b, value) in enumerate(zip(sizes, row, strict=True))
            )
            for i, (a, row) in enumerate(zip(sizes, self.covariance, strict=True))
        )


class Band(NamedTuple):
    """A fitted curve with its confidence band, along one variable."""

    points: Column
    values: Column
    low: Column
    """nan, as `high`, where the parameters have no errors."""
    high: Column


class Fitted(NamedTuple):
    """A fit beside the data: what is drawn of it."""

    formula: str
    response: str
    variable: str
    """What the model is drawn along: its column, or "row" where it has none; empty where it has several."""
    points: Column
    """Of the variable, in the rows that are shown; empty where it has several."""
    observed: Column
    predicted: Column
    rows: int
    """Of all the data, of which those shown may be every n-th."""
    confidence: float
    curve: Band | None
    """Where there is one variable to draw it along."""
