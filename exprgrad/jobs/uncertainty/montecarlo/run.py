"""The Monte Carlo method: trials of all results, their summary, and the verdict on the linear law."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import nullcontext
from math import nan, sqrt

from exprgrad.errors import UsageError
from exprgrad.graph.graph import Graph
from exprgrad.jobs.uncertainty.montecarlo import stages
from exprgrad.jobs.uncertainty.montecarlo.course import Course
from exprgrad.jobs.uncertainty.montecarlo.density import density
from exprgrad.jobs.uncertainty.montecarlo.found import MonteCarlo, Propagated
from exprgrad.jobs.uncertainty.montecarlo.intervals import Interval, interval
from exprgrad.jobs.uncertainty.montecarlo.spans import Question
from exprgrad.jobs.uncertainty.montecarlo.wanted import TRIALS, Wanted
from exprgrad.quantities.quantities import Quantities

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
    NumbersError where a trial has no finite result,
    UsageError for the checkpoint of other trials, OutputError where none can be written."""
    order = [name for name in graph.inputs() if name in quantities.values]
    drawn = {name: of for name in order if (of := quantities.values[name].distribution) is not None}
    question = Question(graph, outputs, numbers, drawn, quantities.correlations, wanted.seed, wanted.trials or TRIALS)
    with wanted.checkpoints or nullcontext():
        course = Course(question, coverage, wanted)
        count = _computed(course, coverage, wanted)
    moments, samples = course.moments, course.samples
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
    stable = course.needed <= count if wanted.trials is None else all(2 * error <= within for within, error in errors)
    width = max(sample.resolution for sample in samples)
    about = (count, course.needed or count, wanted.seed, wanted.interval, wanted.digits, stable, width)
    return MonteCarlo(*about, found, covariance, conforming, densities)


def _computed(course: Course, coverage: float, wanted: Wanted) -> int:
    """Compute all trials that are wanted, and say how many these are. Raises UsageError where a checkpoint has more."""
    auto = "" if wanted.trials else f"{wanted.digits} digits, {wanted.interval}"
    course.begin(auto)
    if wanted.trials:
        count = wanted.trials
    else:
        first = stages.BLOCKS * stages.block(coverage)
        if not course.needed:
            course.go(first)
            values = [sample.kept() for sample in course.samples]
            each = [stages.wanted_blocks(v, wanted.interval, coverage, wanted.digits) for v in values if v is not None]
            course.needed = max(each) * stages.block(coverage)
        count = max(min(course.needed, MOST_AUTO), first)
    if course.done > count:
        raise UsageError(
            f"the checkpoint has {course.done:,} trials, and {count:,} are asked for",
            hint="ask for more, or leave out --resume",
        )
    course.go(count)
    return count


def _judged(mean: float, size: float, ends: Interval, digits: int, linear: tuple[float, float] | None) -> Propagated:
    """A result, with the verdict on the linear law (JCGM 101:2008, 8.1)."""
    within = stages.tolerance(size, digits)
    off = (abs(linear[0] - ends.low), abs(linear[1] - ends.high)) if linear else (nan, nan)
    valid = off[0] <= within and off[1] <= within
    return Propagated(mean, size, *ends, within, *off, valid)
