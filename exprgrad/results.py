"""What commands compute: frozen records, which renderers turn into tables, plain text, JSON or CSV."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
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
    """Why it ended: "epochs" when all were done, "non-finite" when the loss or a parameter was lost."""
    notes: tuple[str, ...] = ()

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
