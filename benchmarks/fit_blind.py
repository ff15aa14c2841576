"""Fits without any start: how often `exprgrad fit` reaches the minimum on data of models that people fit.

    python -m benchmarks.fit_blind [--fits N] [--seed N] [--model NAME] [--workers N]

For each of 12 models it draws parameters, rows and errors, fits the formula with no start, and compares the sum of
squares with that of the parameters that the data were made from: a fit has found the minimum where it is not above
that. Counted are those, those that say "converged" with R2 of 0 or below, those that say it above the true sum of
squares (a wrong "converged"), errors, and fits that take more than 10 seconds of the processor. The exit code is 1
where a model is below 99 %, or anything is counted that should not be.
"""

from __future__ import annotations

import os
import random
import signal
import sys
import time
from argparse import ArgumentParser, Namespace
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from typing import Any, NamedTuple

import numpy as np

LIMIT = 10.0
"""Seconds of the processor."""
Drawn = dict[str, float]


class Model(NamedTuple):
    """A formula, its parameters by chance, and where its rows may lie."""

    formula: str
    draw: Callable[[random.Random], Drawn]
    low: Callable[[random.Random], float]
    high: Callable[[random.Random, Drawn], float]


def log(draw: random.Random, low: float, high: float) -> float:
    """Evenly over magnitudes."""
    return float(np.exp(draw.uniform(np.log(low), np.log(high))))


def sign(draw: random.Random) -> float:
    return draw.choice([-1.0, 1.0])


def zero(_: random.Random) -> float:
    return 0.0


def two_rates(draw: random.Random) -> Drawn:
    """Two decays, at least three times apart."""
    rate = log(draw, 0.01, 10)
    return {"a": draw.uniform(1, 10), "b": rate, "c": draw.uniform(1, 10), "d": rate * log(draw, 3, 20)}


def swing(draw: random.Random) -> Drawn:
    """A damped wave that swings some times before it is gone."""
    w = log(draw, 0.1, 50)
    return {"a": log(draw, 0.1, 100), "g": w / draw.uniform(8, 80), "w": w, "p": draw.uniform(-3, 3)}


def quotient(draw: random.Random) -> Drawn:
    """A rational function without poles at positive x."""
    size = log(draw, 0.1, 100)
    above = {"a": draw.gauss(0, 5), "b": draw.gauss(0, 5) / size}
    return {**above, "c": draw.uniform(0, 2) / size, "d": draw.uniform(0.1, 2) / size**2}


MODELS = {
    "decay": Model(
        "y ~ a*exp(-b*x) + c",
        lambda d: {"a": sign(d) * log(d, 0.1, 1e4), "b": log(d, 1e-3, 1e3), "c": d.gauss(0, 10)},
        zero,
        lambda d, p: d.uniform(2, 8) / p["b"],
    ),
    "power law": Model(
        "y ~ a*x^b",
        lambda d: {"a": log(d, 1e-3, 1e3), "b": d.uniform(-3, 3)},
        lambda d: log(d, 0.1, 2),
        lambda d, p: log(d, 5, 200),
    ),
    "peak": Model(
        "y ~ a*exp(-(x - m)^2/(2*s^2)) + c",
        lambda d: {"a": log(d, 0.1, 1e4), "m": d.uniform(-50, 900), "s": log(d, 0.05, 20), "c": d.gauss(0, 1)},
        zero,
        lambda d, p: p["s"] * d.uniform(6, 40),
    ),
    "sine": Model(
        "y ~ a*sin(2*pi*f*x + p) + c",
        lambda d: {"a": log(d, 0.1, 100), "f": log(d, 0.01, 50), "p": d.uniform(-3, 3), "c": d.gauss(0, 5)},
        zero,
        lambda d, p: d.uniform(1.5, 12) / p["f"],
    ),
    "logistic": Model(
        "y ~ L/(1 + exp(-k*(x - m)))",
        lambda d: {"L": log(d, 0.5, 1e4), "k": log(d, 0.01, 10), "m": d.uniform(1, 100)},
        zero,
        lambda d, p: p["m"] + d.uniform(1, 8) / p["k"],
    ),
    "Michaelis-Menten": Model(
        "y ~ V*x/(K + x)",
        lambda d: {"V": log(d, 0.1, 1e3), "K": log(d, 0.01, 100)},
        zero,
        lambda d, p: p["K"] * d.uniform(2, 10),
    ),
    "Hill": Model(
        "y ~ V*x^n/(K^n + x^n)",
        lambda d: {"V": log(d, 0.1, 1e3), "K": log(d, 0.05, 50), "n": d.uniform(1, 5)},
        lambda d: 0.01,
        lambda d, p: p["K"] * d.uniform(2, 6),
    ),
    "Weibull": Model(
        "y ~ a*(1 - exp(-(x/t)^k))",
        lambda d: {"a": log(d, 0.5, 500), "t": log(d, 0.1, 1e3), "k": d.uniform(0.7, 4)},
        zero,
        lambda d, p: p["t"] * d.uniform(1.5, 4),
    ),
    "Arrhenius": Model(
        "y ~ A*exp(-E/(8.314462618*T))",
        lambda d: {"A": log(d, 1e4, 1e14), "E": d.uniform(2e4, 1.2e5)},
        lambda d: d.uniform(250, 350),
        lambda d, p: d.uniform(400, 700),
    ),
    "double exponential": Model(
        "y ~ a*exp(-b*x) + c*exp(-d*x)",
        two_rates,
        zero,
        lambda d, p: d.uniform(2, 5) / p["b"],
    ),
    "damped sine": Model(
        "y ~ a*exp(-g*x)*cos(w*x + p)",
        swing,
        zero,
        lambda d, p: d.uniform(12, 80) / p["w"],
    ),
    "rational": Model(
        "y ~ (a + b*x)/(1 + c*x + d*x^2)",
        quotient,
        zero,
        lambda d, p: d.uniform(2, 6) / p["d"] ** 0.5,
    ),
}


