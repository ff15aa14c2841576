"""The options of `uncertainty` as data: how each is declared, and which field of the request it gives."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import click

from exprgrad.cli.line.bindings import names_of, number
from exprgrad.cli.line.optional import CountOrNothing
from exprgrad.cli.options.compute import COVERAGE, SECOND_ORDER, SEED, THREADS
from exprgrad.cli.options.option import COMPUTE, INPUT, Whole, row, take
from exprgrad.cli.options.results import EXPLAIN
from exprgrad.errors import UsageError
from exprgrad.jobs.uncertainty.montecarlo.wanted import INTERVALS, PROBABILISTIC, TRIALS, Wanted

if TYPE_CHECKING:
    from exprgrad.jobs.uncertainty.request import Request, Target


def _target(text: str | None, flag: str) -> Target | None:
    from exprgrad.jobs.uncertainty.request import Target

    return None if text is None else Target.read(text, flag)


def _limits(texts: tuple[str, ...], flag: str) -> dict[str, tuple[float, float]]:
    """The limits in `9.7:9.9`, or in `g=9.7:9.9` for one of several results; an end may be left out."""
    found: dict[str, tuple[float, float]] = {}
    for text in texts:
        name, _, interval = text.rpartition("=")
        ends = [end.strip() for end in interval.split(":")]
        if len(ends) != 2 or not any(ends):
            raise UsageError(f"{flag} takes LOW:HIGH, not {text!r}", hint=f"as {flag} 9.7:9.9, or {flag} :9.9")
        low = number(ends[0], flag) if ends[0] else -math.inf
        high = number(ends[1], flag) if ends[1] else math.inf
        if not low < high:
            raise UsageError(f"{flag}: the interval {interval} is empty", hint="the lower limit stands first")
        if name.strip() in found:
            raise UsageError(f"{flag} is given twice for the same result", hint=f"as {flag} p=1:2 {flag} q=3:4")
        found[name.strip()] = low, high
    return found


_ROWS = (
    COVERAGE,
    row(
        "--results",
        read=lambda text, flag: tuple(names_of(text, flag)),
        heading=COMPUTE,
        metavar="NAMES",
        otherwise="those that no other one uses",
        help="The named values whose uncertainty is wanted, as p,q.",
    ),
    SECOND_ORDER,
    row(
        "--target",
        read=_target,
        heading=COMPUTE,
        metavar="u=SIZE",
        help="How small the inputs' uncertainties have to be for this one: u=0.1, u=1%, or U=0.2 if expanded.",
    ),
    row(
        "--limits",
        read=_limits,
        heading=COMPUTE,
        multiple=True,
        metavar="LOW:HIGH",
        help="The probability that the result is within limits, and guard bands; NAME=LOW:HIGH for one of several.",
    ),
    EXPLAIN,
)
CORRELATE = row(
    "--correlate",
    field="correlations",
    heading=INPUT,
    multiple=True,
    metavar="NAMES=R",
    help="The correlation of two inputs, as L,T=0.3; V,I=readings of those taken together; or a file with a matrix.",
)

_MONTECARLO = (
    row(
        "--montecarlo",
        cls=CountOrNothing,
        left_out=str(TRIALS),
        heading=COMPUTE,
        metavar="[N|auto]",
        help="Propagate the distributions, too, by N trials (1e6), or by as many as the digits take.",
    ),
    SEED,
    row(
        "--interval",
        heading=COMPUTE,
        type=click.Choice(INTERVALS),
        default=PROBABILISTIC,
        help="Which coverage interval of the trials: as much outside at each side, the shortest, or about the mean.",
    ),
    row(
        "--uncertainty-digits",
        heading=COMPUTE,
        type=Whole(1, 4),
        default=2,
        help="Digits of the uncertainty that count: for --montecarlo auto, and for the verdict on the linear law.",
    ),
    THREADS,
)
"""Those of the Monte Carlo method: fields of `jobs.uncertainty.montecarlo.wanted.Wanted`."""

uncertainty_options = take(CORRELATE, *_ROWS, *_MONTECARLO)
"""All of them; `request_of` takes their values, but for that of --correlate, which is of the inputs."""


def request_of(options: dict[str, Any]) -> Request:
    """What the command line asks for, taken out of a command's options."""
    from exprgrad.jobs.uncertainty.request import Request

    request = Request(**{each.field: each.take(options) for each in _ROWS})
    trials, *more = (each.take(options) for each in _MONTECARLO)
    if trials is None:
        return request
    return request._replace(montecarlo=Wanted(Wanted.read(trials), *more))
