"""Equal minima: of values that give the same model in each row, those that people expect.

Widths, frequencies and amplitudes are positive where they can be, phases the smallest, frequencies below those that
evenly spaced rows take for the same, and of terms of one shape the one with the smallest place, rate or frequency comes
first. That two values are equal is not reasoned but computed, on the sample.
"""

from __future__ import annotations

from itertools import combinations
from math import pi
from typing import NamedTuple

import numpy as np

from exprgrad.autodiff.columns import column_derivatives
from exprgrad.columns.shapes import Shapes
from exprgrad.functions.numerics.ieee import plain_sum
from exprgrad.jobs.fit.reduction import Flags, Floats
from exprgrad.jobs.fit.search.data.frequencies import even
from exprgrad.jobs.fit.search.data.sample import FAR, Sample
from exprgrad.jobs.fit.search.formula.roles import Line, Roles
from exprgrad.jobs.fit.search.formula.terms import swaps
from exprgrad.text.numbers import format_number

_SAME = 1e-9
"""Of the model's largest value, up to which two models are equal."""
_NEAR = 1e-3
"""The same where a descent follows: a large phase has few digits of its turn."""
_FLIPPED = 8
"""Parameters of which all subsets change their signs."""


class _Phase(NamedTuple):
    """What a parameter shifts."""

    node: int
    """What the periodic function is applied to."""
    derivative: int
    """Of that with respect to the parameter: a number."""
    turn: float
    """The period of the function."""


