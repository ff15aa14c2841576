"""Random formulas on random columns through `fit`, each under a time limit.

    python -m benchmarks.fit_fuzz [--cases 50000] [--seed 1] [--seconds 10] [--workers 2] [--case K]

A case is made from the seed and its number: a model that people fit, or a tree of any functions; columns of any size,
some of them with zeros, infinities and nan, with one row or hundreds; starts, bounds, weights, sigmas and robust
losses, or none. A fit is no fault, nor is an error of exprgrad. Faults are any other exception, a warning of NumPy, a
fit that takes the processor for longer than the limit, a process that dies, a parameter outside its bounds, and in a
converged fit a number that is none. Each is printed with its case; `--case K` runs one case again and shows all of it.
Exits 1 after faults.
"""

from __future__ import annotations

import os
import random
import select
import signal
import subprocess
import sys
import time
import traceback
import warnings
from argparse import ArgumentParser, Namespace
from collections import Counter
from dataclasses import dataclass, field
from math import inf, isfinite, nan
from typing import Any

from benchmarks import page

COLUMNS = ("x", "z")
PARAMETERS = ("a", "b", "c", "d")
MODELS = [
    "a*x + b", "a + b*x + c*x^2", "a*exp(-b*x) + c", "a*x^b", "a*x^(-b) + c", "a*(1 - exp(-b*x))", "exp(a*x)/b",
    "a/(1 + exp(-b*(x - c)))", "a*exp(-((x - b)/c)^2) + d", "a*sin(b*x + c) + d", "(a + b*x)/(1 + c*x)", "a*b*x",
    "a*x/(b + x)", "a*log(b*x) + c", "tanh(a^2)*x", "norm(a^N)", "exp(-b/N)*x", "a^N*x", "x^N*a + b", "a*N*x + b/N",
    "(a*x)^N + b", "a*exp(b*x)*exp(c*x)", "sqrt(a^2 + b*x)", "hypot(a, b*x)", "a*gamma(b*x)", "a*x^b*exp(c*x)",
    "a*tanh(b*x)/cosh(c*x)^2", "where(x > a, b, c)", "max(a*x, b)", "abs(a*x - b)^c", "a*erf(b*x)", "a*x + b*z + c",
    "a*exp(-b*x) + c*exp(-d*x)", "a*x^b*z^c", "logaddexp(a*x, b*z)", "a*x^2/(b^2 + x^2)", "a^b^c*x", "1/(a*x)",
]  # fmt: skip
"""N is a random number."""
RESPONSES = ["y"] * 12 + ["log(y)", "y^2", "y*N", "y/N", "y - mean(y)", "sqrt(y)", "y*x"]
_TREES = 0.4
"""Fraction of the formulas that are trees of any functions."""


class Late(BaseException):
    """The limit is over. No Exception, so that nothing on the way takes it for its own."""


@dataclass
class Case:
    """What is fitted."""

    formula: str
    bindings: dict[str, Any]
    options: dict[str, Any] = field(default_factory=dict)


def number(draw: random.Random) -> float:
    """Any size a number can have, small whole numbers before others."""
    kind = draw.random()
    if kind < 0.4:
        return draw.choice([0.0, 1.0, -1.0, 2.0, 0.5, 3.0, 10.0, -7.0])
    if kind < 0.7:
        return draw.gauss(0, 10)
    return draw.choice([1, -1]) * 10 ** draw.uniform(*draw.choice([(-3, 3), (-20, 20), (-308, 308), (-323, -300)]))


def tree(draw: random.Random, depth: int) -> str:
    """Any functions over the parameters and columns."""
    from exprgrad.functions.table import FUNCTIONS
    from tests.expressions import call

    if depth == 0 or draw.random() < 0.15:
        return draw.choice([*COLUMNS, *PARAMETERS[:3], "x", "a", "b", repr(abs(number(draw)))])
    common = ["add", "sub", "mul", "div", "pow", "exp", "neg", "square", "sqrt", "log"]
    name = draw.choice([*FUNCTIONS, *common * 4])
    if FUNCTIONS[name].mixes and draw.random() < 0.8:
        name = "mul"
    operands = [tree(draw, depth - 1) for _ in FUNCTIONS[name].operands]
    if name == "pow_slope":
        name = "pow"
    return call(name, operands)


def column(draw: random.Random, rows: int) -> list[float]:
    """Of one kind or another."""
    size = abs(number(draw)) if draw.random() < 0.3 else 1.0
    kind = draw.randrange(9)
    if kind == 0:
        values = [size] * rows
    elif kind == 1:
        values = [size * k for k in range(rows)]
    elif kind == 2:
        values = [size * draw.gauss(0, 1) for _ in range(rows)]
    elif kind == 3:
        values = [size * 10 ** draw.uniform(-2, 2) for _ in range(rows)]
    elif kind == 4:
        values = [number(draw) for _ in range(rows)]
    elif kind == 5:
        values = [10 ** draw.choice([4, 7, 9, 16]) + size * k for k in range(rows)]
    elif kind == 6:
        values = [size * draw.choice([0, 0, 1, -1]) for _ in range(rows)]
    elif kind == 7:
        values = [size * (3 * 0.7**k + 1e-3 * draw.gauss(0, 1)) for k in range(rows)]
    else:
        values = [size * 10.0**k for k in range(min(rows, 300))] + [1.0] * (rows - 300)
    if draw.random() < 0.05:
        values[draw.randrange(rows)] = draw.choice([inf, -inf, nan, 1e308, 5e-324])
    return values


