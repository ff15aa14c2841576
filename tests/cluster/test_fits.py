"""Fits on a cluster: the bits of one machine, for all that a fit can be asked for."""

from __future__ import annotations

import os
import signal
from threading import Timer

import numpy as np
import pytest

import exprgrad
from exprgrad.backends.engine import Engine
from exprgrad.cluster.backend import Resident
from exprgrad.cluster.connection import Connection
from exprgrad.data.parts.divide import divide
from exprgrad.data.parts.files import matching
from exprgrad.data.source import TableSource
from exprgrad.data.table import open_table
from exprgrad.jobs.fit.groups import far
from exprgrad.jobs.fit.quantities.quantity import beside
from exprgrad.jobs.fit.request import Request
from tests.cluster.machines import processes

SIZES = [3000, 1, 1500]
DECAY, LINE = "y ~ a*exp(-b*x) + c", "y ~ a*x + b"
STARTS = {"a": 1.0, "b": 1.0, "c": 0.0}


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Three files of unequal size: a decay with errors in both columns, in groups."""
    folder, random = tmp_path_factory.mktemp("files"), np.random.default_rng(5)
    for k, size in enumerate(SIZES):
        x, s, u = random.uniform(0, 5, size), random.uniform(0.02, 0.05, size), random.uniform(0.01, 0.03, size)
        y = 2 * np.exp(-0.7 * (x + u * random.normal(size=size))) + 0.3 + s * random.normal(size=size)
        rows = np.column_stack([x, y, s, u, random.integers(0, 40, size)])
        np.savetxt(folder / f"{k}.csv", rows, "%.17g", ",", header="x,y,s,u,g", comments="")
    return matching([f"{folder}/*.csv"])


@pytest.fixture(autouse=True)
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """Several for each worker."""
    monkeypatch.setattr(far, "_PIECE", 700)
    monkeypatch.setattr(far, "_GROUPS", 3)


def fitted(
    files: list[str], connection: Connection | None, request: Request, text: str = DECAY, **starts: float
) -> str:
    """All that the result has."""
    table = open_table(files, nulls="error")
    source = TableSource(table, {name: name for name in ("x", "y", *beside(request), *request.by)})
    resident = Resident(connection, divide(table), source.columns, "error") if connection else None
    engine = Engine(cluster=resident)
    expression = exprgrad.parse(text, formula=True)
    if request.by:
        found = expression.fit_groups(request, starts, source, engine)
        return repr((*found, *found.groups))
    return repr((*expression.fit(starts, request, source, engine),))


ERRORS = Request(sigma="s", absolute=True, sigma_x={"x": "u"}, sigma_xy={"x": 0.3})
GROUPS = Request(by=("g",))
BOOTSTRAP = Request(intervals="bootstrap", resamples=4)
CHEAP = {"errors in x": ERRORS, "bootstrap": BOOTSTRAP, "groups": GROUPS, "shared": GROUPS._replace(share=("b",))}
CASES = {
    "groups, shared": GROUPS._replace(share=("b",)),
    "groups, shared, without starts": GROUPS._replace(share=("b", "c"), weights="1/s"),
    "groups, robust": GROUPS._replace(robust="huber"),
    "groups without starts": GROUPS._replace(weights="1/s"),
    "without starts": Request(),
    "plain": Request(),
    "weights": Request(weights="1/s"),
    "robust": Request(robust="huber"),
    "student": Request(likelihood="student"),
    "constraints": Request(where=("a < b + 1",), prior=("a = 2±0.1",)),
    "profile": Request(intervals="profile"),
    "errors in x": Request(weights="1/s", sigma_x={"x": 0.02}),
    "bootstrap, robust": BOOTSTRAP._replace(robust="huber"),
    "bootstrap, student": BOOTSTRAP._replace(likelihood="student"),
}


@pytest.mark.long
@pytest.mark.parametrize("case", CASES)
def test_the_bits_are_those_of_one_machine(workers: Connection, files: list[str], case: str) -> None:
    starts = {} if "without starts" in case else STARTS
    assert fitted(files, workers, CASES[case], DECAY, **starts) == fitted(files, None, CASES[case], DECAY, **starts)


@pytest.mark.parametrize("request_", CHEAP.values(), ids=CHEAP)
def test_a_line_has_the_bits_of_one_machine(workers: Connection, files: list[str], request_: Request) -> None:
    assert fitted(files, workers, request_, LINE) == fitted(files, None, request_, LINE)


@pytest.mark.long
@pytest.mark.parametrize("request_", CHEAP.values(), ids=CHEAP)
def test_a_worker_that_is_killed_changes_nothing(workers: Connection, files: list[str], request_: Request) -> None:
    expected = fitted(files, None, request_, LINE)
    for moment in (0.0, 0.1, 0.4):
        timer = Timer(moment, os.kill, (processes(workers)[0], signal.SIGKILL))
        timer.start()
        assert fitted(files, workers, request_, LINE) == expected
        timer.join()
