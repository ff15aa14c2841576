"""Terms of second order, from exact derivatives: for results that are not linear over the uncertainties of the inputs.

For normal inputs with covariance S, the gradient g, the Hessian H and the third derivatives T of a result, to the next
order in the uncertainties (JCGM 100:2008, note to 5.1.2, which has it for independent inputs):

    expectation   f + tr(H S)/2
    variance      g'S g + tr(H S H S)/2 + sum over i, j, k, l of g_i S_ij T_jkl S_kl
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import fsum, isfinite, sqrt

from exprgrad.autodiff.series import series
from exprgrad.backends import careful
from exprgrad.errors import NumbersError
from exprgrad.functions.numerics.far import rounded
from exprgrad.functions.wide import WIDE
from exprgrad.graph.graph import Graph
from exprgrad.jobs.uncertainty.linear.propagation import Slopes, standard_uncertainty
from exprgrad.quantities.quantities import Quantities
from exprgrad.quantities.slopes import ADVICE


def second_order(
    graph: Graph, output: int, numbers: Mapping[str, float], slopes: Slopes, quantities: Quantities
) -> tuple[float, float]:
    """What curvature adds to the value, and the standard uncertainty. Raises NumbersError where a derivative is not
    finite, and where the terms take more from the variance than it has."""
    names = [name for name in slopes if quantities.values[name].uncertainty]
    nodes = [graph.inputs()[name] for name in names]
    sizes = [quantities.values[name].uncertainty for name in names]
    hessian = careful.hessian(graph, output, numbers, nodes)
    scaled = [
        [hessian[i][j] * u * v for j, v in enumerate(sizes)] for i, u in enumerate(sizes)
    ]  # as if all uncertainties were 1
    factor = _factor([[quantities.correlation(a, b) for b in names] for a in names])
    turned = _between(factor, scaled)  # as if all inputs were independent, too
    bias = fsum(turned[k][k] for k in range(len(names))) / 2
    square = fsum(cell * cell for row in turned for cell in row) / 2
    third = _third(graph, output, numbers, nodes, _moves(names, sizes, slopes, factor), sizes, factor)
    total = standard_uncertainty(slopes, quantities) ** 2 + square + third
    if not (isfinite(total) and isfinite(bias)):
        raise NumbersError("a derivative of second or third order is not finite", hint=ADVICE)
    if total < 0:
        said = "the terms of second order leave no variance: the result is too far from linear for them"
        raise NumbersError(said, hint="propagate the distributions with --montecarlo")
    return bias, sqrt(total)


def _moves(names: Sequence[str], sizes: Sequence[float], slopes: Slopes, factor: list[list[float]]) -> list[float]:
    """S g, the direction in which the third derivatives are wanted."""
    weighed = [slopes[name] * size for name, size in zip(names, sizes, strict=True)]
    inner = [fsum(factor[i][k] * weighed[i] for i in range(len(names))) for k in range(len(names))]
    return [size * fsum(map(_product, factor[i], inner)) for i, size in enumerate(sizes)]


def _third(
    graph: Graph,
    output: int,
    numbers: Mapping[str, float],
    nodes: Sequence[int],
    along: Sequence[float],
    sizes: Sequence[float],
    factor: list[list[float]],
) -> float:
    """The sum of D3f(v, w, w) over the columns w of a factor of S, where v = S g. It comes from third derivatives along
    lines: D3f(v, w, w) = (P(v + w) + P(v - w) - 2P(v))/6, where P(v) = D3f(v, v, v)."""
    if not any(along):
        return 0.0
    values = careful.evaluate(graph, numbers)

    def along_line(direction: Sequence[float]) -> float:
        rates = {node: rate for node, rate in zip(nodes, direction, strict=True) if rate}
        (terms,) = series(graph, values, WIDE, rates, 3, [output])
        return 0.0 if terms[3] is None else rounded(terms[3])

    length = max(abs(v / size) for v, size in zip(along, sizes, strict=True))
    unit = [v / length for v in along]  # as long as the columns are, so that the three terms are alike
    own, total = along_line(unit), []
    for k in range(len(nodes)):
        column = [size * factor[i][k] for i, size in enumerate(sizes)]
        plus = along_line([v + w for v, w in zip(unit, column, strict=True)])
        minus = along_line([v - w for v, w in zip(unit, column, strict=True)])
        total.append((plus + minus - 2 * own) / 6 * length)
    return fsum(total)


def _factor(matrix: list[list[float]]) -> list[list[float]]:
    """A lower triangular factor of a correlation matrix that is positive semidefinite."""
    size = len(matrix)
    found = [[0.0] * size for _ in range(size)]
    for i in range(size):
        for j in range(i + 1):
            rest = matrix[i][j] - fsum(found[i][k] * found[j][k] for k in range(j))
            found[i][j] = sqrt(max(rest, 0.0)) if i == j else rest / found[j][j] if found[j][j] > 1e-9 else 0.0
    return found


def _between(factor: list[list[float]], matrix: list[list[float]]) -> list[list[float]]:
    """L'M L."""
    size = range(len(matrix))
    right = [[fsum(matrix[i][j] * factor[j][k] for j in size) for k in size] for i in size]
    return [[fsum(factor[i][m] * right[i][k] for i in size) for k in size] for m in size]


def _product(x: float, y: float) -> float:
    return x * y