class Late(BaseException):
    """The time is over."""


def case(name: str, seed: int, number: int) -> tuple[str, dict[str, Any], float]:
    """Formula, columns, and the sum of squares of the true parameters."""
    import exprgrad

    model = MODELS[name]
    draw = random.Random(f"{seed} {name} {number}")
    noise = np.random.default_rng(draw.randrange(2**32))
    truth = model.draw(draw)
    low, high = model.low(draw), model.high(draw, truth)
    if name == "peak":
        reach, low = high, truth["m"] - high * draw.uniform(0.2, 0.8)
        high = low + reach
    rows = draw.choice([25, 40, 60, 100, 200])
    x = np.linspace(low, high, rows) if draw.random() < 0.5 else np.sort(noise.uniform(low, high, rows))
    variable = "T" if name == "Arrhenius" else "x"
    curve = np.asarray(exprgrad.parse(model.formula.partition("~")[2]).evaluate(**{variable: x}, **truth), dtype=float)
    y = curve + noise.normal(0, 1, rows) * draw.choice([0.001, 0.01, 0.03, 0.05]) * np.ptp(curve)
    return model.formula, {variable: x, "y": y}, float(((y - curve) ** 2).sum())


def late(*_: object) -> None:
    """The alarm."""
    raise Late


def fitted(job: tuple[str, int, int]) -> tuple[str, float, int]:
    """How a fit ended, its seconds, and its number."""
    import exprgrad

    formula, data, least = case(*job)
    signal.signal(signal.SIGPROF, late)
    start = time.process_time()
    signal.setitimer(signal.ITIMER_PROF, LIMIT)
    try:
        fit = exprgrad.fit(formula, data)
        if fit.converged and not fit.r2 > 0:
            ending = "R2 <= 0"
        elif fit.rss <= least * (1 + 1e-9):
            ending = "found" if fit.converged else f"found, but {fit.stopped}"
        else:
            ending = "wrong" if fit.converged else "not found"
    except Late:
        ending = "late"
    except Exception as error:
        ending = f"{type(error).__name__}: {error}"[:60]
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
    return ending, time.process_time() - start, job[2]


def results(options: Namespace, name: str) -> Iterator[tuple[str, float, int]]:
    """Of all fits of a model."""
    jobs = [(name, options.seed, number) for number in range(options.fits)]
    if options.workers < 2:
        yield from map(fitted, jobs)
        return
    with ProcessPoolExecutor(options.workers) as pool:
        yield from pool.map(fitted, jobs, chunksize=10)


def main() -> None:
    """Run all, or one model."""
    parser = ArgumentParser(prog="python -m benchmarks.fit_blind")
    parser.add_argument("--fits", type=int, default=300, help="of each model")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--model", choices=[*MODELS])
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    options = parser.parse_args()
    good = True
    for name in [options.model] if options.model else MODELS:
        endings: Counter[str] = Counter()
        slowest, total, bad = 0.0, 0.0, []
        for ending, seconds, number in results(options, name):
            endings[ending] += 1
            slowest, total = max(slowest, seconds), total + seconds
            if not ending.startswith("found"):
                bad.append(number)
        reached = sum(count for ending, count in endings.items() if ending.startswith("found"))
        others = ", ".join(f"{count} {ending}" for ending, count in endings.items() if ending != "found")
        print(
            f"{name:20} {reached / options.fits:7.1%}  {total / options.fits:.3f} s each, slowest {slowest:.2f} s"
            f"{'  ' * bool(others)}{others}{'  cases ' * bool(bad)}{' '.join(map(str, bad[:10]))}",
            flush=True,
        )
        good &= reached >= 0.99 * options.fits and not set(endings) & {"R2 <= 0", "late"}
    sys.exit(not good)


if __name__ == "__main__":
    main()
