"""The residual of a row as a function of where the row truly is.

A column x with standard deviations s has true values x - s*z, and z is what the row was measured wrong by, in units of
s. The residual g = (response - model)/sigma is then a function of z and of the parameters, and a row costs

    min over z of |z|^2 + g(z)^2

which is the sum of squares of both errors, each in units of its own. Where the error of x has the correlation r with
that of the response, what of the response's error is not explained by z is left: g = (residual - r*z)/sqrt(1 - r^2)
(the Cholesky factor of the errors' covariance, x first), which is the sum of York's (1968, Earth and Planetary Science
Letters 5).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from exprgrad.autodiff.columns import column_derivatives
from exprgrad.columns.shapes import Shapes
from exprgrad.errors import UsageError
from exprgrad.functions.table import REDUCTIONS, SCANS
from exprgrad.graph.graph import Graph
from exprgrad.graph.lower import Model, lower
from exprgrad.graph.reach import cone, copied
from exprgrad.graph.symbols import Symbols
from exprgrad.jobs.fit.problem import Parameter, Problem, pose
from exprgrad.jobs.fit.request import Request
from exprgrad.syntax import parse

Nodes = tuple[int, ...]


@dataclass(frozen=True)
class Latent:
    """Nodes of the problem's graph, for m columns with errors and p parameters."""

    problem: Problem
    """Of the model at the true places."""
    names: tuple[str, ...]
    """The variables z [m]: no name of the language looks like these."""
    residual: int
    """g"""
    along: Nodes
    """dg/dz [m]"""
    bends: tuple[Nodes, ...]
    """d2g/dz2 [m][m], the upper triangle: row k holds columns k and on."""
    jacobian: Nodes
    """dg/d parameter [p]"""
    true: Nodes
    """The true places of the columns with errors [m]."""


def latent(
    model: Model,
    columns: Collection[str],
    parameters: Sequence[Parameter],
    fixed: Mapping[str, float],
    request: Request,
) -> Latent:
    """Raises UsageError for errors of what is no column of the model, or of what stands in the response or a fold."""
    names = tuple(f"#latent {name}" for name in request.sigma_x)
    moved = _moved(model, columns, request)
    known = [*columns, *names]
    problem = pose(moved, known, parameters, fixed, sigma=request.sigma, weights=request.weights)
    graph, symbols = problem.graph, Symbols(problem.graph)
    apply = symbols.operation
    residual, jacobian = problem.residual, tuple(apply("neg")(slope) for slope in problem.jacobian)
    if request.sigma_xy:
        explained, share = symbols.constant(0.0), symbols.constant(1.0)
        for name, text in request.sigma_xy.items():
            r = written(graph, text, columns, "--sigma-xy")
            z = graph.input(f"#latent {name}")
            explained = apply("add")(explained, apply("mul")(r, z))
            share = apply("sub")(share, apply("mul")(r, r))
        root = apply("sqrt")(share)
        residual = apply("div")(apply("sub")(residual, explained), root)
        jacobian = tuple(apply("div")(slope, root) for slope in jacobian)
    true = tuple(_true(graph, name, spread, columns) for name, spread in request.sigma_x.items())
    if not SCANS.isdisjoint(graph.operations):
        what = "--sigma-x: a running sum mixes the rows, and errors in x are found row by row"
        raise UsageError(what, hint="make the running sum a column of the data first, with exprgrad map")
    places = [graph.input(name) for name in names]
    along = tuple(column_derivatives(graph, residual, places, known))
    bends = tuple(tuple(column_derivatives(graph, slope, places[k:], known)) for k, slope in enumerate(along))
    return Latent(problem, names, residual, along, bends, jacobian, true)


def _moved(model: Model, columns: Collection[str], request: Request) -> Model:
    """The model at the true places."""
    assert model.response is not None
    old, new = model.graph, Graph()
    new.limit = old.limit
    inputs = old.inputs()
    used, observed = cone(old, [model.output]), cone(old, [model.response])
    for name in request.sigma_x:
        if name not in columns or inputs.get(name) not in used:
            known = [each for each, node in inputs.items() if each in columns and node in used]
            raise UsageError(
                f"--sigma-x: {name} is no column of the model", hint=f"its columns are {', '.join(known) or 'none'}"
            )
        if inputs[name] in observed:
            what = f"--sigma-x: {name} stands in the response, too, where its error would count twice"
            raise UsageError(what, hint=f"write the formula so that {name} stands right of the ~ alone")
        _check_folds(old, model.output, name, columns)
    found: dict[int, int] = {}
    for node in sorted(used | observed):
        new.span = old.source_span(node)
        found[node] = new.like(old, node, [found[operand] for operand in old.operands[node]])
        name = old.name(node) or ""
        if name in request.sigma_x:
            found[node] = _true(new, name, request.sigma_x[name], columns)
    labels = {found[node]: label for node, label in model.labels.items() if node in found}
    return model._replace(
        graph=new, output=found[model.output], response=found[model.response], intermediates={}, labels=labels
    )


def _true(graph: Graph, name: str, spread: str | float, columns: Collection[str]) -> int:
    """The node of a column's true values, x - s*z."""
    apply = Symbols(graph).operation
    error = apply("mul")(written(graph, spread, columns, "--sigma-x"), graph.input(f"#latent {name}"))
    return apply("sub")(graph.input(name), error)


def _check_folds(graph: Graph, output: int, name: str, columns: Collection[str]) -> None:
    """Raise UsageError where all rows of a column with errors go into one number: rows can then not be solved one by
    one."""
    shapes, place = Shapes(graph, columns), graph.inputs()[name]
    for node in cone(graph, [output]):
        operation = graph.operations[node]
        if operation in REDUCTIONS and shapes.folds(node) and place in cone(graph, [node]):
            what = f"--sigma-x: the model takes the {operation} of {name}, and errors in {name} would mix the rows"
            raise UsageError(what, hint=f"write the {operation} as a number, or leave {name} out of --sigma-x")


def written(graph: Graph, text: str | float, columns: Collection[str], option: str) -> int:
    """The node of a number, a column or an expression of columns. Raises UsageError where it uses anything else."""
    if not isinstance(text, str):
        return graph.constant(float(text))
    model = lower(parse(text, option))
    if strange := [name for name in model.graph.inputs() if name not in columns]:
        raise UsageError(f"{option}: there is no column {strange[0]}", hint="give a number, a column or an expression")
    return copied(model.graph, graph, [model.output])[model.output]
