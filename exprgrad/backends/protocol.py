"""What a backend has to do: begin a stage, take the rows of it batch by batch, and give its folds and columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from exprgrad.columns.plan import Stage
from exprgrad.columns.rows import Batch
from exprgrad.columns.values import Column


class Run(Protocol):
    """One stage on a backend."""

    count: int
    """Rows seen."""

    def feed(self, columns: Batch) -> Sequence[Column]:
        """Compute a batch of rows; the output columns of these rows."""
        ...

    def folds(self) -> dict[int, float]:
        """The values of the stage's reductions."""
        ...


class Backend(Protocol):
    """What computes over rows."""

    name: str
    """ "interpreter" or "llvm"."""
    resident: bool
    """Whether it has the rows itself: stages that fold are not fed."""

    def start(self, stage: Stage, values: Mapping[int, float]) -> Run:
        """Begin a stage; `values` are the numbers known by then."""
        ...

    def join(self, parts: Sequence[Column]) -> Column:
        """The rows of all parts, in order."""
        ...
