"""Random expressions with what the interpreter makes of them, and how far another computation may be off."""

from __future__ import annotations

import re
from functools import cache
from math import isfinite
from typing import NamedTuple

from hypothesis import given, settings

from exprgrad import parse
from exprgrad.autodiff.reverse import adjoint_at, adjoints
from exprgrad.backends import interpreter
from exprgrad.backends.noise import Noisy
from exprgrad.functions.floats import FLOATS
from exprgrad.functions.table import FUNCTIONS
from exprgrad.graph.forward import forward
from exprgrad.jobs.export.export import export
from exprgrad.jobs.export.joint import Joint, joint
from tests.expressions import bindings, call, texts

COUNT = 200
VARIABLES = ("x", "y", "z")


class Case(NamedTuple):
    """An expression at some points: at each the value and the derivatives with respect to its variables."""

    text: str
    points: list[dict[str, float]]
    expected: list[list[float]]
    terms: tuple[str, ...] = ()
    """For value and derivatives, terms whose size counts near a root: see `Function.terms`."""

    @property
    def joint(self) -> Joint:
        return joint(parse(self.text).model, {})

    def source(self, language: str, name: str = "f") -> str:
        """The expression in a language."""
        return export(parse(self.text).model, {}, language, name=name)

    @property
    def mended(self) -> list[list[float]]:
        """The same with a second look at the derivatives, where the variables are finite."""
        return [evaluate(self.text, at, second=all(map(isfinite, at.values()))) for at in self.points]

    def check(
        self, found: list[list[float]], ulps: float, *, nan: bool = True, second: bool = False, marked: bool = False
    ) -> None:
        """The numbers found at each point agree: up to 1e-13, and to so many ulp in each operation. Without
        `nan`, points count only where none is met on the way; with `second`, derivatives have a second look; with
        `marked`, they may be nan where a number on the way is next to the end of the range of floats."""
        assert len(found) == len(self.points)
        right = self.mended if second else self.expected
        for at, expected, numbers in zip(self.points, right, found, strict=True):
            if not nan and any(value != value for value in forward(self.joint.graph, FLOATS, at)):
                continue
            bounds = self.bounds(at, ulps)
            assert len(numbers) == len(expected)
            ends = marked and any(not 1e-130 < abs(x) < 1e130 for x in forward(self.joint.graph, FLOATS, at) if x)
            for number, exact, bound in zip(numbers, expected, bounds, strict=True):
                assert agrees(number, exact, bound) or (ends and number != number), (
                    self.text,
                    at,
                    number,
                    exact,
                    bound,
                )

    def bounds(self, at: dict[str, float], ulps: float) -> list[float]:
        """What rounding may bring: how far each number moves when every operation is nudged by an ulp, times `ulps`."""
        found = self.joint
        rounds = [forward(found.graph, Noisy(seed), at) for seed in range(10)]
        bounds = []
        for node, exact in zip(found.outputs, self.exact(at), strict=True):
            moves = [abs(values[node] - exact) for values in rounds]
            steady = all(isfinite(values[node]) == isfinite(exact) for values in rounds)
            bounds.append(ulps * max(moves) + 1e-13 * abs(exact) if steady else float("inf"))
        for k, term in enumerate(self.terms):
            bounds[k] += 1e-13 * abs(evaluate(term, at)[0]) if term else 0.0
        return bounds

    def exact(self, at: dict[str, float]) -> list[float]:
        return self.expected[self.points.index(at)]


def agrees(number: float, exact: float, bound: float) -> bool:
    """Whether a number is near enough to another; nan is to nan."""
    if bound == float("inf") or number == exact or (number != number and exact != exact):
        return True
    return abs(number - exact) <= max(bound, 1e-300) if isfinite(exact) else bound != bound and not isfinite(number)


def evaluate(text: str, at: dict[str, float], *, second: bool = False) -> list[float]:
    """What floats alone give; with `second`, there is a second sweep where one leaves their range."""
    model = parse(text).model
    inputs = model.graph.inputs()
    values = forward(model.graph, FLOATS, {name: at[name] for name in inputs})
    if second:
        found = interpreter.gradient(model.graph, model.output, values, inputs.values())
    else:
        found = adjoints(model.graph, model.output, values, FLOATS, inputs.values())
    return [values[model.output], *(adjoint_at(found, node, 0.0) for node in inputs.values())]


@cache
def rows(without: frozenset[str] = frozenset()) -> list[Case]:
    """Each function of the table at the points that its row names: kinks, ends, places where textbook formulas fail."""
    found = []
    for name, row in FUNCTIONS.items():
        if row.mixes or name in without or not row.points:
            continue
        operands, points, terms = list(VARIABLES[: len(row.operands)]), row.points, row.terms
        if row.operands[0] == "n":  # an order: a number, not a variable
            operands, points = ["1", *operands[:-1]], tuple(point[1:] for point in points)
            terms = tuple(re.sub(r"\bn\b", "1", term) for term in (*terms[:1], *terms[2:]))
        elif set(row.operands) - set(VARIABLES):
            new = dict(zip(row.operands, VARIABLES, strict=False))
            terms = tuple(re.sub(r"\b\w+\b(?!\()", lambda word: new.get(word[0], word[0]), term) for term in terms)  # noqa: B023
        named = [dict(zip(VARIABLES, (*point, 1.0, 1.0), strict=False)) for point in points]
        text = call(name, operands)
        found.append(Case(text, named, [evaluate(text, at) for at in named], terms))
    return found


CONSTANTS = ["-0.0", "-3.0", "inf", "nan", "5e-324", "1.7e308"]


@cache
def constants(without: frozenset[str] = frozenset(), *, nan: bool = True) -> list[Case]:
    """Each function of two operands with a constant for one of them, at ends of the range of numbers."""
    points = [0.0, -0.0, 1.0, -2.5, 3.0, float("inf"), float("-inf"), 5e-324, -1e300, 709.8]
    named = [{"x": x} for x in (*points, float("nan"))[: len(points) + nan]]
    found = []
    for name, row in FUNCTIONS.items():
        if row.mixes or len(row.operands) != 2 or row.operands[0] == "n" or name in without:
            continue
        for constant in CONSTANTS:
            for operands in (["x", constant], [constant, "x"]):
                text = call(name, operands)
                if nan or constant != "nan":
                    found.append(Case(text, named, [evaluate(text, at) for at in named]))
    return found


@cache
def cases(without: frozenset[str] = frozenset(), only: frozenset[str] = frozenset(), leaves: int = 10) -> list[Case]:
    """COUNT expressions with two points each."""
    known = {name for name, row in FUNCTIONS.items() if not row.mixes and "n" not in row.operands}
    names = sorted((only or known) - without)
    found: dict[str, Case] = {}

    @settings(max_examples=COUNT + COUNT // 2, database=None)
    @given(texts(names, max_leaves=leaves), bindings, bindings)
    def collect(text: str, first: dict[str, float], second: dict[str, float]) -> None:
        if not parse(text).variables:
            text = f"({text})*x + y*{len(found)}"
        if text in found or len(found) >= COUNT:
            return
        points = [first, second]
        found[text] = Case(text, points, [evaluate(text, at) for at in points])

    collect()
    assert len(found) == COUNT, len(found)
    return list(found.values())
