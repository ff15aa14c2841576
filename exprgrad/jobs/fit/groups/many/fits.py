"""Many groups at once: what can be asked of them, where their descents begin, and how often these are tried."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache, partial

import numpy as np

from exprgrad.backends.engine import Engine
from exprgrad.graph.graph import Graph
from exprgrad.graph.lower import Model
from exprgrad.jobs.fit.groups.many.descent import Batch, Descents
from exprgrad.jobs.fit.groups.many.facts import Facts, Looks
from exprgrad.jobs.fit.groups.many.kernels import Kernel, folds
from exprgrad.jobs.fit.groups.many.pieces import Piece
from exprgrad.jobs.fit.groups.many.reduced import Reduction
from exprgrad.jobs.fit.groups.many.steps import Steps
from exprgrad.jobs.fit.groups.many.summary import summed
from exprgrad.jobs.fit.groups.many.table import Table
from exprgrad.jobs.fit.groups.many.triangles import lengths
from exprgrad.jobs.fit.levenberg import Options
from exprgrad.jobs.fit.problem import Parameter, Problem, pose
from exprgrad.jobs.fit.reduction import Floats
from exprgrad.jobs.fit.request import Request

_PASSES = 15
"""As many as a fit takes."""
_KNOWN = ("fix", "bound", "sigma", "weights", "absolute", "max_iterations", "tolerance", "confidence", "method")
"""What many groups at once can be asked for."""

_FEW = 6
"""Parameters up to which the common way is compiled: its code grows with their third power."""
_ITERATIONS = 100
"""Of a descent among others, at the most: what takes longer is tried in shorter steps, and then alone."""


def knows(model: Model, request: Request) -> bool:
    """Whether a request is one for many groups at once; else they are fitted one by one."""
    plain = Request()._asdict()
    return not folds(model) and all(
        value == plain[name] for name, value in request._asdict().items() if name not in _KNOWN
    )


def columned(model: Model, problem: Problem) -> Problem:
    """The problem of one group with parameters that are columns."""
    known = {*problem.columns, *problem.names}
    weighing = {"sigma": problem.sigma, "weights": problem.weights}
    return pose(model, known, problem.parameters, problem.fixed, **weighing)


Attempt = Callable[[Piece, Floats, Facts], Descents]
"""Descents of the groups of a piece from their starts [p, groups]."""


@dataclass(frozen=True)
class _Asked:
    """What the kernels of a fit depend on: all but the data."""

    graph: Graph
    nodes: tuple[int | None, int]
    columns: frozenset[str]
    parameters: tuple[Parameter, ...]
    fixed: frozenset[tuple[str, float]]
    weighing: tuple[str | None, str | None]
    engine: Engine
    rows: int
    made: tuple[Model, Problem] = field(compare=False)

    @classmethod
    def of(cls, model: Model, problem: Problem, engine: Engine, rows: int) -> _Asked:
        """For the problem of one group."""
        columns, fixed = frozenset(problem.columns), frozenset(problem.fixed.items())
        nodes, weighing = (model.response, model.output), (problem.sigma, problem.weights)
        made = model, problem
        return cls(model.graph, nodes, columns, problem.parameters, fixed, weighing, engine, rows, made)


@lru_cache(maxsize=4)
def _prepared(asked: _Asked) -> tuple[Kernel, Looks]:
    """The kernel of the Jacobian and the residual, and that of the facts. A formula is often fitted again."""
    wide = columned(*asked.made)
    kernel = Kernel(wide, [*wide.reweighted, wide.pull], asked.engine, asked.rows * _PASSES)
    _ = kernel.sums  # compiled once, before there are threads
    return kernel, Looks(wide, asked.engine, asked.rows)


class Many:
    """The fits of many groups."""

    def __init__(self, model: Model, problem: Problem, engine: Engine, request: Request, rows: int) -> None:
        """`problem` is that of one group; `rows` is how many all groups have."""
        self.problem, self.request = problem, request
        self.kernel, self.look = _prepared(_Asked.of(model, problem, engine, rows))
        iterations = min(request.max_iterations, _ITERATIONS)
        tries = [Options(iterations, request.tolerance, factor) for factor in (Options().factor, 1.0, 0.1)]
        low, high = (np.array([getattr(p, end) for p in problem.parameters]) for end in ("low", "high"))
        self.limits = low, high
        self.attempts: list[Attempt] = [partial(self._any, options) for options in tries]
        """What is tried with each group until it ends as it should."""
        if self.kernel.sums is not None and len(problem.names) <= _FEW:
            from exprgrad.jobs.fit.groups.many.compiled.common import Common

            self.attempts.insert(0, Common(self.kernel, self.limits, tries[0]))
        self.known = np.array([parameter.start is not None for parameter in problem.parameters])
        self.linear = np.array(problem.linear)
        starts = [0.0 if p.start is None else p.start for p in problem.parameters]
        self.starts = np.clip(np.array([starts]), *self.limits)
        """Parameters to start from [starts, p]: of several, each group takes the one that is best for it."""

    @property
    def started(self) -> bool:
        """Whether all parameters have starts, or can be solved for."""
        return bool((self.known | self.linear).all())

    @property
    def threaded(self) -> bool:
        """Whether the fit of one piece works on several threads itself."""
        return self.kernel.sums is not None

    def fit(self, piece: Piece) -> Table:
        """The fits of those groups of a piece that ended as they should."""
        with np.errstate(all="ignore"):
            known = self.look(piece)
            start, found = self._start(piece), []
            for attempt in self.attempts:
                descents = attempt(piece, start, known)
                found.append(summed(self.problem, self.request, piece.groups, known, descents))
                if len(found[-1].codes) == len(piece.groups):
                    break
                which = np.flatnonzero(~np.isin(piece.groups, found[-1].codes) & known.sound)
                if not len(which):
                    break
                piece, start, known = piece.take(which), start[:, which], known.take(which)
            return Table.joined(found)

    def _any(self, options: Options, piece: Piece, start: Floats, known: Facts) -> Descents:
        """Any descent."""
        reduce = Reduction(piece, self.kernel)
        return Batch(reduce, start, self.limits, known.observed, options).run()

    def _start(self, piece: Piece) -> Floats:
        """The best start of each group [p, groups], with those linear parameters that have none solved for."""
        open_ones = (self.linear & ~self.known)[:, None]
        every = np.arange(len(piece.places))
        best, least = np.repeat(self.starts[0][:, None], len(every), axis=1), np.full(len(every), np.inf)
        if len(self.starts) == 1 and not open_ones.any():
            return best
        reduce = Reduction(piece, self.kernel)
        for start in self.starts:
            values = np.repeat(start[:, None], len(every), axis=1)
            if open_ones.any():
                found = reduce(every, values)
                triangle = np.where(open_ones, found.triangle, 0.0)
                sizes = lengths(triangle)
                unit = np.where(sizes > 0, sizes, 1.0)
                solved = Steps(triangle / unit, found.rotated, 1e-14).whole / unit
                values = values + np.where(np.isfinite(solved), solved, 0.0)
            if len(self.starts) == 1:
                return values
            cost = reduce(every, values).cost
            lower = cost < least
            best[:, lower], least[lower] = values[:, lower], cost[lower]
        return best
