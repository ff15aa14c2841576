"""A fit with correlated errors, from where least squares with their standard deviations alone ended."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from exprgrad.columns.rows import Batch, RowSource
from exprgrad.errors import DataError
from exprgrad.jobs.fit.correlated.errors import Errors
from exprgrad.jobs.fit.correlated.reducer import Whitened
from exprgrad.jobs.fit.levenberg import Descent, Levenberg, Options
from exprgrad.jobs.fit.reduction import Floats, Rows
from exprgrad.jobs.fit.survey import Survey
from exprgrad.observer import Observer

METHOD = "generalized least squares"
SIGMA = "#sigma"
"""The column of standard deviations: no name of the language looks like this."""


class WithSigmas:
    """A row source with the standard deviations beside its columns, so that a search weighs rows as they deserve."""

    def __init__(self, source: RowSource, errors: Errors) -> None:
        self.source, self.names, self.rows = source, (*source.names, SIGMA), source.rows
        variances = np.diag(errors.matrix) if errors.matrix.ndim == 2 else np.empty(0)
        with np.errstate(all="ignore"):
            sizes = np.sqrt(variances)
        fine = np.isfinite(sizes) & (sizes > 0)
        self.sizes: Floats = np.where(fine, sizes, 1.0)  # the whole matrix is looked at when the rows are counted

    def read(self, names: Sequence[str]) -> Iterator[Batch]:
        own = [name for name in names if name != SIGMA]
        start = 0
        for batch in self.source.read(own or list(self.source.names)[:1]):
            rows = len(next(iter(batch.values())))
            sizes = np.ones(rows)
            part = self.sizes[start : start + rows]
            sizes[: len(part)] = part
            start += rows
            yield {name: sizes if name == SIGMA else batch[name] for name in names}

    def place(self, row: int) -> str:
        return self.source.place(row)


def surveyed(reducer: Whitened, facts: Survey) -> Survey:
    """What is to be known of the data, in units of their errors: with m = 1'*C^-1*y/(1'*C^-1*1), the best constant, the
    squares are (y - m)'*C^-1*(y - m), and sum(log w) is -log det C."""
    response = Rows(reducer.problem, [reducer.problem.response], reducer.source, reducer.engine, reducer.rows)
    y = reducer.together(response, np.zeros(len(reducer.problem.parameters)))[:, 0]
    whiten = reducer.whiten
    one, white = whiten(np.ones(len(y))), whiten(y)
    mean = float(one @ white) / float(one @ one)
    centred = whiten(y - mean)
    squares, power = float(centred @ centred), float(white @ white)
    if not np.isfinite(squares):
        raise DataError(
            "squares of the response in units of its errors are too large for numbers in double precision",
            hint="give both in another unit",
        )
    return facts._replace(squares=squares, power=power, logarithms=-whiten.log_determinant)


def descend(reducer: Whitened, plain: Descent, options: Options, observer: Observer) -> Descent:
    """The least end of descents from the end of `plain`, and from the starts, where all were given."""
    parameters = reducer.problem.parameters
    low, high = (np.array([getattr(each, end) for each in parameters]) for end in ("low", "high"))
    starts = [plain.values] if np.isfinite(plain.values).all() else []
    given = [each.start for each in parameters if each.start is not None]
    if len(given) == len(parameters):
        starts.append(np.clip(np.array(given), low, high))
    observer.start(1, 1)
    linear = np.array(reducer.problem.linear)
    at_once = linear if linear.all() else None
    solver = Levenberg(
        reducer.reduce, low, high, reducer.rows, linear=at_once, hessian=reducer.hessian, observer=observer
    )
    found = [solver.descend(start, options) for start in starts or [plain.values]]
    if not any(each.converged for each in found):
        projected = Levenberg(reducer.reduce, low, high, reducer.rows, linear=linear, observer=observer)
        found += [projected.descend(start, options) for start in starts]
    return min(found, key=lambda each: (not each.converged, each.stopped == "non-finite", each.reduced.cost))
