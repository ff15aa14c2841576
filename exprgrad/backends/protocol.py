"""What a backend has to do: begin a stage, take the rows of it batch by batch, and give its folds and columns.

And what else can be asked of a cluster: folds of blocks that are no sums, and independent pieces of work.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from exprgrad.columns.plan import Stage
from exprgrad.columns.rows import Batch, RowSource
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


class BlockFold(Protocol):
    """What is made of the rows of a block. It is pickled for workers, and each of them compiles its own kernels."""

    columns: Sequence[str]
    """What a block has to have."""

    @property
    def both(self) -> Callable[[Any, Any], Any]:
        """Joins what was made of neighbouring blocks: a function of a module or class, as it travels by its name."""
        ...

    def block(self, asked: Any, rows: Batch) -> Any:
        """What is made of a block of arrays [rows], where so much is asked. It may be called from several threads."""
        ...


class Kept(Protocol):
    """Pieces of work that stay where they are, and are asked again and again."""

    def ask(self, question: Any) -> list[Any]:
        """What all pieces answer, in their order."""
        ...


class Errand(Protocol):
    """Independent pieces of work. It is pickled for workers, and so are its pieces and its answers."""

    def begun(self, source: RowSource) -> Callable[[Any], Any]:
        """A function that gives the answer to a piece; it may be called from several threads. `source` has all rows."""
        ...
