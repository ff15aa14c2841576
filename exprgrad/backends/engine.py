"""What computes over rows, as the user asked for it: passed on by every job, and read where there are rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from exprgrad.backends import registry

if TYPE_CHECKING:
    from exprgrad.backends.protocol import Backend, BlockFold, Errand, Kept
    from exprgrad.columns.plan import Plan


class Cluster(Protocol):
    """Workers of a cluster, which hold the rows of the data."""

    def rows(self, names: Sequence[str]) -> int:
        """How many rows these columns have."""
        ...

    def digest(self, names: Sequence[str]) -> str:
        """The fingerprint of these columns: see `data.parts.digest`."""
        ...

    def backend(self, plan: Plan, local: Backend) -> Backend:
        """A backend that folds on the workers. `local` does what is done here, and the answers are the same."""
        ...

    def blockwise(self, fold: BlockFold, asked: Any) -> Any:
        """The fold of the blocks of all rows: see `backends.blockwise`."""
        ...

    def answers(self, errand: Errand, pieces: Iterable[Any], columns: Sequence[str]) -> Iterator[Any]:
        """The answers to all pieces, in their order; for these columns each worker has all rows."""
        ...

    def kept(self, errand: Errand, pieces: Sequence[Any], weights: Sequence[float]) -> Kept:
        """The pieces on the workers, each as a function that takes questions; `weights` say how large they are."""
        ...


class Engine(NamedTuple):
    """What computes over rows."""

    backend: str = registry.AUTO
    """A name in the registry, or "auto" for the fastest backend whose start pays."""
    threads: int | None = None
    """How many threads it uses; None for all that the process may use."""
    cluster: Cluster | None = None
    """The cluster that folds the rows; None where this process does."""

    @classmethod
    def of(cls, backend: str, threads: int | None) -> Engine:
        """A backend by its name, on so many threads. Raises UsageError for an unknown name."""
        return cls(registry.checked(backend), threads)
