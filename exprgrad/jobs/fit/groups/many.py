"""Many groups at once: where their descents begin, and the chunks of them on several threads."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from os import sched_getaffinity
from typing import TypeVar

import numpy as np

from exprgrad.backends.engine import Engine
from exprgrad.data.groups.labels import Codes
from exprgrad.graph.lower import Model
from exprgrad.jobs.fit.groups.chunk import Chunk, Triangles
from exprgrad.jobs.fit.groups.descent import Batch
from exprgrad.jobs.fit.groups.kernels import Kernel, folds
from exprgrad.jobs.fit.groups.result import Group, Label
from exprgrad.jobs.fit.groups.steps import Steps, lengths
from exprgrad.jobs.fit.groups.summary import facts, summed
from exprgrad.jobs.fit.levenberg import Options
from exprgrad.jobs.fit.problem import Parameter, Problem, pose
from exprgrad.jobs.fit.reduction import Floats
from exprgrad.jobs.fit.request import Request

_PASSES = 15
"""As many as a fit takes."""
_KNOWN = ("fix", "bound", "sigma", "weights", "absolute", "max_iterations", "tolerance", "confidence", "method")
"""What many groups at once can be asked for."""

_ITERATIONS = 100
"""Of a descent among others, at the most: what takes longer is tried in shorter steps, and then alone."""

T = TypeVar("T")


def knows(model: Model, request: Request) -> bool:
    """Whether a request is one for many groups at once; else they are fitted one by one."""
    plain = Request()._asdict()
    return not folds(model) and all(
        value == plain[name] for name, value in request._asdict().items() if name not in _KNOWN
    )


def columned(
    model: Model, columns: Iterable[str], parameters: Sequence[Parameter], fixed: Mapping[str, float], request: Request
) -> Problem:
    """The problem whose parameters are columns."""
    known = {*columns, *(parameter.name for parameter in parameters)}
    return pose(model, known, parameters, fixed, sigma=request.sigma, weights=request.weights)


class Many:
    """The fits of many groups."""

    def __init__(self, model: Model, problem: Problem, engine: Engine, request: Request, rows: int) -> None:
        """`problem` is that of one group; `rows` is how many all groups have."""
        self.problem, self.request = problem, request
        wide = columned(model, problem.columns, problem.parameters, problem.fixed, request)
        self.kernel = Kernel(wide, [*wide.reweighted, wide.pull], engine, rows * _PASSES)
        self.facts = Kernel(wide, [wide.response, wide.weight], engine, rows)
        iterations = min(request.max_iterations, _ITERATIONS)
        self.tries = [Options(iterations, request.tolerance, factor) for factor in (Options().factor, 1.0, 0.1)]
        self.limits = tuple(np.array([getattr(p, end) for p in problem.parameters]) for end in ("low", "high"))
        self.known = np.array([parameter.start is not None for parameter in problem.parameters])
        self.linear = np.array(problem.linear)
        starts = [0.0 if p.start is None else p.start for p in problem.parameters]
        self.starts = np.clip(np.array([starts]), *self.limits)
        """Parameters to start from [starts, p]: of several, each group takes the one that is best for it."""

    @property
    def started(self) -> bool:
        """Whether all parameters have starts, or can be solved for."""
        return bool((self.known | self.linear).all())

    def fit(self, chunk: Chunk, labels: list[dict[str, Label]]) -> dict[int, Group]:
        """The fits of those groups of a chunk that ended as they should, by their code."""
        with np.errstate(all="ignore"):
            known = facts(self.problem, self.facts, chunk)
            start = self._start(chunk)

            found: dict[int, Group] = {}
            for options in self.tries:
                reduce = partial(_reduced, chunk, self.kernel)
                descents = Batch(reduce, start, (self.limits[0], self.limits[1]), known.observed, options).run()
                found |= summed(self.problem, self.request, chunk, known, descents, labels)
                left = ~np.isin(chunk.groups, list(found)) & known.sound
                if not left.any():
                    break
                which = np.flatnonzero(left)
                chunk, start, known = chunk.take(which), start[which], known.take(which)
            return found

    def _start(self, chunk: Chunk) -> Floats:
        """The best start of each group [groups, p], with those linear parameters that have none solved for."""
        open_ones = self.linear & ~self.known
        best, least = np.tile(self.starts[0], (len(chunk.groups), 1)), np.full(len(chunk.groups), np.inf)
        if len(self.starts) == 1 and not open_ones.any():
            return best
        for start in self.starts:
            values = np.tile(start, (len(chunk.groups), 1))
            if open_ones.any():
                found = chunk.reduce(self.kernel, values)
                triangle = np.where(open_ones, found.triangle, 0.0)
                sizes = lengths(triangle)
                unit = np.where(sizes > 0, sizes, 1.0)
                solved = Steps(triangle / unit[:, None, :], found.rotated, 1e-14).undamped() / unit
                values = values + np.where(np.isfinite(solved), solved, 0.0)
            if len(self.starts) == 1:
                return values
            cost = chunk.reduce(self.kernel, values).cost
            lower = cost < least
            best[lower], least[lower] = values[lower], cost[lower]
        return best


def _reduced(chunk: Chunk, kernel: Kernel, which: Codes, values: Floats) -> Triangles:
    return chunk.take(which).reduce(kernel, values)


def on_threads(work: Callable[[Chunk], T], chunks: Iterable[Chunk], threads: int | None) -> Iterator[T]:
    """What `work` makes of each chunk, in their order. No more chunks are in memory than threads have use for."""
    count = threads or len(sched_getaffinity(0))
    waiting: deque[Future[T]] = deque()
    with ThreadPoolExecutor(count) as pool:
        for chunk in chunks:
            waiting.append(pool.submit(work, chunk))
            if len(waiting) > count:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
