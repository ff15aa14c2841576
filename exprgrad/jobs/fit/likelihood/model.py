"""A formula and a distribution as nodes of a graph: what descents need of each row, and its log-likelihood."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from exprgrad.backends.engine import Engine
from exprgrad.backends.prepared import Prepared
from exprgrad.columns.rows import RowSource
from exprgrad.columns.shapes import Shapes
from exprgrad.functions.rules import bind
from exprgrad.graph.lower import Model
from exprgrad.graph.symbols import Symbols
from exprgrad.jobs.fit.likelihood.families import Choice
from exprgrad.jobs.fit.likelihood.links import complement
from exprgrad.jobs.fit.problem import SCALE, Parameter, Problem, pose
from exprgrad.jobs.fit.quantities.quantity import node_of
from exprgrad.jobs.fit.reduction import Floats, total
from exprgrad.jobs.fit.request import Request

_NAMES = ("y", "m", "q", "n", "c", "s", "v")
"""The letters of the formulas of `families`."""
DEGREES = "#degrees"
"""The variable of degrees of freedom that are fitted: no name of the language looks like this."""
_PASSES = 30
"""As many as a fit may take."""


@dataclass(frozen=True)
class Posed:
    """Nodes of the problem's graph, one number a row where it says so."""

    choice: Choice
    problem: Problem
    """Its loss is the deviance of a row, its rows are those of Fisher scoring."""
    mean: int
    """A row's."""
    rest: int
    """1 - mean, of probabilities."""
    trials: int
    sigma: int
    weight: int
    density: int
    """The logarithm of a row's probability, times its weight."""
    pearson: int
    """A row's term of Pearson's sum of squares."""
    slopes: tuple[int, ...]
    """d mean / d parameter, in a row."""
    absolute: bool
    """Whether the scale is 1."""

    @property
    def free_degrees(self) -> bool:
        """Whether the degrees of freedom of Student's distribution are fitted."""
        return self.choice.free_degrees

    @property
    def degrees(self) -> float:
        """These degrees of freedom, as they are now."""
        return self.problem.fixed.get(DEGREES, self.choice.degrees)

    def at_degrees(self, degrees: float) -> None:
        """From now on the formulas take so many, where they are fitted."""
        if self.free_degrees:
            self.problem.fixed[DEGREES] = degrees  # type: ignore[index]  # a dict that `posed` has made

    @property
    def free_scale(self) -> bool:
        """Whether there is a scale to be estimated."""
        return self.choice.family.scaled and not self.absolute


def posed(
    model: Model,
    columns: Collection[str],
    parameters: Sequence[Parameter],
    fixed: Mapping[str, float],
    request: Request,
    choice: Choice,
) -> Posed:
    """Raises UsageError as `problem.pose` does."""
    family = choice.family
    fixed = {**fixed, DEGREES: choice.degrees} if choice.free_degrees else fixed
    problem = pose(model, columns, parameters, fixed)  # slopes of the mean: rows weigh the same in it
    graph, symbols = problem.graph, Symbols(problem.graph)
    multiply = symbols.operation("mul")

    def quantity(text: str | None) -> int:
        return symbols.constant(1.0) if text is None else node_of(graph, text, columns)

    weight, trials, sigma = (quantity(text) for text in (request.weights, request.trials, request.sigma))
    mean = model.output
    rest = complement(graph, mean) if family.trials else symbols.constant(0.0)
    scale = symbols.constant(1.0) if family.scaled and family.smooth and request.absolute else graph.input(SCALE)
    degrees = graph.input(DEGREES) if choice.free_degrees else symbols.constant(choice.degrees)
    values = (problem.response, mean, rest, trials, sigma, scale, degrees)

    def node(formula: str) -> int:
        return bind(formula, _NAMES, symbols)(values)

    root_weight = symbols.operation("sqrt")(weight)
    root, pull = (multiply(root_weight, node(formula)) for formula in (family.root, family.pull))
    scoring = replace(
        problem,
        weight=weight,
        loss=multiply(weight, node(family.deviance)),
        pull=pull,
        reweighted=tuple(multiply(slope, root) for slope in problem.jacobian),
        linear=(False,) * len(parameters),
    )
    return Posed(
        choice, scoring, mean, rest, trials, sigma, weight, multiply(weight, node(family.density)),
        multiply(pull, pull), problem.jacobian, family.scaled and request.absolute,
    )  # fmt: skip


def fraction(model: Model, request: Request, columns: Collection[str]) -> Model:
    """The model of the fraction of successes, where the response counts those of trials; else the model itself."""
    if request.trials is None or model.response is None:
        return model
    graph = model.graph.copy()
    trials = node_of(graph, request.trials, columns)
    return model._replace(graph=graph, response=Symbols(graph).operation("div")(model.response, trials))


class Sums:
    """Sums of nodes over the rows."""

    def __init__(self, problem: Problem, nodes: Sequence[int], source: RowSource, engine: Engine, rows: int) -> None:
        symbols, shapes = Symbols(problem.graph), Shapes(problem.graph, problem.columns)
        wanted = [total(symbols, shapes, node, problem.response) for node in nodes]
        self.source = source
        self.prepared = Prepared(problem.graph, wanted, source, engine, rows * _PASSES)

    def at(self, bindings: Mapping[str, float]) -> list[float]:
        """One pass over the rows."""
        found = self.prepared.run(self.source, bindings).values
        return [float(value) for value in found]  # type: ignore[arg-type]


def numbers(posed: Posed, values: Floats, scale: float) -> dict[str, float]:
    """All that the formulas use beside columns."""
    named = dict(zip(posed.problem.names, map(float, values), strict=True))
    return {**posed.problem.fixed, **named, SCALE: scale}
