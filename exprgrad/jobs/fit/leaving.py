"""A fit that is ended from outside: the observer is told where it was."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from exprgrad.errors import interrupts
from exprgrad.jobs.fit.orthogonal.reducer import Orthogonal
from exprgrad.jobs.fit.reduction import Reducer
from exprgrad.observer import Epoch, Observer


@contextmanager
def telling(reducers: Sequence[Reducer | Orthogonal], observer: Observer) -> Iterator[None]:
    """Within it, a signal tells the best parameters of what was minimized last; there may come more reducers."""
    try:
        yield
    except BaseException as error:
        if interrupts(error):
            _leave(reducers, observer)
        raise


def _leave(reducers: Sequence[Reducer | Orthogonal], observer: Observer) -> None:
    for reducer in reversed(reducers):
        if reducer.best is not None:
            values = dict(zip(reducer.problem.names, map(float, reducer.best), strict=True))
            observer.left(Epoch(reducer.passes, reducer.least, values, {}))
            return