def make(seed: int, number_of_case: int) -> Case:
    """A case by its number."""
    draw = random.Random(f"{seed} {number_of_case}")

    def filled(text: str) -> str:
        return "".join(f"({number(draw)!r})" if part == "N" else part for part in text)

    if draw.random() < _TREES:
        model = tree(draw, draw.randint(1, 5))
        model = draw.choice([f"a*({model})", f"{model} + a", f"a^({model})", *[model] * 5])
    else:
        model = filled(draw.choice(MODELS))
    rows = draw.choice([1, 2, 3, 4, 5, 6, 8, 8, 12, 20, 20, 50, 100, 400])
    bindings: dict[str, Any] = {name: column(draw, rows) for name in ("y", *COLUMNS)}
    options: dict[str, Any] = {}
    known = draw.choice([0.0, 0.5, 1.0])
    for name in PARAMETERS:
        if draw.random() < known:
            bindings[name] = number(draw)
        if draw.random() < 0.1:
            low, high = sorted([draw.choice([-inf, number(draw)]), draw.choice([inf, number(draw)])])
            bindings[name] = min(max(bindings[name], low), high) if name in bindings and draw.random() < 0.9 else low
            options.setdefault("bound", {})[name] = (low, high)
            if not isfinite(bindings[name]) or draw.random() < 0.3:
                del bindings[name]
    if draw.random() < 0.15:
        bindings["w"] = [abs(value) for value in column(draw, rows)] if draw.random() < 0.9 else column(draw, rows)
        options[draw.choice(["sigma", "weights"])] = "w"
        options["absolute"] = "sigma" in options and draw.random() < 0.5
    if draw.random() < 0.2 and not options.get("absolute"):
        options["robust"] = draw.choice(["huber", "cauchy", "soft_l1"])
        if draw.random() < 0.5:
            options["scale"] = abs(number(draw)) or 1.0
    if draw.random() < 0.1:
        options["method"] = "varpro"
    if draw.random() < 0.8:  # few, as a case takes less time then
        options["max_iterations"] = draw.choice([1, 2, 4, 8, 8, 16, 16, 30])
    if draw.random() < 0.05:
        options["tolerance"] = 10 ** draw.uniform(-300, -1)
    return Case(f"{filled(draw.choice(RESPONSES))} ~ {model}", bindings, options)


def attempt(case: Case, draw: random.Random) -> str:
    """Fit, render and draw: how it ended. Raises what is a fault."""
    import exprgrad
    from exprgrad.backends.engine import Engine
    from exprgrad.jobs.fit.inputs import posed
    from exprgrad.jobs.fit.picture import picture
    from exprgrad.jobs.fit.request import Request
    from exprgrad.render.formats import render

    request = Request(**case.options)
    try:
        expression = exprgrad.parse(case.formula, formula=True)
        used = {*expression.variables, *expression.lowered.observed, request.sigma, request.weights}
        bindings = {name: value for name, value in case.bindings.items() if name in used}
        request = request._replace(bound={name: both for name, both in request.bound.items() if name in used})
        record = expression.fit(bindings, request)
        if draw.random() < 0.2:
            model, _, rows = posed(expression.lowered, bindings, request, None)
            picture(model, record, rows, Engine())
            for output in ("table", "json"):
                render(record._replace(correlated=True), output)
    except exprgrad.ExprgradError as error:
        str(error)
        return type(error).__name__
    for name, (low, high) in request.bound.items():
        if name in record.parameters and not low <= record.parameters[name].value <= high:
            raise AssertionError(f"{name} = {record.parameters[name].value} is outside its bounds")
    if record.converged:
        assert isfinite(record.rss), f"rss is {record.rss}"
        for name, estimate in record.parameters.items():
            assert isfinite(estimate.value), f"{name} is {estimate.value}"
            assert estimate.std_error >= 0 or estimate.std_error != estimate.std_error, f"{name}: {estimate}"
    assert record.stopped in ("converged", "iterations", "stuck", "singular"), record.stopped
    return record.stopped


def late(*_: object) -> None:
    """The alarm."""
    raise Late


