"""References stay within their effort: no call of mpmath or FLINT can be ended, so a long one is not begun.

The clocks here are set by hand."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from exprgrad import parse
from exprgrad.jobs.check import precise, proof
from exprgrad.jobs.check.digits import Number, mp
from exprgrad.jobs.check.meanings import psi
from exprgrad.jobs.check.precise import Exact, ExhaustedError, Precise
from exprgrad.jobs.check.proof import Proofs


class Clock:
    """The time of the processor."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_function_that_would_take_longer_than_is_left_is_not_begun(monkeypatch: pytest.MonkeyPatch) -> None:
    clock, begun = Clock(), list[int]()

    def operation(self: Precise, name: str) -> Callable[..., Number]:
        def slow(x: Number) -> Number:
            begun.append(mp.prec)
            clock.now += (mp.prec / 1000) ** 2.5 if name == "zeta" else 0.0
            return x

        return slow

    monkeypatch.setattr(precise, "process_time", clock)
    monkeypatch.setattr(Precise, "operation", operation)
    arithmetic = Exact(8.0)
    for bits in (1000, 2000, 4000):
        with mp.workprec(bits):
            arithmetic.operation("exp")(1)
            compute = arithmetic.operation("zeta")
            if bits == 4000:
                with pytest.raises(ExhaustedError):
                    compute(1)
            else:
                compute(1)
    assert begun == [1000, 1000, 2000, 2000, 4000]


def test_all_proofs_together_have_an_effort(monkeypatch: pytest.MonkeyPatch) -> None:
    settle = pytest.importorskip("exprgrad.backends.balls.settle")
    clock, begun = Clock(), list[int]()

    def moving(self: object, bits: int, *given: object) -> object:
        begun.append(bits)
        clock.now += bits / 1000
        return settle.Moving(settle.arb(0, 1), settle.arb(0, 1))

    monkeypatch.setattr(settle, "process_time", clock)
    monkeypatch.setattr(proof, "process_time", clock)
    monkeypatch.setattr(settle.Settler, "_moving", moving)
    model = parse("x*y*z").model
    proofs = Proofs(model.graph, model.output, {"x": 1.0, "y": 1.0, "z": 1.0})
    assert [proofs.settled(name) for name in ("", "x", "y", "z", "x", "y")] == [None] * 6
    assert begun[:3] == [128, 256, 512]
    assert max(begun) == 512  # 1024 bits may take six times as long, which is not left
    assert clock.now < 4


@pytest.mark.parametrize(("order", "x"), [(3, -0.3), (100, -100.5)])
def test_polygamma_below_0(order: int, x: float) -> None:
    with mp.workprec(1600):
        apart = psi(mp.mpf(order), mp.mpf(x)) - psi(mp.mpf(order), mp.mpf(x) + 1)  # DLMF 5.15.5
        right = -((-1) ** order) * mp.factorial(order) / mp.mpf(x) ** (order + 1)
        assert abs(apart - right) < 1e-80 * abs(right)
