"""The common way of a descent, as a graph that is compiled: a group goes it while its rows are in the cache.

It is the loop of `descent` for as long as triangles are well-conditioned. A group that needs anything else (a bound,
singular values, many trials) is left, and begins anew in `descent`.
"""

from __future__ import annotations

from math import inf, isfinite
from typing import NamedTuple

import numpy as np

from exprgrad.backends.llvm.sections.rounds import Round, Seldom
from exprgrad.backends.llvm.sections.sums import pairs
from exprgrad.graph.graph import Graph
from exprgrad.graph.operators import Node, every
from exprgrad.jobs.fit.groups.many.compiled.damping import There, damped, promised
from exprgrad.jobs.fit.groups.many.compiled.states import Nodes, States, algebra, where, where_larger
from exprgrad.jobs.fit.groups.many.descent import FINAL, NEAR, NOISE, OFFSET, ROUNDING
from exprgrad.jobs.fit.groups.many.reduced import LEAST, MENDED, MOST, SOUND
from exprgrad.jobs.fit.groups.many.steps import EASY, EPS
from exprgrad.jobs.fit.levenberg import Options

_CLOSE = 1e-10
"""Length of a step in units of the standard errors, up to which one that is no shorter than the last is the end: it is
stricter than OFFSET, as the careful descent may come closer."""
_TRIALS = 10
"""Steps that are tried from one place, at the most."""


class _Far(NamedTuple):
    """What the loop of steps within a radius says."""

    accepted: Node
    """Whether the last step led as much lower as it should."""
    retried: Node
    """Whether another, shorter one is tried from the same place."""
    ended: Node
    """Whether it was shorter than the tolerance."""
    following: Nodes
    """Where the next one leads."""


class _End(NamedTuple):
    """What the loop of the end says."""

    better: Node
    """Whether the step is shorter than the one before."""
    ended: Node
    """Whether none follows."""
    final: Node
    """Whether it is worth taking nonetheless."""
    following: Nodes
    """Where it leads."""
    minimum: Node
    """Whether it is short beside what errors leave open."""


Limits = tuple[float, ...]
"""Of each parameter."""


def descending(low: Limits, high: Limits, options: Options) -> Round:
    """The round of a group with parameters between these limits. Given are their starts and the number of rows. Kept
    are the values [p], the triangle in the order of `pairs`, the cost, the steps, and 1 for a minimum."""
    return _Descending(low, high, options).round


