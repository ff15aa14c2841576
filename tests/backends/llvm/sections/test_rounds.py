"""Rounds over sections of rows: what each section does depends on its own sums alone."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pytest
from numpy.typing import NDArray

from exprgrad.backends.engine import Engine
from exprgrad.backends.llvm.sections.rounds import Round, Seldom, State
from exprgrad.backends.llvm.sections.stage import RoundStage, SectionStage
from exprgrad.backends.prepared import Prepared
from exprgrad.columns.memory import Columns
from exprgrad.graph.graph import Graph
from exprgrad.graph.operators import Node
from exprgrad.graph.symbols import Symbols

SIZES = np.array([1, 3, 8, 9, 16, 100, 129, 300, 7, 2, 5])
STARTS = np.append(0, np.cumsum(SIZES))
X = np.random.default_rng(3).uniform(0.5, 2, STARTS[-1])


class Rows(NamedTuple):
    columns: dict[str, NDArray[np.float64]]
    starts: NDArray[np.int64]


def stage() -> SectionStage:
    """The sums over sections of the squares and products of x and x - m."""
    graph = Graph()
    symbols = Symbols(graph)
    x, m = (Node(symbols, graph.input(name)) for name in "xm")
    nodes = [x.node, (x - m).node]
    source = Columns({"x": np.zeros(1), "m": np.zeros(1)})
    prepared = Prepared(graph, nodes, source, Engine("llvm", 1), 1)
    plan = prepared.plan
    return SectionStage(plan.graph, plan.stages[-1], plan.wanted, ["m"], {})


def doubling() -> Round:
    """m is doubled until the squares of x - m exceed a limit; from 8 on, by a detour, it grows by 1 instead."""
    graph = Graph()
    symbols = Symbols(graph)
    names = ["xx", "xr", "rr", "flagged", "m", "shape", "limit", "count", "slow"]
    xx, xr, rr, flagged, m, shape, limit, count, slow = (Node(symbols, graph.input(name)) for name in names)
    states = (
        State(m.node, (rr <= limit).where(slow, m).node, None, kept=True),
        State(shape.node, shape.node, 1.0),
        State(limit.node, limit.node, None),
        State(count.node, (count + 1).node, 0.0, kept=True),
    )
    seldom = Seldom((m >= 8).node, ((slow.node, (m + 1).node, (2 * m).node),))
    sums = tuple(each.node for each in (xx, xr, rr, flagged))
    return Round(graph, sums, states, 1, (rr <= limit).node, seldom)


def expected(section: int, m: float, limit: float) -> tuple[float, float]:
    rows, count = X[STARTS[section] : STARTS[section + 1]], 0.0
    while True:
        count += 1
        if ((rows - m) ** 2).sum() > limit:
            return m, count
        m = m + 1 if m >= 8 else 2 * m


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("chosen", [[5], [*range(11)], [0, 2, 3, 5, 6, 7, 8, 9, 10]])
def test_each_section_ends_by_itself(chosen: list[int], threads: int) -> None:
    rows, which = Rows({"x": X}, STARTS), np.array(chosen)
    first = np.array([0.25 + which / 10, 20.0 * SIZES[which] * (1 + which % 3)])
    found = RoundStage(doubling()).run(stage(), rows, which, first, threads)
    wanted = [expected(int(k), *numbers) for k, numbers in zip(which, first.T.tolist(), strict=True)]
    assert found.T.tolist() == [list(each) for each in wanted]
    assert len({count for _, count in wanted}) > 1 or len(chosen) == 1


def test_none_chosen() -> None:
    none = np.empty(0, np.int64)
    assert RoundStage(doubling()).run(stage(), Rows({"x": X}, STARTS), none, np.empty((2, 0)), 1).shape == (2, 0)


def test_sums_are_those_of_numpy() -> None:
    """Whatever the lengths of sections, which are computed in strips."""
    which = np.arange(len(SIZES))
    means = np.linspace(0.5, 1.5, len(which))[None]
    sums, flagged = stage().fold(Rows({"x": X}, STARTS), which, means, np.full((1, len(which)), 2.0), 1)
    for k in which:
        rows = X[STARTS[k] : STARTS[k + 1]]
        rest = rows - means[0, k]
        squares = (4 * rows @ rows, 2 * rows @ rest, rest @ rest)
        assert sums[:, k] == pytest.approx(squares, rel=1e-13)
    assert not len(flagged)
