"""The five expressions that `benchmarks.kernels` times: text, parameters and columns."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any

from benchmarks.expression import Tree, grow

Columns = dict[str, Any]
"""Arrays of float64 of shape (rows,), by the names of the variables."""


@dataclass(frozen=True)
class Workload:
    """An expression over columns and scalars; `columns(rng, rows)` draws the data."""

    name: str
    title: str
    text: str
    parameters: dict[str, float]
    draw: Callable[[Any, int], Columns]

    def columns(self, rows: int) -> Columns:
        """The columns, the same in every process."""
        import numpy

        return self.draw(numpy.random.default_rng(20), rows)


def _logistic(rng: Any, rows: int) -> Columns:
    x1, x2 = rng.normal(size=(2, rows))
    return {"x1": x1, "x2": x2, "y": rng.choice([-1.0, 1.0], rows)}


def _polynomial(rng: Any, rows: int) -> Columns:
    return {"x": rng.uniform(-1, 1, rows)}


def _gauss(rng: Any, rows: int) -> Columns:
    """A sample in the manner of Gauss1 of NIST's StRD: x from 1 to 250, its model, and noise of 2.5."""
    import numpy

    x = rng.uniform(1, 250, rows)
    y = 98.8 * numpy.exp(-0.0105 * x) + 100.5 * numpy.exp(-(((x - 67.5) / 23.1) ** 2))
    return {"x": x, "y": y + 72.0 * numpy.exp(-(((x - 179) / 18.4) ** 2)) + rng.normal(0, 2.5, rows)}


def _network(rng: Any, rows: int) -> Columns:
    x1, x2, y = rng.normal(size=(3, rows))
    return {"x1": x1, "x2": x2, "y": y}


def _random(rng: Any, rows: int) -> Columns:
    return {name: rng.uniform(*RANDOM_COLUMNS[name], rows) for name in RANDOM_COLUMNS}


RANDOM_COLUMNS = {"x1": (-1.0, 1.0), "x2": (-1.0, 1.0), "x3": (0.5, 2.0), "x4": (0.5, 2.0)}
RANDOM_PARAMETERS = {"w1": 0.3, "w2": 0.5, "w3": 0.7, "w4": 0.9, "w5": 1.1, "w6": 1.3}


def random_tree(seed: int = 24, operations: int = 190) -> Tree:
    """The random expression: 190 operations, no two the same (with this seed), and 10 leaves: 200 nodes."""
    leaves = {**RANDOM_COLUMNS, **dict.fromkeys(RANDOM_PARAMETERS, (0.25, 1.75))}
    return grow(operations, leaves, Random(seed))


def large_text() -> str:
    """The mean of a sum of 1055 small ones: 20,000 nodes."""
    return f"mean({' + '.join(str(random_tree(seed, 25)) for seed in range(1055))})"


WORKLOADS: dict[str, Workload] = {
    workload.name: workload
    for workload in (
        Workload(
            "logistic",
            "(a) logistic loss, 3 columns, 3 parameters",
            "mean(softplus(-y*(w1*x1+w2*x2+b)))",
            {"w1": 0.1, "w2": -0.2, "b": 0.3},
            _logistic,
        ),
        Workload(
            "polynomial",
            "(b) squared error of a polynomial of degree 5, 1 column, 6 parameters",
            "mean((c0+x*(c1+x*(c2+x*(c3+x*(c4+x*c5))))-abs(x))^2)",
            {"c0": 0.1, "c1": 0.2, "c2": 1.5, "c3": -0.3, "c4": -0.7, "c5": 0.05},
            _polynomial,
        ),
        Workload(
            "gauss",
            "(c) squared error of two Gaussians and an exponential, 2 columns, 8 parameters",
            "mean((b1*exp(-b2*x)+b3*exp(-((x-b4)/b5)^2)+b6*exp(-((x-b7)/b8)^2)-y)^2)",
            {"b1": 97.0, "b2": 0.009, "b3": 100.0, "b4": 65.0, "b5": 20.0, "b6": 70.0, "b7": 178.0, "b8": 16.5},
            _gauss,
        ),
        Workload(
            "network",
            "(d) squared error of a relu and a gelu, 3 columns, 2 parameters",
            "mean((relu(x1*w1)+gelu(x2*w2)-y)^2)",
            {"w1": 0.8, "w2": 1.2},
            _network,
        ),
        Workload(
            "random",
            "(e) mean of a random expression of 200 nodes, 4 columns, 6 parameters",
            f"mean({random_tree()})",
            RANDOM_PARAMETERS,
            _random,
        ),
    )
}
