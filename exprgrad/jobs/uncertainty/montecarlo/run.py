"""The Monte Carlo method: trials of all results, their summary, and the verdict on the linear law."""

from __future__ import annotations

from collections.abc import Mapping
from math import nan, sqrt

from exprgrad.graph.graph import Graph
from exprgrad.jobs.uncertainty.montecarlo import stages
from exprgrad.jobs.uncertainty.montecarlo.density import density
from exprgrad.jobs.uncertainty.montecarlo.found import MonteCarlo, Propagated
from exprgrad.jobs.uncertainty.montecarlo.intervals import Interval, interval
from exprgrad.jobs.uncertainty.montecarlo.moments import Moments
from exprgrad.jobs.uncertainty.montecarlo.rows import Rows
from exprgrad.jobs.uncertainty.montecarlo.sample import Sample
from exprgrad.jobs.uncertainty.montecarlo.wanted import TRIALS, Wanted
from exprgrad.quantities.quantities import Quantities
from exprgrad.trials.trials import Trials

MOST_AUTO = 10**8
"""Trials that `auto` does not go beyond."""


def montecarlo(
    graph: Graph,
    outputs: Mapping[str, int],
    numbers: Mapping[str, float],
    quantities: Quantities,
    coverage: float,
    wanted: Wanted,
    linear: Mapping[str, tuple[float, float]],
    limits: Mapping[str, tuple[float, float]],
) -> MonteCarlo:
    """The results of the trials. `numbers` are the estimates of all inputs; `linear` has the coverage intervals by the
    linear law, of the results that it gives one for, and `limits` the ends that results have to keep to. Raises
    NumbersError where a trial has no finite result."""
    order = [name for name in graph.inputs() if name in quantities.values]
    drawn = {name: of for name in order if (of := quantities.values[name].distribution) is not None}
    trials = Trials(drawn, quantities.correlations, wanted.seed)
    rows = Rows(graph, outputs, numbers, trials, wanted.trials or TRIALS, wanted.threads)
    samples = [Sample(coverage) for _ in outputs]
    moments: Moments | None = None

    def run(start: int, stop: int) -> Moments:
        total = moments
        for results, each in rows.batches(start, stop):
            total = each if total is None else total.merged(each)
            for sample, values in zip(samples, results, strict=True):
                sample.add(values)
        assert total is not None
        return total

    first = wanted.trials or stages.BLOCKS * stages.block(coverage)
    count, needed = first, first
    moments = run(0, first)
    if wanted.trials is None:
        values = [sample.kept() for sample in samples]
        each = [stages.wanted_blocks(v, wanted.interval, coverage, wanted.digits) for v in values if v is not None]
        needed = max(each) * stages.block(coverage)
        count = min(needed, MOST_AUTO)
        if count > first:
            moments = run(first, count)
    found, conforming, densities = {}, {}, {}
    for place, (name, sample) in enumerate(zip(outputs, samples, strict=True)):
        mean, size = float(moments.means[place]), sqrt(moments.covariance[place, place])
        ends = interval(sample, wanted.interval, coverage, mean)
        found[name] = _judged(mean, size, ends, wanted.digits, linear.get(name))
        if name in limits:
            conforming[name] = sample.between(*limits[name])
        densities[name] = density(sample, ends.low, ends.high, coverage)
    covariance = {a: {b: float(moments.covariance[i, j]) for j, b in enumerate(outputs)} for i, a in enumerate(outputs)}
    errors = [(one.tolerance, max(one.low_error, one.high_error)) for one in found.values() if one.tolerance]
    stable = needed <= count if wanted.trials is None else all(2 * error <= within for within, error in errors)
    width = max(sample.resolution for sample in samples)
    about = (count, needed, wanted.seed, wanted.interval, wanted.digits, stable, width)
    return MonteCarlo(*about, found, covariance, conforming, densities)


def _judged(mean: float, size: float, ends: Interval, digits: int, linear: tuple[float, float] | None) -> Propagated:
    """A result, with the verdict on the linear law (JCGM 101:2008, 8.1)."""
    within = stages.tolerance(size, digits)
    off = (abs(linear[0] - ends.low), abs(linear[1] - ends.high)) if linear else (nan, nan)
    valid = off[0] <= within and off[1] <= within
    return Propagated(mean, size, *ends, within, *off, valid)
