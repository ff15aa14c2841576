"""The bounds of the function table, proved point by point: errors of value, first and second derivative, from balls.

What is exact comes from textbook formulas alone (`exprgrad.backends.balls.jets`): nothing of it is the table's.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from time import process_time
from typing import NamedTuple

from benchmarks import reference
from benchmarks.replay import Orders
from exprgrad.autodiff.series import series
from exprgrad.backends import careful, interpreter
from exprgrad.backends.balls.numbers import Ball, arb, precision
from exprgrad.backends.balls.settle import Bends, Settler
from exprgrad.backends.noise import Noisy
from exprgrad.functions.entry import SECOND, Function
from exprgrad.functions.numerics.far import rounded
from exprgrad.functions.table import FUNCTIONS
from exprgrad.graph.graph import Graph
from exprgrad.jobs.check.check import spread
from exprgrad.jobs.check.digits import Number
from exprgrad.jobs.check.proof import middle

ACCURATE = 72
"""Bits of a ball. So much, and no more, is added to each error: 2^-18 ulp."""
_SLACK = 2.0**-18
_MOST, _EFFORT = 1 << 13, 2.0
_FAR = 60
"""Powers of 2 from the ends of the range where a second derivative is not measured, as in `reference.margin`."""
_INSIDE = 2.0 ** (_FAR - 1022), 2.0 ** (1023 - _FAR)
"""Results between these are measured on floats; others as `reference.error` does it."""
_MODERATE = "beta", "lbeta", "polygamma_difference", "gamma_density", "beta_density", "gammainc", "gammaincc", "betainc"
"""Functions whose derivatives are measured for operands from 1e-12 to 1e12: their terms are known there alone."""
MOVED = 1e-13
"""What rounding each result of the computation moves by more than that, relative, is ill conditioned."""
_SUSPECT = 64.0
"""Ulp from which on a second derivative is asked whether it is ill conditioned."""
_PAIRS = 6
"""How many times all results are rounded up or down for that, and once more to the other side."""


def _of_bessel(v: float, x: float) -> bool:
    apart = v >= 0 or v == round(v) or abs(v - round(v)) > 1e-6
    return abs(v) <= 128 and apart and (x == 0 or 1e-18 < abs(x) < 4096)


def _of_beta(a: float, b: float, x: float) -> bool:
    return min(a, b) >= 0.01 and max(a, b) <= 1e6 and (x == 0 or x > 1e-12)


_BESSEL = "besselj", "bessely", "besseli", "besselk"
_BESSEL_SLOPES = "besselj_slope", "bessely_slope"
LIMITS: dict[str, Callable[..., bool]] = {
    **dict.fromkeys(_BESSEL + _BESSEL_SLOPES, _of_bessel),
    **dict.fromkeys(("airyai", "airybi", "airyaiprime", "airybiprime"), lambda x: x > -1e18),
    **dict.fromkeys(("betainc", "beta_density"), _of_beta),
    "zeta": lambda x: x > -160,
}
"""Where the bounds of a function are claimed, if not everywhere: docs/numerics.md says so."""
_MARGINS = dict.fromkeys((*_BESSEL, "airyaiprime", "normal_mills"), 12)
"""Powers of 2 from the ends of the range where a first derivative is not measured: it is made of a function that has
lost digits there, as a Bessel function of the order next to it."""

Operands = tuple[float, ...]


class Sloped(NamedTuple):
    """An operand with a derivative."""

    place: int
    node: int
    partial: Callable[[Sequence[float]], float]
    """The first derivative, from the operands and the value."""
    orders: Orders
    """The first and the second."""


@dataclass(frozen=True)
class Bound:
    """The largest error that was proved, in ulp, and where."""

    error: float = 0.0
    operands: Operands = ()
    points: int = 0
    """How many numbers it is proved for."""


class _Worst:
    """The same while it is found."""

    def __init__(self) -> None:
        self.error, self.points = 0.0, 0
        self.operands: Operands = ()

    def also(self, error: float, operands: Operands) -> None:
        self.points += 1
        if error > self.error:
            self.error, self.operands = error, operands

    @property
    def bound(self) -> Bound:
        return Bound(self.error and self.error + _SLACK, self.operands, self.points)


def second_bound(function: Function) -> float:
    """The bound of a second derivative, in ulp: about 1e-12 relative, 4e-12 of what has a looser bound itself,
    1e-10 of a derivative that is a row itself."""
    if function.ulp[1] >= SECOND:
        return SECOND
    return 2.0**13 if function.ulp[1] <= 4 else 2.0**15 if function.ulp[1] <= 2**12 else 8 * function.ulp[1]


@dataclass(frozen=True)
class Proved:
    """What is proved of one function."""

    name: str
    value: Bound
    first: Bound
    second: Bound
    points: int
    """The points at which this was tried."""
    undecided: int
    """Numbers that balls left open: at jumps, and where they would take too many bits."""
    ill: int
    """Second derivatives that are ill conditioned: next to a root of theirs."""
    part: int = 0
    """Which of the parts that the points come in."""

    @property
    def holds(self) -> bool:
        function = FUNCTIONS[self.name]
        found = self.value.error, self.first.error, self.second.error
        return all(error <= bound for error, bound in zip(found, (*function.ulp, second_bound(function)), strict=True))


def prove(function: Function, points: Iterable[Operands], seconds: float = math.inf, part: int = 0) -> Proved:
    """The worst errors of one function over some points; over the first of them where the time does not suffice."""
    end, prover, done = process_time() + seconds, _Prover(function), 0
    for operands in points:
        prover.prove(operands)
        done += 1
        if process_time() > end:
            break
    value, first, second = (worst.bound for worst in prover.worst)
    return Proved(function.name, value, first, second, done, prover.undecided, prover.ill, part)


class _Prover:
    """One function with all that is prepared for it."""

    def __init__(self, function: Function) -> None:
        self.function = function
        self.graph = Graph()
        inputs = [self.graph.input(name) for name in function.operands]
        self.output = self.graph.apply(function.name, *inputs)
        self.exact, self.bends = Settler(self.graph, self.output), Bends(function.name)
        self.compute, self.margin = (
            reference.float_value(function),
            _MARGINS.get(function.name, reference.margin(function)),
        )
        self.sloped = [
            Sloped(i, inputs[i], reference.partial_rule(function, i), Orders(self.graph, self.output, inputs[i], 2))
            for i, (name, partial) in enumerate(zip(function.operands, function.partials, strict=True))
            if name != "n" and partial != "nan"
        ]
        self.worst = [_Worst(), _Worst(), _Worst()]
        self.undecided = self.ill = 0

    def prove(self, operands: Operands) -> None:
        """At one point."""
        function = self.function
        if function.name in LIMITS and not LIMITS[function.name](*operands):
            return
        at = dict(zip(function.operands, operands, strict=True))
        value, exact = self.compute(*operands), None
        for i, node, partial, orders in self._measured(operands, value):
            order = 1 if any(x and not 1e-150 < abs(x) < 1e15 for x in operands) else 2
            exact, first, *second = self.bends.at(operands, i, order, ACCURATE, _MOST, _EFFORT)
            got = partial((*operands, value))
            wrong = self._wrong(got, first, operands, i + 1, self.margin)
            if wrong > function.ulp[1]:
                values = interpreter.evaluate(self.graph, at)
                got = interpreter.gradient(self.graph, self.output, values, [node])[node] or 0.0
                wrong = self._wrong(got, first, operands, i + 1, self.margin)
            if math.isinf(value) and math.isnan(got):  # no float has the value, either
                continue
            self._count(1, got, wrong, operands)
            if second:
                self._second(orders.at(at)[1], node, second[0], at, operands)
        if exact is None:
            exact = self.exact.at(at, None, ACCURATE, _MOST, _EFFORT)
        margin = _MARGINS["besselj"] if function.name in _BESSEL_SLOPES else 0
        self._count(0, value, self._wrong(value, exact, operands, 0, margin), operands)

    def _measured(self, operands: Operands, value: float) -> Sequence[Sloped]:
        """The operands whose derivatives are measured at a point."""
        function = self.function
        if not reference.has_slope(function, operands, value):
            return ()
        if function.name in _MODERATE and any(x and not 1e-12 < x < 1e12 for x in operands):
            return ()
        return self.sloped

    def _second(self, got: float, node: int, exact: Ball | None, at: dict[str, float], operands: Operands) -> None:
        wrong = self._wrong(got, exact, operands, -1, _FAR)
        if wrong > _SUSPECT and not self._told(at, node):
            self.ill += 1
        else:
            self._count(2, got, wrong, operands)

    def _told(self, at: dict[str, float], node: int) -> bool:
        """Whether a second derivative stays the same where the results on the way to it are rounded up or down."""
        values = careful.evaluate(self.graph, at)
        found: list[float] = []
        for noise in (Noisy(k // 2, beyond=True, mirrored=bool(k % 2)) for k in range(2 * _PAIRS)):
            (terms,) = series(self.graph, values, noise, {node: 1.0}, 2, [self.output])
            found.append(rounded(terms[2] or 0.0))
            if spread(found) > MOVED * max(map(abs, found)):
                return False
        return True

    def _count(self, which: int, got: float, wrong: float, operands: Operands) -> None:
        if wrong == wrong:
            self.worst[which].also(wrong, operands)
        elif math.isfinite(got):
            self.undecided += 1

    def _wrong(self, got: float, exact: Ball | None, operands: Operands, term: int, margin: int) -> float:
        """The error in ulp; of the larger term that the row names, if there is one. nan where balls leave it open."""
        if exact is None:
            return math.nan
        quick = _quick(got, exact, margin)
        if quick is not None and quick <= self.worst[min(term, 1) if term >= 0 else 2].error:
            return quick
        larger = reference.term(self.function, term, operands) if term >= 0 else self._wave(operands)
        return reference.error(got, middle(exact), larger, margin)

    def _wave(self, operands: Operands) -> Number:
        """How large a second derivative is beside its roots, of a function with waves: their size times the square of
        their frequency, which is the size of the first derivative by theirs."""
        if len(self.function.terms) < 2 or self.function.operands[-1] != "x":
            return 0
        size = reference.term(self.function, 0, operands)
        slope = reference.term(self.function, len(operands), operands)
        return slope * slope / size if size else 0


def _quick(got: float, exact: Ball, margin: int) -> float | None:
    """The error in ulp, or a bound of it, of a result that is easily told from others; None for others."""
    middle = exact.mid()
    size = abs(float(middle))
    if _INSIDE[0] < size < _INSIDE[1]:
        if not math.isfinite(got):
            return None
        with precision(128):
            return abs(float(arb(got) - middle)) * 2.0 ** (53 - math.frexp(size)[1])
    if margin == _FAR and (size <= _INSIDE[0] or size >= 2 * _INSIDE[1]):
        return 0.0
    if size == math.inf:
        return 0.0 if got == math.copysign(math.inf, float(middle)) else None
    return 0.0 if got == middle or size == got == 0 else None


def joined(parts: Sequence[Proved]) -> Proved:
    """What the parts of one function prove together."""
    value, first, second = (
        Bound(worst.error, worst.operands, sum(bound.points for bound in bounds))
        for bounds in zip(*((part.value, part.first, part.second) for part in parts), strict=True)
        for worst in [max(bounds, key=lambda bound: bound.error)]
    )
    points, undecided, ill = (
        sum(counts) for counts in zip(*((p.points, p.undecided, p.ill) for p in parts), strict=True)
    )
    return Proved(parts[0].name, value, first, second, points, undecided, ill, len(parts))


def keep(row: Proved, path: Path) -> None:
    """Add a row to a file, a line of JSON."""
    with path.open("a") as file:
        file.write(json.dumps(asdict(row)) + "\n")


def kept(path: Path) -> Iterator[Proved]:
    """The rows of a file."""
    for line in path.read_text().splitlines() if path.exists() else ():
        found = json.loads(line)
        bounds = {key: Bound(**{**found[key], "operands": tuple(found[key]["operands"])}) for key in _BOUNDS}
        yield Proved(**{**found, **bounds})


_BOUNDS = "value", "first", "second"
