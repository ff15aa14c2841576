"""`python -m benchmarks.gradients [COUNT]`: gradients of random programs against mpmath.

Programs of up to 60 nodes over x, y and z, drawn from the whole function table. The reference is the
central difference of the program's value at 120 digits, right to 60, from the textbook's formulas. Where the
problem is well conditioned the gradient must agree to 1e-12 relative. Well conditioned means: rounding each
result of the computation up or down at random (`exprgrad.jobs.check.noise`), four times over, moves the derivative
by less than 1e-13 relative. Programs that stand at a kink are counted apart.
"""

from __future__ import annotations

import sys
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from math import isfinite
from random import Random
from typing import NamedTuple

from exprgrad import parse
from exprgrad.autodiff.reverse import adjoints
from exprgrad.backends import interpreter
from exprgrad.diagnosis import provenance
from exprgrad.functions.entry import Function, Interval
from exprgrad.functions.floats import FLOATS
from exprgrad.functions.table import FUNCTIONS
from exprgrad.graph.forward import forward
from exprgrad.graph.lower import Model
from exprgrad.jobs.check.check import spread
from exprgrad.jobs.check.digits import Number, mp
from exprgrad.jobs.check.noise import Noisy
from exprgrad.jobs.check.precise import Exact

NODES = 60
AGREE = 1e-12
MOVED = 1e-13
SAMPLES = 4
DIGITS = 120
STEP = mp.mpf(10) ** -40

_COUNTED = {name for name, row in FUNCTIONS.items() if "n" in row.operands or "nan" in row.partials}
"""Functions whose first operand is a whole number, or has no derivative."""


class Case(NamedTuple):
    """A derivative that was compared, or why it was not."""

    outcome: str
    error: float
    text: str
    at: dict[str, float]


def program(random: Random) -> tuple[str, dict[str, float]]:
    """A random program whose values are all of moderate size, and a point for it."""
    at = {name: random.uniform(-3.0, 3.0) for name in "xyz"}
    pool = dict(at)
    lines: list[str] = []
    names = [name for name, row in FUNCTIONS.items() if name not in _COUNTED and not row.reduces]
    size = random.randint(3, NODES)
    while len(lines) < size - 4:
        function = FUNCTIONS[random.choice(names)]
        recent = list(pool)[-8:]
        operands = [random.choice(recent) for _ in function.operands]
        if random.random() < 0.2:
            number = round(random.uniform(0.1, 4.0), 2)
            operands[random.randrange(len(operands))] = repr(number)
        values = [pool[operand] if operand in pool else float(operand) for operand in operands]
        if not all(low <= value <= high for value, (low, high) in zip(values, _domain(function), strict=True)):
            continue
        value = FLOATS.operation(function.name)(*values)
        if not (isfinite(value) and 1e-4 < abs(value) < 1e4):
            continue
        name = f"u{len(lines)}"
        lines.append(f"{name} = {_call(function.name, operands)}")
        pool[name] = value
    lines.append(" + ".join(list(pool)[-3:]))
    return "; ".join(lines), at


def _domain(function: Function) -> list[Interval]:
    return [function.interval(index) for index in range(len(function.operands))]


def _call(name: str, operands: list[str]) -> str:
    symbols = {"lt": "<", "le": "<=", "gt": ">", "ge": ">=", "eq": "==", "ne": "!=", "and": "and", "or": "or"}
    if name in symbols:
        return f"{operands[0]} {symbols[name]} {operands[1]}"
    return f"not {operands[0]}" if name == "not" else f"{name}({', '.join(operands)})"


def compare(seed: int) -> list[Case]:
    """The derivatives of one random program."""
    text, at = program(Random(seed))
    model = parse(text).model
    graph, output = model.graph, model.output
    inputs = graph.inputs()
    point = {name: at[name] for name in inputs}
    values = interpreter.evaluate(graph, point)
    if provenance.kinks(graph, output, values):
        return [Case("kink", 0.0, text, point)]
    gradient = interpreter.gradient(graph, output, values, inputs.values())
    noisy = [_noisy_gradient(model, point, k) for k in range(SAMPLES)]
    cases = []
    for name, node in inputs.items():
        computed = gradient[node]
        if computed is None:
            continue
        moved = spread([computed, *(run[node] or 0.0 for run in noisy)])
        if not moved <= MOVED * abs(computed):
            cases.append(Case("ill conditioned", 0.0, text, point))
            continue
        reference = _slope(model, point, name)
        if not sys.float_info.min <= abs(reference) < mp.inf and reference != 0:
            cases.append(Case("no float", 0.0, text, point))  # it underflows, or stands at the edge of a domain
            continue
        if reference == computed:
            error = 0.0
        else:
            error = float(abs(computed - reference) / abs(reference)) if reference else float("inf")
        cases.append(Case("agrees" if error <= AGREE else "differs", error, f"d/d{name}: {text}", point))
    return cases


def _noisy_gradient(model: Model, point: dict[str, float], seed: int) -> list[float | None]:
    noisy = Noisy(seed)
    values = forward(model.graph, noisy, point)
    return adjoints(model.graph, model.output, values, noisy, model.graph.inputs().values())


def _slope(model: Model, point: dict[str, float], name: str) -> Number:
    """The central difference, at a precision that leaves it 60 digits: tiny slopes need more."""
    for digits in (DIGITS, 6 * DIGITS):
        with mp.workdps(digits):
            above, below = (_moved(model, point, name, sign * STEP) for sign in (1, -1))
            if abs(above - below) > abs(above) * mp.mpf(10) ** (60 - digits):
                break
    return (above - below) / (2 * STEP)


def _moved(model: Model, point: dict[str, float], name: str, by: Number) -> Number:
    inputs = {other: mp.mpf(value) + (by if other == name else 0) for other, value in point.items()}
    return forward(model.graph, Exact(), inputs)[model.output]


def run(count: int, workers: int = 2) -> list[Case]:
    """Compare that many programs, numbered from 0."""
    with ProcessPoolExecutor(workers) as pool:
        return [case for cases in pool.map(compare, range(count), chunksize=100) for case in cases]


def main() -> None:
    """Print how many agree, and the worst."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    cases = run(count)
    outcomes = Counter(case.outcome for case in cases)
    print(
        f"{count:,} programs: {outcomes['agrees']:,} derivatives agree to {AGREE:g}, {outcomes['differs']:,} differ,",
        end="",
    )
    print(
        f" {outcomes['ill conditioned']:,} are ill conditioned, {outcomes['no float']:,} are no normal floats;", end=""
    )
    print(f" {outcomes['kink']:,} programs stand at a kink")
    worst = max((case for case in cases if case.outcome == "agrees"), key=lambda case: case.error)
    for case in [worst, *(case for case in cases if case.outcome == "differs")]:
        print(f"{case.outcome}: {case.error:.2g} in {case.text} at {case.at}")
    sys.exit(1 if outcomes["differs"] else 0)


if __name__ == "__main__":
    main()
