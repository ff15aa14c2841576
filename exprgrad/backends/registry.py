"""What computes over rows: a row for each backend, and the choice between them.

Every backend gives the same answers (to the same bits where an operation is exact): the interpreter's are right by
definition. A new backend is a module with a class that is a `protocol.Backend`, and a row here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from exprgrad.errors import MissingError, UsageError

if TYPE_CHECKING:
    from exprgrad.backends.protocol import Backend
    from exprgrad.columns.plan import Plan

AUTO = "auto"
_COMPILING = 200_000
"""Rows times nodes from which it is worth to compile."""


class Entry(NamedTuple):
    """A backend as a row."""

    name: str
    """As users say it."""
    doc: str
    make: Callable[[Plan, int | None, int | None], Backend]
    """From a plan, the threads to use (None for all) and about how many rows there will be (None for many) to what
    computes it. It imports the backend's own modules."""
    packages: tuple[str, ...] = ()
    """What it needs that is perhaps not installed."""
    pays: Callable[[Plan, int | None], bool] = lambda plan, rows: True
    """Whether it is worth its start for a plan over so many rows (None for many)."""


def _interpreter(plan: Plan, threads: int | None, rows: int | None) -> Backend:
    from exprgrad.backends.rows import Rows

    return Rows(plan)


def _kernels(plan: Plan, threads: int | None, rows: int | None) -> Backend:
    try:
        from exprgrad.backends.llvm.backend import Kernels
    except ImportError as error:
        raise MissingError("the compiled backend", error.name or "", "data") from None
    return Kernels(plan, threads, rows)


def compiling_pays(plan: Plan, rows: int | None) -> bool:
    """Whether there is so much to do that compiling pays; `rows` None for many."""
    return sum(len(stage.columns) for stage in plan.stages) * (rows or _COMPILING) >= _COMPILING


BACKENDS = {
    entry.name: entry
    for entry in (
        Entry("interpreter", "Python floats, node by node: it defines every answer", _interpreter),
        Entry("llvm", "machine code for whole columns", _kernels, ("llvmlite", "numpy"), compiling_pays),
    )
}
"""By name, the fastest last."""


def checked(name: str) -> str:
    """The name of a backend, or "auto". Raises UsageError for another."""
    if name != AUTO and name not in BACKENDS:
        raise UsageError(f"there is no backend {name!r}", hint=f"choose {', '.join((AUTO, *BACKENDS))}")
    return name


def make(name: str, plan: Plan, threads: int | None, rows: int | None) -> Backend:
    """The backend of this name for a plan, or for "auto" the fastest that is installed and pays. Raises UsageError
    for one that cannot be had."""
    if checked(name) == AUTO:
        name = next(entry.name for entry in reversed(BACKENDS.values()) if entry.pays(plan, rows) and _installed(entry))
    return BACKENDS[name].make(plan, threads, rows)


def _installed(entry: Entry) -> bool:
    from importlib.util import find_spec

    return all(find_spec(package) for package in entry.packages)
