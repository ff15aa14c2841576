"""Trials on a cluster: the bits of one machine."""

from __future__ import annotations

import pytest

import exprgrad
from exprgrad.cluster.connection import Connection
from exprgrad.cluster.trials import Workers
from exprgrad.distributions.read import uncertain
from exprgrad.errors import NumbersError
from exprgrad.jobs.uncertainty.montecarlo import course
from exprgrad.jobs.uncertainty.montecarlo.wanted import Wanted
from exprgrad.jobs.uncertainty.request import Request
from exprgrad.jobs.uncertainty.run import uncertainty
from exprgrad.quantities.quantities import Quantities

TRIALS = 2_000_001


def test_the_bits_are_those_of_one_machine(workers: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    """Trials that are kept, and trials that are counted where they are made; an error is that of the first trial."""
    monkeypatch.setattr(course, "KEPT", 400_000)
    lowered, lost = exprgrad.parse("p = x*y; q = x - y").lowered, exprgrad.parse("log(x)").lowered
    x = uncertain("1±0.3", "--x")
    given = Quantities({"x": x, "y": uncertain("trapezoid(0, 1, 2, 4)", "--y")}, {("x", "y"): 0.4})
    own = Request(montecarlo=Wanted(TRIALS, seed=7))
    far = Request(montecarlo=Wanted(TRIALS, seed=7, machine=Workers(workers)))
    assert uncertainty(lowered, given, far).montecarlo == uncertainty(lowered, given, own).montecarlo
    faults = []
    for request in (own, far):
        with pytest.raises(NumbersError) as fault:
            uncertainty(lost, Quantities({"x": x}), request)
        faults.append(str(fault.value))
    assert faults[0] == faults[1]