class _Descending:
    """The round while it is made. Its numbers are those of the place where a group is."""

    def __init__(self, low: Limits, high: Limits, options: Options) -> None:
        count = len(low)
        self.low, self.high, self.options = low, high, options
        self.states = states = States(Graph(), count)
        self.values, self.inverse = states.vector("value", None), states.triangle("inverse")
        self.rows = states.number("rows", None)
        self.best, self.best_triangle = states.vector("best", 0.0, kept=True), states.triangle("triangle", kept=True)
        self.least, self.steps = states.number("least", inf, kept=True), states.number("steps", 0.0, kept=True)
        self.converged = states.number("converged", 0.0, kept=True)
        self.sums = {pair: states.input(f"sum {pair}") for pair in pairs(count + 1)}
        self.flagged, self.cost = states.input("flagged"), self.sums[count, count]
        self.polish, self.again = states.number("polish", 0.0), states.number("again", 0.0)
        before = states.triangle("divided by")
        sound, mended = self._reduced(before)
        inverse = algebra.inverses(self.triangle)
        self.sizes, self.step = algebra.lengths(self.triangle), algebra.times(inverse, self.rotated)
        self.power = algebra.dot(self.rotated, self.rotated)
        usable = sound | mended
        states.follow(before, where(usable, self.triangle, before))
        states.follow(self.inverse, where(usable, inverse, self.inverse))
        sound &= every(abs(self.triangle[k, k]) > EASY * size for k, size in enumerate(self.sizes))
        goes_on = self._stepped(sound, mended & ~self.again)
        inputs = [*(node.node for node in self.sums.values()), self.flagged.node]
        self.round = Round(states.graph, tuple(inputs), tuple(states.listed()), count, goes_on.node, self.seldom)

    def _reduced(self, before: Nodes) -> tuple[Node, Node]:
        """The triangle of the sums, as `reduced` has it, of columns that were divided by the triangle `before`: whether
        it is sound, and whether a second sum makes it so."""
        count = len(self.values)
        made = algebra.root(self.sums, count)
        squares = [self.sums[k, k] for k in range(count)]
        proper = every([(each > LEAST) & (each < MOST) for each in squares])
        proper &= made.rotated[-1].finite & self.cost.finite & ~self.flagged
        sound = proper & every(pivot > SOUND for pivot in made.pivots)
        mended = proper & ~sound & every(pivot > MENDED for pivot in made.pivots)
        self.triangle, self.rotated = algebra.product(made.triangle, before), made.rotated
        return sound, mended

    def _stepped(self, sound: Node, mended: Node) -> Node:
        """What becomes of the group; whether another round follows."""
        states, polish = self.states, self.polish
        far = self._far(mended)
        again = mended & (polish | far.accepted)
        sound &= polish | far.accepted
        near = polish | (far.accepted & (self.power <= NEAR * self.cost) & ~far.ended)
        end = self._end(sound & near)
        following = where(near, end.following, far.following)
        inside = self._inside(following)
        final = near & end.final & inside
        ended = near.where(end.ended, far.ended)
        steps = self.steps + sound + (sound & final)
        retried = far.retried & ~polish & ~self.flagged
        moved = ((sound & ~ended) | retried) & (steps < self.options.iterations) & inside
        minimum = end.ended & end.minimum & (inside | ~end.final)
        best = sound & near.where(end.better, far.ended)
        states.follow(self.again, again)
        states.follow(polish, again.where(polish, near))
        states.follow(self.steps, steps)
        states.follow(self.values, where(moved, following, self.values))
        states.follow(self.best, where(best, where(final, following, self.values), self.best))
        states.follow(self.best_triangle, where(best, self.triangle, self.best_triangle))
        states.follow(self.least, best.where(self.cost, self.least))
        states.follow(self.converged, sound & near.where(minimum, far.ended))
        goes_on: Node = moved | again
        return goes_on

    def _inside(self, values: Nodes) -> Node:
        """Whether values are between the limits."""
        inside = [value.finite for value in values]
        for value, low, high in zip(values, self.low, self.high, strict=True):
            inside += [value > low] if isfinite(low) else []
            inside += [value < high] if isfinite(high) else []
        return every(inside)

    def _far(self, mended: Node) -> _Far:
        """Steps within a radius: `Batch._descend`."""
        states, number = self.states, self.states.number
        scale, radius, least = states.vector("scale", 0.0), number("radius", -1.0), number("cost", inf)
        start, step, whole = states.vector("from", 0.0), states.vector("step", 0.0), number("whole", 0.0)
        """The place where steps begin, the undamped one and its length."""
        triangle, rotated = states.triangle("triangle there"), states.vector("rotated", 0.0)
        length, size, promise = number("length", -1.0), number("size", 0.0), number("promised", 1.0)
        full, tried = number("full", 1.0), number("tried", 0.0)
        """Whether the last step was undamped, and how many were tried from there."""
        ratio = (least - self.cost) / promise
        accepted = ratio >= 1e-4
        retried = ~accepted & least.finite & (tried < _TRIALS)
        ended = accepted & (length > 0) & (length <= self.options.tolerance * size)

        unit = where_larger(self.sizes, scale)
        size_here, whole_here = algebra.norms(self.values * unit), algebra.norms(self.step * unit)
        longer = (((ratio > 0.75) | full) & (2 * length > radius)).where(2 * length, radius)
        shorter = ((ratio > 0) | self.cost.finite).where(0.25, 0.1) * length
        first = self.options.factor * (size_here > 0).where(size_here, 1.0)
        reach = (radius < 0).where(first, (ratio >= 0.25).where(longer, shorter))

        again, same = mended & accepted, ~self.polish & (mended & accepted | retried)
        self.before = start, step
        for now, then in (
            (scale, unit), (start, self.values), (step, self.step), (triangle, self.triangle), (rotated, self.rotated)
        ):  # fmt: skip
            states.follow(now, where(same, now, then))
        for one, other in ((whole, whole_here), (least, self.cost), (size, size_here)):
            states.follow(one, same.where(one, other))
        there = There(*(states.following(each) for each in (start, step, whole, triangle, rotated, scale)))
        taken, long, undamped = self._within(there, reach)
        for one, other in (
            (radius, reach), (length, long), (promise, promised(there, taken)), (full, undamped),
            (tried, retried.where(tried + 1, 0.0)),
        ):  # fmt: skip
            states.follow(one, again.where(one, other))
        return _Far(accepted, retried, ended, there.values + taken)

    def _within(self, there: There, radius: Node) -> tuple[Nodes, Node, Node]:
        """The best step of at most this length, its length, and whether it is undamped."""
        undamped = there.whole <= radius
        step, length = damped(there, radius)
        default = [*there.step, there.whole]
        inputs = [self.states.input(f"damped {k}") for k in range(len(default))]
        results = zip(inputs, [*step, length], default, strict=True)
        nodes = tuple((one.node, other.node, last.node) for one, other, last in results)
        self.seldom = Seldom((~undamped & ~self.polish).node, nodes)
        return np.array(inputs[:-1], object), inputs[-1], undamped

    def _end(self, there: Node) -> _End:
        """Undamped steps at the end: `Batch._polish` and `Batch._judge`. `there` says whether the group is there.

        Such steps become shorter by the same factor each. What two of them have in common with their difference is
        therefore taken at once (Anderson 1965, J. ACM 12; with one step before, as Walker and Ni 2011, SIAM J. Numer.
        Anal. 49, call it AA(1)). It saves a quarter of all rounds."""
        states, options = self.states, self.options
        shortest, offset = states.number("shortest", inf), states.number("offset", inf)
        extent = states.number("extent", inf)
        length, size = algebra.norms(self.step * self.sizes), algebra.norms(self.values * self.sizes)
        tiny = 1e-12 * size
        better = (length < shortest) & ~(self.cost > self.least * (1 + 1e-6) + tiny * tiny)
        before = algebra.norms(self.before[1] * self.sizes)
        step = self._quick(length, before)
        trial = self.values + step
        resting = (self.power <= NOISE**2 * self.cost) | (length <= max(EPS / 4, options.tolerance) * size)
        resting |= every((one <= other) & (one >= other) for one, other in zip(trial, self.values, strict=True))
        final = better & ~resting & (length * (length / before) <= EPS / 4 * size) & (length <= FINAL * size)
        kept = there & better
        length, size = better.where(length, shortest), better.where(size, extent)
        moved, cost = better.where(self.power.sqrt(), offset), better.where(self.cost, self.least)
        freedom = self.rows - len(self.values)
        spread = better.where(OFFSET, _CLOSE) * (cost / (freedom > 1).where(freedom, 1.0)).sqrt()
        minimum = (length <= spread + 1e-12 * size) | (moved <= spread + ROUNDING * size)
        for now, following in ((shortest, length), (offset, moved), (extent, size)):
            states.follow(now, kept.where(following, now))
        return _End(better, ~better | resting | final, final, trial, minimum & size.finite)

    def _quick(self, length: Node, before: Node) -> Nodes:
        """The step, with what is known of the next ones; `length` is that of the step, and `before` of the last one."""
        start, last = self.before
        change = self.step - last
        scaled = change * self.sizes
        share = algebra.dot(scaled, self.step * self.sizes) / algebra.dot(scaled, scaled)
        quick = self.step - (self.values - start + change) * share
        safe = (length < 0.5 * before) & (algebra.norms(quick * self.sizes) <= 3 * length)
        return where(safe, quick, self.step)
