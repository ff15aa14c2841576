"""Whether a loop is worth compiling: it must be one that can be compiled, and long enough to win the time back."""

from __future__ import annotations

from importlib.util import find_spec

from exprgrad.backends.engine import Engine
from exprgrad.backends.prepared import Prepared
from exprgrad.functions.table import MIXING
from exprgrad.jobs.train.problem import Problem
from exprgrad.jobs.train.settings import Settings

_WORK = 200_000
"""Epochs times nodes from which a loop over numbers is compiled: half a second of the interpreter."""
_UPDATES = 500
"""Updates over columns from which their loop is compiled."""
_NODES = 20_000
"""Nodes of the largest graph that is compiled unasked: more take longer to compile than they save."""


def numbers_pay(problem: Problem, settings: Settings, engine: Engine) -> bool:
    """Whether the loop over numbers is to be compiled."""
    size = len(problem.graph)
    if engine.backend == "interpreter" or not settings.epochs or not MIXING.isdisjoint(problem.graph.operations):
        return False
    if engine.backend == "llvm":
        return True
    return size <= _NODES and settings.epochs * size >= _WORK and _installed()


def columns_pay(prepared: Prepared, settings: Settings, engine: Engine, rows: int, each: int) -> bool:
    """Whether the loop over columns is to be compiled, where each update sees `each` of the rows."""
    if engine.backend == "interpreter" or not _installed() or not _fits(prepared, each):
        return False
    return engine.backend == "llvm" or settings.epochs * -(-rows // each) >= _UPDATES


def _fits(prepared: Prepared, each: int) -> bool:
    """Whether the compiled loop can do it: one pass that folds, a graph that is not too large, and so few rows that
    several threads would not help."""
    from exprgrad.backends.llvm.descent import minibatches
    from exprgrad.backends.llvm.threaded import strips
    from exprgrad.columns import folds

    plan = prepared.plan
    if len(plan.stages) != 1 or plan.columns or plan.scans:
        return False
    (only,) = plan.stages
    if not only.folds or len(only.columns) > strips.LARGE or each > minibatches.MOST * folds.BLOCK:
        return False
    known = {*only.folds, *only.counts}
    numbers = [node for node in (*only.numbers, *plan.numbers) if node not in known]
    return all(plan.graph.operations[node] not in MIXING for node in numbers)


def _installed() -> bool:
    return find_spec("llvmlite") is not None and find_spec("numpy") is not None
