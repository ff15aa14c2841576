"""Groups reduced by compiled sums of products, beside those of the interpreter, which go through QR."""

from __future__ import annotations

from math import inf
from typing import Any

import numpy as np
import pytest

import exprgrad
from exprgrad.jobs.fit.groups.many import reduced
from exprgrad.jobs.fit.groups.many.fits import Many
from exprgrad.jobs.fit.groups.many.pieces import Piece
from tests.jobs.fit.groups.test_groups import DATA

SIZES = np.random.default_rng(8).integers(3, 90, 40)
RUN = np.repeat(np.arange(40.0), SIZES)
X = np.random.default_rng(9).uniform(0.1, 6, len(RUN))
NOISE = np.random.default_rng(10).normal(0, 0.01, len(RUN))
RAGGED = {"run": RUN, "x": X, "y": 2 * np.exp(-(0.7 + RUN / 100) * X) + 0.1 * RUN + NOISE, "s": 1 + X}
LONG = {name: column[SIZES[RUN.astype(int)] >= 30] for name, column in RAGGED.items()}
STARTS = {"a": 1, "b": 1, "c": 0}
UNDERFLOWS = "y ~ a*exp(-22*x^2) + c + b*x"

CASES: dict[str, tuple[str, dict[str, Any]]] = {
    "groups of any length": ("y ~ a*exp(-b*x) + c", STARTS),
    "weighed": ("y ~ a*exp(-b*x) + c", {**STARTS, "sigma": "s", "absolute": True}),
    "at a bound": ("y ~ a*exp(-b*x) + c", {**STARTS, "bound": {"b": (0.8, 1.0)}}),
    "a start without slopes": ("y ~ a*exp(-b*x) + c", {"a": 0, "b": 1, "c": 0}),
    "one column is a number": ("y ~ a + b*x", {}),
    "nearly dependent columns": ("y ~ a + b*(x + 100) + c*(x + 100)^2", {}),
    "slopes that underflow": (UNDERFLOWS, {}),
}


@pytest.mark.parametrize("name", CASES)
def test_as_by_qr(name: str) -> None:
    formula, more = CASES[name]
    rows = LONG if formula == UNDERFLOWS else RAGGED
    mine, other = (
        exprgrad.fit(formula, rows, by="run", backend=backend, **more) for backend in ("llvm", "interpreter")
    )
    for group, by_qr in zip(mine.groups, other.groups, strict=True):
        assert (group.stopped, group.notes) == (by_qr.stopped, by_qr.notes)
        for one, expected in zip(group.parameters.values(), by_qr.parameters.values(), strict=True):
            near = 1e-6 * expected.std_error if expected.std_error > 0 else 1e-9
            assert one.value == pytest.approx(expected.value, rel=1e-12, abs=near)
            assert one.std_error == pytest.approx(expected.std_error, rel=1e-7, nan_ok=True)


WAYS: dict[str, tuple[dict[str, Any], bool]] = {
    "ordinary": ({}, True),
    "steps are damped": ({"b": 0.1}, True),
    "a tolerance": ({"tolerance": 1e-12}, True),
    "at a bound": ({"bound": {"b": (0.8, 1.0)}}, False),
}


@pytest.mark.parametrize("name", WAYS)
def test_which_groups_go_the_common_way(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """All of these but those that it does not know."""
    more, common = WAYS[name]
    careful, left = Many._any, list[int]()

    def counted(self: Many, options: Any, piece: Piece, start: Any, known: Any) -> Any:
        left.append(len(piece.places))
        return careful(self, options, piece, start, known)

    monkeypatch.setattr(Many, "_any", counted)
    found = exprgrad.fit("y ~ a*exp(-b*x) + c", LONG, by="run", backend="llvm", **{**STARTS, **more})
    assert (left == []) is common
    if common:
        expected = exprgrad.fit("y ~ a*exp(-b*x) + c", LONG, by="run", backend="llvm", **STARTS)
        for group, other in zip(found.groups, expected.groups, strict=True):
            for one, value in zip(group.parameters.values(), other.parameters.values(), strict=True):
                assert one.value == pytest.approx(value.value, rel=1e-11)


@pytest.mark.parametrize("share", [(), ("b",)])
def test_neither_threads_nor_other_groups_change_a_bit(share: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    """Shared parameters are found of all groups, so there only the threads may differ."""
    formula = "y ~ a*exp(-b*x) + c"
    first, second = (
        exprgrad.fit(formula, {**DATA, **STARTS}, by="run", share=share, backend="llvm", threads=threads)
        for threads in (1, 2)
    )
    assert repr(first) == repr(second)
    if not share:
        monkeypatch.setattr("exprgrad.jobs.fit.groups.many.pieces.ROWS", 100)
        kept = DATA["run"] >= 20
        some = {name: column[kept] for name, column in DATA.items()}
        fewer = exprgrad.fit(formula, {**some, **STARTS}, by="run", backend="llvm")
        assert fewer.groups == first.groups[20:]


def test_triangles_have_all_digits() -> None:
    """Of columns that are nearly dependent, once they have been divided by their triangle."""
    monomials = " + ".join(f"p{k}*x^{k}" for k in range(5))
    found: list[reduced.Reduction] = []
    call = reduced.Reduction.__call__

    def kept(self: reduced.Reduction, which: Any, values: Any) -> Any:
        found.append(self)
        return call(self, which, values)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reduced.Reduction, "__call__", kept)
        exprgrad.fit(f"y ~ {monomials}", RAGGED, by="run", backend="llvm")
    reduction = max(found, key=lambda each: len(each.piece.places))
    every = np.arange(len(reduction.piece.places))
    values = np.zeros((5, len(every)))
    reduction(every, values)
    mine, by_qr = reduction(every, values), Piece.decomposed(reduction.piece, every, reduction.kernel, values)
    squares = [np.einsum("kig,kjg->gij", each.triangle, each.triangle) for each in (mine, by_qr)]
    sizes = np.sqrt(np.einsum("gii->gi", squares[1]))
    assert (np.abs(squares[0] - squares[1]) <= 1e-13 * sizes[:, :, None] * sizes[:, None]).all()
    smallest = [np.abs(each.triangle[-1, -1]) for each in (mine, by_qr)]
    assert smallest[0] == pytest.approx(smallest[1], rel=1e-9)
    assert (by_qr.cost < inf).all()


def test_groups_are_made_when_they_are_asked_for() -> None:
    found = exprgrad.fit("y ~ a*exp(-b*x) + c", {**RAGGED, **STARTS}, by="run", backend="llvm")
    assert found.groups[-1] == found.groups[39] == list(found.groups)[39] == found.groups[38:][1]
    assert (len(found.groups), found.groups.index(found.groups[3])) == (40, 3)
    assert found.rss == pytest.approx(sum(group.rss for group in found.groups))
    assert (found.n, found.dof) == (len(RUN), sum(group.dof for group in found.groups))
    with pytest.raises(IndexError):
        found.groups[40]
