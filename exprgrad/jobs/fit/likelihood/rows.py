"""What the rows must be for a distribution, and what is to be known of them before a fit."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from exprgrad.backends.engine import Engine
from exprgrad.columns.rows import RowSource
from exprgrad.errors import DataError
from exprgrad.jobs.fit.likelihood.families import Family
from exprgrad.jobs.fit.likelihood.model import Posed, numbers
from exprgrad.jobs.fit.quantities.sound import check_positive
from exprgrad.jobs.fit.reduction import Flags, Floats, Rows
from exprgrad.notation.infix import write
from exprgrad.text.numbers import format_number

_LARGEST = 2.0**53
"""From here on not all whole numbers are numbers in double precision."""


class Facts(NamedTuple):
    """Of the responses y, the weights w and the trials n."""

    rows: int
    observed: int
    """Rows with a weight that is not 0."""
    weight: float
    """sum(w)"""
    response: float
    """sum(w*y)"""
    trials: float
    """sum(w*n)"""
    reach: float
    """The largest magnitude of a response."""


def checked_rows(posed: Posed, source: RowSource, engine: Engine) -> Facts:
    """A pass over the rows. Raises DataError, with the row, for a response that the distribution cannot give, and for
    weights, sigmas and trials that are no proper numbers."""
    problem = posed.problem
    observed, sums, start, reach = 0, np.zeros(3), 0, 0.0
    nodes = [problem.response, posed.trials, posed.weight]
    reader = Rows(problem, nodes, source, engine, source.rows or 0)
    for block in reader.blocks(numbers(posed, np.ones(len(problem.parameters)), 1.0)):
        response, trials, weight = block.T
        _check(posed, block, start, source)
        observed += int(np.count_nonzero(weight))
        sums += [np.sum(weight), np.sum(weight * response), np.sum(weight * trials)]
        reach = max(reach, float(np.abs(response).max(initial=0.0)))
        start += len(block)
    if not start:
        raise DataError("the data have no rows")
    if not observed:
        raise DataError("the weight of every row is 0")
    weight_sum, response_sum, trials_sum = map(float, sums)
    return Facts(start, observed, weight_sum, response_sum, trials_sum, reach)


def check_quantities(posed: Posed, source: RowSource, engine: Engine, sigma: str | None, weights: str | None) -> None:
    """Raises DataError, with the row, for a sigma that is not above 0, or a weight below it."""
    problem = posed.problem
    for option, text in (("sigma", sigma), ("weights", weights)):
        if text is not None:
            check_positive(problem.graph, problem.columns, option, text, source, engine)


def _check(posed: Posed, block: Floats, start: int, source: RowSource) -> None:
    """Raises DataError for the first row of a block that is not as it must be."""
    response, trials, weight = block.T
    for fault, what, hint in _faults(posed, response, trials):
        bad = fault & (weight != 0)
        if bad.any():
            row = int(np.argmax(bad))
            said = what.format(format_number(float(response[row])), format_number(float(trials[row])))
            raise DataError(f"{said} ({source.place(start + row)})", hint=hint)


def _faults(posed: Posed, response: Floats, trials: Floats) -> list[tuple[Flags, str, str]]:
    """Flags of rows, what they are, and what to do instead."""
    graph, family = posed.problem.graph, posed.choice.family
    y = write(graph, posed.problem.response, limit=40)
    found: list[tuple[Flags, str, str]] = [
        (~np.isfinite(response), f"the response {y} is {{0}}", "leave out such rows")
    ]
    if not family.counts:
        return found
    n = write(graph, posed.trials, limit=40)
    if family.trials and family.name != "bernoulli":
        wrong = ~((trials >= 0) & (trials < _LARGEST) & (trials == np.floor(trials)))
        found.append((wrong, f"the trials {n} are {{1}}", "a number of trials is whole, and 0 or more"))
    if family.name == "bernoulli":
        hint = "for successes of several trials --likelihood binomial --trials N"
        found.append(
            ((response != 0) & (response != 1), f"the response {y} is {{0}}, and bernoulli knows 0 and 1", hint)
        )
        return found
    found.append((response < 0, f"the count {y} is {{0}}, below 0", _instead(family)))
    fraction = (response != np.floor(response)) | (response > _LARGEST)
    found.append((fraction, f"the count {y} is {{0}}, no whole number", _instead(family)))
    if family.trials:
        hint = "the response is the number of successes, --trials how often it was tried"
        found.append((response > trials, f"there are {{0}} successes {y} of {{1}} trials", hint))
    return found


def _instead(family: Family) -> str:
    if family.trials:
        return "the response is the number of successes: of a fraction, multiply it by the trials"
    return "counts are whole numbers: of a rate, fit counts ~ time*rate; for other data leave out --likelihood"