def work(options: Namespace) -> None:
    """Cases of one worker, from a number on: a line each when it begins and when it has ended."""
    signal.signal(signal.SIGPROF, late)
    warnings.simplefilter("error")
    first, step = options.worker
    for k in range(first, options.cases, step):
        print("begin", k, flush=True)
        case = make(options.seed, k)
        began = time.process_time()
        try:
            signal.setitimer(signal.ITIMER_PROF, options.seconds)
            try:
                ending = attempt(case, random.Random(k))
            finally:
                signal.setitimer(signal.ITIMER_PROF, 0)
        except Late:
            place = traceback.extract_tb(sys.exc_info()[2])[-2]
            ending = f"fault: more than {options.seconds:g} s (in {place.filename}:{place.lineno})"
        except Exception as error:
            place = traceback.extract_tb(error.__traceback__)[-1]
            ending = f"fault: {type(error).__name__}: {error} (in {place.filename}:{place.lineno})"
        print("end", f"{time.process_time() - began:.3f}", *ending.splitlines()[:1], flush=True)
    print("done", flush=True)


class Worker:
    """A process that is begun anew, behind its case, when it dies or cannot be interrupted."""

    def __init__(self, options: Namespace, first: int, step: int) -> None:
        self.options, self.step, self.next = options, step, first
        self.process: subprocess.Popen[bytes] | None = None
        self.begin()

    def begin(self) -> None:
        arguments = [sys.executable, "-m", "benchmarks.fit_fuzz", "--worker", str(self.next), str(self.step)]
        for name in ("cases", "seed", "seconds"):
            arguments += [f"--{name}", str(getattr(self.options, name))]
        self.process = subprocess.Popen(
            arguments, cwd=page.ROOT, stdout=subprocess.PIPE, bufsize=0, env={**os.environ, "OPENBLAS_NUM_THREADS": "1"}
        )
        self.heard, self.rest = time.monotonic(), b""

    def lines(self) -> list[str]:
        """What it has said since."""
        assert self.process is not None
        assert self.process.stdout is not None
        said = os.read(self.process.stdout.fileno(), 1 << 16)
        self.heard = time.monotonic()
        *whole, self.rest = (self.rest + said).split(b"\n")
        return [line.decode("utf-8", "replace") for line in whole] if said else [""]

    def again(self) -> None:
        """End it, and begin with the next case."""
        assert self.process is not None
        assert self.process.stdout is not None
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()
        self.process = None
        self.next += self.step
        if self.next < self.options.cases:
            self.begin()


def supervise(options: Namespace) -> int:
    """All cases; how many were faults."""
    workers = [Worker(options, first, options.workers) for first in range(options.workers)]
    endings: Counter[str] = Counter()
    slowest, faults = (0.0, 0), 0

    def fault(k: int, what: str) -> None:
        nonlocal faults
        faults += 1
        print(f"case {k}: {what}: {make(options.seed, k).formula[:200]}", flush=True)

    def running() -> dict[Any, Worker]:
        return {worker.process.stdout: worker for worker in workers if worker.process is not None}

    while streams := running():
        ready = select.select(list(streams), [], [], 1.0)[0]
        for stream in ready:
            worker = streams[stream]
            for line in worker.lines():
                what, _, rest = line.partition(" ")
                if what == "begin":
                    worker.next = int(rest)
                elif what == "end":
                    seconds, _, ending = rest.partition(" ")
                    slowest = max(slowest, (float(seconds), worker.next))
                    endings[ending.partition(":")[0]] += 1
                    if ending.startswith("fault"):
                        fault(worker.next, ending)
                    if (count := sum(endings.values())) % 200 == 0:
                        print(f"{count} cases, {faults} faults, the slowest {slowest[0]:.1f} s", flush=True)
                elif what == "done":
                    worker.next = options.cases
                    worker.again()
                    break
                elif not line:
                    fault(worker.next, "fault: the process died")
                    worker.again()
                    break
        for worker in workers:
            if worker.process is not None and time.monotonic() - worker.heard > 10 * options.seconds + 60:
                fault(worker.next, "fault: a call that cannot be interrupted")
                worker.again()
    print(f"{options.cases} cases of seed {options.seed}: {faults} faults")
    print(*(f"{count:6} {ending}" for ending, count in endings.most_common()), sep="\n")
    print(f"the slowest: {slowest[0]:.1f} s, case {slowest[1]}")
    return faults


def main() -> None:
    """Run the cases, or show one of them."""
    parser = ArgumentParser(prog="python -m benchmarks.fit_fuzz")
    parser.add_argument("--cases", type=int, default=50_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=10.0, help="limit of a fit, of the processor")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--case", type=int, help="run this one alone, and show all of it")
    parser.add_argument("--worker", type=int, nargs=2, metavar=("FIRST", "STEP"), help="be a worker")
    options = parser.parse_args()
    if options.worker:
        work(options)
    elif options.case is not None:
        case = make(options.seed, options.case)
        print(case)
        warnings.simplefilter("error")
        signal.signal(signal.SIGPROF, late)
        signal.setitimer(signal.ITIMER_PROF, options.seconds)
        print(attempt(case, random.Random(options.case)))
    else:
        raise SystemExit(bool(supervise(options)))


if __name__ == "__main__":
    main()
