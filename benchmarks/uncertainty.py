"""Uncertainties: seconds of CPU of ours, and of peers that are installed, as ratios.

`python -m benchmarks.uncertainty [ROUNDS] [TRIALS]`. Peers: MetroloPy for trials (`pip install --group benchmarks`),
and what a person writes by hand with NumPy. Each round measures all in turn, and medians are shown. Before that, 1e8
trials (or TRIALS) are propagated, and the memory that took is shown. The indices of `benchmarks.sensitivity` come last.
"""

from __future__ import annotations

import os
import resource
import sys
import time
from collections.abc import Callable
from importlib.util import find_spec
from typing import Any

import numpy as np

import exprgrad
from benchmarks import sensitivity
from benchmarks.turns import in_turns

_END_GAUGE = "ls + d0 + d1 + d2 - ls*(da*(t + o) + al*dt)"
_INPUTS = {
    "ls": "normal(50000623, 25)",
    "d0": "normal(215, 5.8)",
    "d1": "normal(0, 3.9)",
    "d2": "normal(0, 6.7)",
    "da": "uniform(-1e-6, 1e-6)",
    "t": "normal(-0.1, 0.2)",
    "o": "arcsine(-0.5, 0.5)",
    "al": "uniform(9.5e-6, 13.5e-6)",
    "dt": "uniform(-0.05, 0.05)",
}
"""GUM H.1, an end gauge, in nm."""
_MILLION = 1_000_000


def ours(threads: int | None = None) -> float:
    """The standard uncertainty by a million trials."""
    more: Any = _INPUTS
    found = exprgrad.uncertainty(_END_GAUGE, montecarlo=_MILLION, coverage=0.99, threads=threads, **more).montecarlo
    assert found is not None
    return found.only.standard_uncertainty


def by_hand() -> float:
    """With NumPy, as in a notebook."""
    draw = np.random.default_rng()
    ls, d0, d1, d2, t = (
        draw.normal(m, s, _MILLION) for m, s in ((50000623, 25), (215, 5.8), (0, 3.9), (0, 6.7), (-0.1, 0.2))
    )
    da, al, dt = (draw.uniform(a, b, _MILLION) for a, b in ((-1e-6, 1e-6), (9.5e-6, 13.5e-6), (-0.05, 0.05)))
    o = 0.5 * np.sin(draw.uniform(-np.pi, np.pi, _MILLION))
    found = ls + d0 + d1 + d2 - ls * (da * (t + o) + al * dt)
    np.quantile(found, (0.005, 0.995))
    return float(found.std())


def metrolopy() -> float:
    from metrolopy import ArcSinDist, UniformDist, gummy  # type: ignore[import-not-found,import-untyped,unused-ignore]

    def between(half: float, center: float = 0.0) -> Any:
        return gummy(UniformDist(center=center, half_width=half))

    ls, d0, d1, d2, t = (gummy(*each) for each in ((50000623, 25), (215, 5.8), (0, 3.9), (0, 6.7), (-0.1, 0.2)))
    o = gummy(ArcSinDist(center=0, half_width=0.5))
    found = ls + d0 + d1 + d2 - ls * (between(1e-6) * (t + o) + between(2e-6, 11.5e-6) * between(0.05))
    found.p = 0.99
    gummy.simulate([found], _MILLION)
    assert found.cisim
    return float(found.usim)


def seconds(work: Callable[[], object], clock: Callable[[], float]) -> float:
    start = clock()
    work()
    return clock() - start


def many(trials: int) -> None:
    """So many trials, with the memory that the process had by then: before the peers take theirs."""
    more: Any = {"x": "normal(1, 0.1)", "y": "uniform(0, 1)", "z": "normal(0, 1)"}
    start = time.process_time()
    took = seconds(lambda: exprgrad.uncertainty("x*y + z", montecarlo=trials, **more), time.perf_counter)
    cpu = time.process_time() - start
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{trials:,} trials of x*y + z: {cpu:.1f} s CPU, {took:.1f} s, {memory:.0f} MB at the most")


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    many(int(float(sys.argv[2])) if len(sys.argv) > 2 else 10**8)
    peers: dict[str, Callable[[], float]] = {
        "exprgrad, 1 thread": lambda: ours(1),
        "exprgrad": ours,
        "NumPy by hand": by_hand,
    }
    if find_spec("metrolopy"):
        peers["MetroloPy"] = metrolopy
    found = in_turns(peers, rounds)
    print(f"GUM H.1 with 1e6 trials, medians of {rounds} rounds, on {len(os.sched_getaffinity(0))} processors")
    for name, turns in found.items():
        times = f"{turns.cpu:6.3f} s CPU {turns.wall:6.3f} s"
        ratio = turns.cpu / found["exprgrad, 1 thread"].cpu
        print(f"  {name:20} {times}   {ratio:5.2f} of ours   u = {turns.result:.2f}")
    sensitivity.report(rounds)


if __name__ == "__main__":
    main()
