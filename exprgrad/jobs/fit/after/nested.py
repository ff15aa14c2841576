"""Whether one model is another one with some of its parameters held: at constants, or equal to one another.

Two formulas are the same where they have the same values at many points of many magnitudes and both signs: a test of
identity by evaluation (Schwartz 1980, J. ACM 27), which no rewriting of formulas is needed for. What it does not find
is not proved to be absent: then the user knows better, or it is so.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from math import isfinite

from exprgrad.functions.floats import FLOATS
from exprgrad.functions.table import MIXING
from exprgrad.graph.forward import forward
from exprgrad.graph.lower import Model
from exprgrad.jobs.fit.after.saved import Saved

_MOST = 20_000
"""Ways to hold parameters that are tried, at the most."""
_POINTS = 60
_FEWEST = 12
"""Points at which both have values, for a judgement."""
_SAME = 1e-9
_LARGE = 2_000
"""Nodes of a model, beyond which none of this is tried."""
_CONSTANTS = (0.0, 1.0, -1.0)

Held = Mapping[str, str | float]
"""Which parameters of the fuller model are what: a parameter of the simpler one, or a number."""


def nested(simpler: Saved, fuller: Saved) -> Held | None:
    """How the fuller model becomes the simpler one; None where no way is found."""
    small, large = simpler.curve, fuller.curve
    if len(simpler.parameters) >= len(fuller.parameters) or _folds(small) or _folds(large):
        return None
    if max(len(small.graph), len(large.graph)) > _LARGE:
        return None
    columns = _columns(simpler, small), _columns(fuller, large)
    if not columns[0] <= columns[1]:
        return None
    points = list(_points([*simpler.parameters], sorted(columns[1])))
    wanted = [forward(small.graph, FLOATS, {**simpler.fixed, **point})[small.output] for point in points]
    kept = [k for k, value in enumerate(wanted) if isfinite(value)]
    if len(kept) < _FEWEST:
        return None
    for held in _ways(simpler, fuller):
        if _same(large, fuller, held, [(points[k], wanted[k]) for k in kept]):
            return held
    return None


def _columns(saved: Saved, model: Model) -> set[str]:
    return {name for name in model.graph.inputs() if name not in saved.parameters and name not in saved.fixed}


def _folds(model: Model) -> bool:
    """Whether rows mix, so that a model is no function of one row."""
    return any(operation in MIXING for operation in model.graph.operations)


def _ways(simpler: Saved, fuller: Saved) -> Iterator[Held]:
    """What the parameters of the fuller model can be: first each what it is called, then anything."""
    constants = list(dict.fromkeys([*simpler.fixed.values(), *_CONSTANTS]))
    own = [*simpler.parameters]

    def choices(name: str, *, called: bool) -> Sequence[str | float]:
        if called and name in simpler.parameters:
            return [name]
        if called and name in simpler.fixed:
            return [simpler.fixed[name]]
        return [*constants, *own]

    for called in (True, False):
        lists = [choices(name, called=called) for name in fuller.parameters]
        size = 1
        for each in lists:
            size *= len(each)
        if size <= _MOST:
            for chosen in product(*lists):
                if set(own) <= set(chosen):
                    yield dict(zip(fuller.parameters, chosen, strict=True))


def _same(model: Model, fuller: Saved, held: Held, points: Sequence[tuple[Mapping[str, float], float]]) -> bool:
    """Whether the fuller model, held so, has the wanted value at each point."""
    agreed = 0
    for point, wanted in points:
        values = {name: point[what] if isinstance(what, str) else what for name, what in held.items()}
        found = forward(model.graph, FLOATS, {**point, **fuller.fixed, **values})[model.output]
        if isfinite(found) and abs(found - wanted) > _SAME * max(abs(found), abs(wanted)):
            return False
        agreed += isfinite(found)
    return agreed >= _FEWEST


def _points(parameters: Sequence[str], columns: Sequence[str]) -> Iterator[dict[str, float]]:
    """Values of parameters near 1, and of columns of all magnitudes; the same in each run."""
    import random

    source = random.Random(20)
    for k in range(_POINTS):
        point = {name: source.uniform(0.3, 2.5) * (source.choice((-1, 1)) if k % 2 else 1) for name in parameters}
        for name in columns:
            size = 10 ** source.uniform(-1, 2.5 if k % 3 == 0 else 0.5)
            point[name] = size * (source.choice((-1, 1)) if k % 4 else 1)
        yield point
