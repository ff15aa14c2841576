"""A formula as nodes of a graph: weighted residuals, their exact Jacobian, and what else a fit folds over the rows."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from math import inf

from exprgrad.autodiff.columns import column_derivatives
from exprgrad.autodiff.derivative import with_room
from exprgrad.columns.shapes import Shapes
from exprgrad.errors import UsageError
from exprgrad.functions.rules import bind
from exprgrad.graph.graph import Graph
from exprgrad.graph.jumps import jumping
from exprgrad.graph.lower import Model
from exprgrad.graph.reach import cone
from exprgrad.graph.symbols import Symbols
from exprgrad.jobs.fit.quantities.quantity import node_of
from exprgrad.jobs.fit.robust import LOSSES
from exprgrad.notation.infix import write
from exprgrad.simplify.simplify import simplify

SCALE = "#scale"
"""The variable that holds the scale of a robust loss: no name of the language looks like this."""


@dataclass(frozen=True)
class Parameter:
    """A number to be fitted."""

    name: str
    start: float | None
    low: float = -inf
    high: float = inf


@dataclass(frozen=True)
class Problem:
    """Nodes of `graph`. Rows of a residual r are (response - model)/sigma or (response - model)*sqrt(weight)."""

    model: Model
    graph: Graph
    columns: Collection[str]
    parameters: tuple[Parameter, ...]
    fixed: Mapping[str, float]
    """The other numbers of the formula."""
    response: int
    weight: int
    """What the square of a row's residual is multiplied with; a constant 1 where rows weigh the same."""
    residual: int
    """Before a robust loss."""
    loss: int
    """What a row adds to the cost."""
    jacobian: tuple[int, ...]
    """d model / d parameter, multiplied as the residual; those that no column goes into are numbers."""
    pull: int
    """The residual, times the root of a robust loss' weight."""
    reweighted: tuple[int, ...]
    """The Jacobian likewise: jacobian and residual themselves where the loss is the square."""
    psi: int
    """Half the derivative of the loss with respect to the residual: the residual itself for squares."""
    bend: int
    """The derivative of psi with respect to the residual; 1 for squares."""
    sigma: str | None
    weights: str | None
    """The quantities that the weight is made from, as text."""
    linear: tuple[bool, ...]
    """Which parameters enter linearly, all of these together: second derivatives are zero as expressions."""
    jumps: tuple[bool, ...]
    """Which parameters move places where the model jumps, as x0 of `x < x0 ? a : b`: derivatives do not see that."""
    still: tuple[bool, ...]
    """Which of these do nothing else: their derivative is 0 as an expression."""

    @property
    def names(self) -> list[str]:
        return [parameter.name for parameter in self.parameters]


def pose(
    model: Model,
    columns: Collection[str],
    parameters: Sequence[Parameter],
    fixed: Mapping[str, float],
    *,
    sigma: str | None = None,
    weights: str | None = None,
    robust: str | None = None,
) -> Problem:
    """The problem of a formula. `sigma` and `weights` are quantities (see `quantities`), `robust` is one of LOSSES.

    Raises UsageError where the response is no column, or the model has no parameter.
    """
    assert model.response is not None
    graph = with_room(model.graph)
    symbols = Symbols(graph)
    multiply, subtract = symbols.operation("mul"), symbols.operation("sub")
    _check_response(model, columns, {parameter.name for parameter in parameters})
    inputs = graph.inputs()
    nodes = [inputs[parameter.name] for parameter in parameters]
    slopes = column_derivatives(graph, model.output, nodes, columns)
    residual = subtract(model.response, model.output)
    weight = root = symbols.constant(1.0)
    if sigma is not None:
        root = symbols.operation("div")(root, node_of(graph, sigma, columns))
        weight = multiply(root, root)
    elif weights is not None:
        weight = node_of(graph, weights, columns)
        root = symbols.operation("sqrt")(weight)
    residual = multiply(residual, root)
    jacobian = tuple(multiply(slope, root) for slope in slopes)
    loss, pull, reweighted = multiply(residual, residual), residual, jacobian
    psi, bend = residual, symbols.constant(1.0)
    if robust is not None:
        scale = graph.input(SCALE)
        ratio = symbols.operation("div")(residual, scale)
        square = multiply(ratio, ratio)
        value, factor, bend = (bind(formula, ("u",), symbols)((square,)) for formula in LOSSES[robust][:3])
        loss = multiply(multiply(scale, scale), value)
        psi = multiply(residual, factor)
        factor = symbols.operation("sqrt")(factor)
        pull = multiply(residual, factor)
        reweighted = tuple(multiply(node, factor) for node in jacobian)
    jumps = jumping(graph, model.output, nodes)
    linear = _linear(graph, slopes, nodes, parameters, jumps)
    still = _still(graph, slopes, jumps)
    return Problem(
        model, graph, columns, tuple(parameters), fixed, model.response, weight, residual, loss, jacobian, pull,
        reweighted, psi, bend, sigma, weights, linear, jumps, still,
    )  # fmt: skip


def _still(graph: Graph, slopes: Sequence[int], jumps: Sequence[bool]) -> tuple[bool, ...]:
    if not any(jumps):
        return tuple(jumps)
    simple, found = simplify(graph, list(slopes), {})
    return tuple(jump and simple.number(slope) == 0 for jump, slope in zip(jumps, found, strict=True))


def linear_without_bounds(problem: Problem) -> tuple[bool, ...]:
    """Which parameters enter linearly together, those held in an interval among them."""
    nodes = [problem.graph.inputs()[name] for name in problem.names]
    free = [Parameter(parameter.name, parameter.start) for parameter in problem.parameters]
    return _linear(problem.graph, problem.jacobian, nodes, free, problem.jumps)


def _check_response(model: Model, columns: Collection[str], parameters: Collection[str]) -> None:
    assert model.response is not None
    graph = model.graph
    text = write(graph, model.response, limit=40)
    used = [graph.name(node) for node in cone(graph, [model.response])]
    missing = [name for name in used if name in parameters]
    if missing:
        what = f"there is no column {missing[0]}, which the response {text} needs"
        raise UsageError(what, hint=f"give a list, --{missing[0]} 1,2,3, or --data FILE")
    if not Shapes(graph, columns).is_column(model.response):
        raise UsageError(f"the response {text} is one number, not a column", hint="give a list or --data FILE")


_LARGE = 20_000
"""Nodes beyond which derivatives are not simplified to see that a parameter has gone from them."""


def _linear(
    graph: Graph,
    slopes: Sequence[int],
    nodes: Sequence[int],
    parameters: Sequence[Parameter],
    jumps: Sequence[bool],
) -> tuple[bool, ...]:
    """Greedily, which parameters enter linearly together: no derivative with respect to one of them depends on any.
    Those held in an interval are not solved for as the others are, and what moves jumps is not linear."""
    if len(graph) <= _LARGE:
        graph, slopes = simplify(graph, list(slopes), {}, digits=True, last=False)
    uses = [{graph.name(node) for node in cone(graph, [slope])} for slope in slopes]
    chosen: list[int] = []
    for k, parameter in enumerate(parameters):
        group = [*chosen, k]
        bounded = parameter.low > -inf or parameter.high < inf
        if not bounded and not jumps[k] and not any(parameters[j].name in uses[i] for i in group for j in group):
            chosen = group
    return tuple(k in chosen for k in range(len(nodes)))
