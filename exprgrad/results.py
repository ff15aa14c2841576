"""What commands compute: frozen records, which renderers turn into tables, plain text, JSON or CSV."""

from __future__ import annotations

from typing import NamedTuple

Value = float | str
"""A number, or where variables are unbound the simplified expression."""


class Row(NamedTuple):
    """A name, its value, and d result / d name."""

    name: str
    value: Value
    gradient: Value


class Evaluation(NamedTuple):
    """The value of an expression and its derivatives."""

    expression: str
    gradient: dict[str, Value]
    """d result / d variable, in order of first use."""
    rows: tuple[Row, ...]
    """Variables, then intermediates; the result's row last."""
    nodes: tuple[Row, ...] = ()
    """Every node of the graph, where asked for."""
    unbound: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    """What the user should know: where a nan or an infinity arose."""


class Epoch(NamedTuple):
    """The state before update `epoch`, counted from 0."""

    epoch: int
    loss: float
    parameters: dict[str, float]
    gradient: dict[str, float]


class Training(NamedTuple):
    """A training run: its recorded epochs and the state after the last update."""

    expression: str
    final: Epoch
    history: tuple[Epoch, ...]
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