class Equal:
    """Equal values of one problem."""

    def __init__(
        self, sample: Sample, roles: Roles, open_ones: Flags, linear: Flags, low: Floats, high: Floats
    ) -> None:
        """`open_ones` marks the parameters without a start: only these may change."""
        self.sample, self.roles, self.linear = sample, roles, linear
        self.open = [int(k) for k in np.flatnonzero(open_ones)]
        self.low, self.high = low, high
        self.output = sample.problem.model.output
        self.waves = [line for line in roles.lines if line.turn == 2 * pi]
        self.frequencies = {k for line in roles.lines if line.periodic for k in roles.within(line.slope)}
        self.phases = self._phases()

    def _phases(self) -> dict[int, _Phase]:
        """The parameters that shift a wave along."""
        graph = self.roles.graph
        found: dict[int, _Phase] = {}
        angles = [(node, node, 2 * pi) for node in self.roles.angles]
        angles += [(line.node, line.offset, line.turn) for line in self.roles.lines if line.turn == 1]
        for node, shifted, turn in angles:
            own = [k for k in self.roles.within(shifted) if k in self.open]
            nodes = [graph.inputs()[self.sample.problem.names[k]] for k in own]
            slopes = column_derivatives(graph, shifted, nodes, self.sample.problem.columns)
            shifts = [(k, slope) for k, slope in zip(own, slopes, strict=True) if not self._is_column(slope)]
            if turn == 1:
                shifts = [(k, slope) for k, slope in shifts if k not in self.frequencies]
            if len(shifts) == 1:
                found.setdefault(shifts[0][0], _Phase(node, shifts[0][1], turn))
        return found

    def _is_column(self, node: int) -> bool:
        return Shapes(self.roles.graph, self.sample.problem.columns).is_column(node)

    def preferred(self, values: Floats) -> Floats:
        """The values that are shown in the place of these."""
        values = self._below_aliases(values)
        values = self._positive(values)
        return self._in_order(values)

    def nicer(self, values: Floats, others: Floats) -> bool:
        """Whether fewer of these values have signs that are not wanted."""
        return self._cost(self.preferred(values), {})[:2] < self._cost(self.preferred(others), {})[:2]

    def better(self, values: Floats, others: Floats) -> list[Floats]:
        """Of ends of equal cost the one whose values are nicer than these, in a list; empty where none is."""
        found = [other for other in others if self.nicer(other, values)]
        return sorted(found, key=lambda other: self._cost(self.preferred(other), {})[:2])[:1]

    def same(self, values: Floats, others: Floats, slack: float = _SAME) -> Flags:
        """Which of other values [points, parameters] give the same model, inside the bounds."""
        points = np.concatenate([values[None, :], others])
        models = np.empty((len(points), self.sample.rows))
        models[:] = self.sample.at(points, [self.output])[0]
        with np.errstate(all="ignore"):
            gap = np.abs(models[1:] - models[0]).max(axis=1)
        inside = ((others >= self.low) & (others <= self.high)).all(axis=1)
        found: Flags = inside & (gap <= slack * np.abs(models[0]).max())
        return found

    def _number(self, node: int, values: Floats) -> float:
        return float(np.asarray(self.sample.at(values[None, :], [node])[0]).reshape(-1)[0])

    def _period(self, k: int, values: Floats) -> float:
        """By how much a phase changes until the wave is the same again."""
        turn = self._number(self.phases[k].derivative, values)
        return self.phases[k].turn / abs(turn) if turn and np.isfinite(turn) else 0.0

    def wrapped(self, values: Floats) -> Floats:
        """The same with phases in the turn where they are expected."""
        other = self._wrapped(values.copy(), self._turns(values))
        return other if self.same(values, other[None, :], _NEAR)[0] else values

    def _turns(self, values: Floats) -> dict[int, float]:
        return {k: period for k in self.phases if (period := self._period(k, values))}

    def _positive(self, values: Floats) -> Floats:
        """Signs of parameters flipped, and phases shifted by halves of a turn, where that changes nothing."""
        turns = self._turns(values)
        count = len(self.open)
        sizes = range(count + 1) if count <= _FLIPPED else range(3)
        flips = [subset for size in sizes for subset in combinations(self.open, size)]
        shifts = [subset for size in range(min(len(turns), 3) + 1) for subset in combinations(turns, size)]
        others = []
        for flip in flips:
            for shift in shifts:
                other = values.copy()
                other[list(flip)] *= -1
                for k in shift:
                    other[k] += turns[k] / 2
                others.append(self._wrapped(other, turns))
        candidates = np.array(others)
        good = candidates[self.same(values, candidates)]
        return min([values, *good], key=lambda other: self._cost(other, turns))

    def _wrapped(self, values: Floats, turns: dict[int, float]) -> Floats:
        """The same with phases in the half turns around 0, or in the turn from a lower bound on, and with a place on a
        column far from 0, as a date is, in a turn beside its first row."""
        for k, turn in turns.items():
            lowest = self._beside(k, values, turn)
            if np.isfinite(self.low[k]) and self.low[k] > lowest:
                lowest = self.low[k]
            values[k] -= turn * np.floor((values[k] - lowest) / turn)
        return values

    def _beside(self, k: int, values: Floats, turn: float) -> float:
        """From where a phase is expected in the next turn."""
        line = next((line for line in self.waves if line.node == self.phases[k].node), None)
        if line is not None:
            x, slope = self.sample.column(line.base), self._number(line.slope, values)
            sign = -self._number(self.phases[k].derivative, values) / slope if slope else 0.0
            edge = float(x.min() if x.mean() > 0 else x.max())
            if abs(abs(sign) - 1) < 1e-9 and abs(x.mean()) > FAR * np.ptp(x):
                return edge * sign - (turn if edge * sign < 0 else 0.0)
        return -turn / 2

    def _cost(self, values: Floats, turns: dict[int, float]) -> tuple[float, ...]:
        """What is not wanted: negative widths and frequencies, then negative amplitudes, then large phases."""
        plain = [k for k in range(len(values)) if k not in turns]
        shape = sum(values[k] < 0 for k in plain if not self.linear[k])
        sizes = sum(values[k] < 0 for k in plain if self.linear[k])
        return float(shape), float(sizes), plain_sum(float(abs(values[k])) / turn for k, turn in turns.items())

    def _in_order(self, values: Floats) -> Floats:
        """Terms of one shape in the order of what tells them apart."""
        for _ in range(len(values)):
            before = values
            for swap in swaps(self.sample.problem, self.open):
                (first, second) = next(((p, q) for p, q in swap if not self.linear[p]), swap[0])
                other = values.copy()
                for p, q in swap:
                    other[p], other[q] = values[q], values[p]
                if self._rank(second, values) < self._rank(first, values) and self.same(values, other[None, :])[0]:
                    values = other
            if values is before:
                break
        return values

    def _rank(self, k: int, values: Floats) -> float:
        for line in self.waves:
            if k in self.roles.within(line.slope):
                return abs(self._number(line.slope, values))
        return float(values[k])

    def _below_aliases(self, values: Floats) -> Floats:
        for line in self.waves:
            step = even(self.sample.column(line.base), self.sample.whole)
            for around in (2 * pi / step, pi / step) if step else ():  # the square of a wave has half of the period
                slope = self._number(line.slope, values)
                if abs(slope) > around / 2:
                    other = self._alias(values, line, slope - np.round(slope / around) * around)
                    values = values if other is None else other
        return values

    def _alias(self, values: Floats, line: Line, slope: float) -> Floats | None:
        """Equal values with another slope of a wave; None where there are none. The phase takes up what the first row
        is from 0."""
        slopes = [k for k in self.roles.within(line.slope) if k in self.open]
        if len(slopes) != 1:
            return None
        now = self._number(line.slope, values)
        other = values.copy()
        other[slopes[0]] *= slope / now
        if abs(self._number(line.slope, other) - slope) > 1e-9 * abs(slope):
            other[slopes[0]] = values[slopes[0]] * now / slope
        first = float(self.sample.column(line.base)[0])
        for k, (node, derivative, _) in self.phases.items():
            if node == line.node and (turn := self._period(k, values)):
                offset = self._number(line.offset, other)
                ahead = offset + slope * first - self._number(line.offset, values) - now * first
                other[k] -= ahead / (self._number(derivative, other) or 1.0)
                other[k] -= turn * np.round(other[k] / turn)
        return other if self.same(values, other[None, :])[0] else None

    def notes(self, values: Floats) -> list[str]:
        """That evenly spaced rows cannot tell a frequency from others: a note for each parameter."""
        found: dict[int, str] = {}
        for line in self.waves:
            step, slope = even(self.sample.column(line.base), self.sample.whole), self._number(line.slope, values)
            slopes = [k for k in self.roles.within(line.slope) if k in self.open]
            if not step or len(slopes) != 1 or slopes[0] in found:
                continue
            k, around = slopes[0], 2 * pi / step
            others = [self._alias(values, line, slope + turn) for turn in (-around, around)]
            if shown := [f"{abs(float(other[k])):.6g}" for other in others if other is not None]:
                apart = format_number(float(f"{step:.6g}"))
                found[k] = (
                    f"the rows are evenly spaced by {apart}, so they cannot tell "
                    f"{self.sample.problem.names[k]} = {values[k]:.6g} from its aliases {', '.join(shown)}, …: "
                    "the smallest frequency is taken"
                )
        return list(found.values())
