"""`python -m benchmarks.gradients [COUNT [FIRST]]`: derivatives of random programs, of orders 1 to 4, against mpmath.

Programs of up to 60 nodes over x, y and z, drawn from the whole function table; in every third, intermediate results
are drawn to leave the range of floats, and to come back. The reference is made of differences of the program's value at
hundreds of digits, from the textbook's formulas. Where the problem is well conditioned, value and derivatives must
agree to 1e-12 relative, or be nan or infinite with a note. Well conditioned means: rounding each result of the
computation up or down at random (`exprgrad.jobs.check.noise`), four times over, moves the number by less than 1e-13
relative. Programs that stand at a kink are counted apart.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from math import isfinite
from random import Random
from typing import NamedTuple

from exprgrad import parse
from exprgrad.autodiff.reverse import adjoints
from exprgrad.autodiff.series import series
from exprgrad.backends import interpreter
from exprgrad.diagnosis import provenance
from exprgrad.functions.entry import Function, Interval
from exprgrad.functions.numerics.far import Far, Wide, parts, rounded
from exprgrad.functions.rules import bind
from exprgrad.functions.table import FUNCTIONS
from exprgrad.functions.wide import WIDE
from exprgrad.graph.forward import forward
from exprgrad.graph.lower import Model
from exprgrad.jobs.check.check import spread
from exprgrad.jobs.check.digits import UNKNOWN, Number, mp
from exprgrad.jobs.check.noise import Noisy
from exprgrad.jobs.check.precise import Exact
from exprgrad.jobs.evaluate.point import at_point
from exprgrad.jobs.evaluate.request import Request

NODES = 60
ORDER = 4
AGREE = 1e-12
MOVED = 1e-13
SAMPLES = 4
DIGITS = (400, 900)
STEP = mp.mpf(10) ** -40
FARTHEST = 3000
"""The exponent of two up to which intermediate results leave the range."""

_LEAVING = (
    "exp({1}*{0})",
    "gamma({1}*{0})",
    "cosh({1}*{0})",
    "abs({0})^{1}",
    "normal_pdf({2}*{0})",
    "sigmoid({1}*{0})",
    "erfc({2}*{0})",
)
_RETURNING = ("log(abs({0}))", "1/(1 + {0})", "{0}/(1 + 2*{0})", "log1p(abs({0}))", "asinh({0})", "abs({0})^0.01")

_COUNTED = {name for name, row in FUNCTIONS.items() if "n" in row.operands or "nan" in row.partials}
"""Functions whose first operand is a whole number, or has no derivative."""
_DIFFERENCES = (
    (0, 0, 1, 0, 0),
    (1, -8, 0, 8, -1),
    (-1, 16, -30, 16, -1),
    (-1, 2, 0, -2, 1),
    (1, -4, 6, -4, 1),
)
"""What the values at -2, …, 2 steps are multiplied with, by order of the derivative."""
_DIVISORS = (1, 12, 12, 2, 1)


class Case(NamedTuple):
    """A number that was compared, or why it was not."""

    outcome: str
    error: float
    text: str
    at: dict[str, float]
    order: int = 0


def program(random: Random, *, far: bool = False) -> tuple[str, dict[str, float]]:
    """A random program, and a point for it. Its values are all of moderate size; or, where they go far, some leave the
    range of floats and others come back."""
    at = {name: random.uniform(-3.0, 3.0) for name in "xyz"}
    pool: dict[str, Wide] = dict(at)
    lines: list[str] = []
    names = [name for name, row in FUNCTIONS.items() if name not in _COUNTED and not row.reduces]
    size = random.randint(3, NODES if not far else NODES // 3)

    def add(text: str, value: Wide) -> None:
        pool[f"u{len(lines)}"] = value
        lines.append(f"u{len(lines)} = {text}")

    while len(lines) < size - 4:
        if far and random.random() < 0.3:
            _leave(random, pool, add)
            continue
        function = FUNCTIONS[random.choice(names)]
        recent = list(pool)[-8:]
        operands = [random.choice(recent) for _ in function.operands]
        if random.random() < 0.2:
            number = round(random.uniform(0.1, 4.0), 2)
            operands[random.randrange(len(operands))] = repr(number)
        values = [pool[operand] if operand in pool else float(operand) for operand in operands]
        if not all(low <= value <= high for value, (low, high) in zip(values, _domain(function), strict=True)):
            continue
        value = WIDE.operation(function.name)(*values)
        if not (isfinite(parts(value)[0]) and _moderate(value, far=far)):
            continue
        add(_call(function.name, operands), value)
    if far:
        for name in [name for name, value in pool.items() if isinstance(value, Far)][-3:]:
            _return(random, name, pool, add)
    lines.append(" + ".join(list(pool)[-3:]))
    return "; ".join(lines), at


def _moderate(value: Wide, *, far: bool) -> bool:
    return value != 0 and abs(parts(value)[1]) < (FARTHEST if far else 14)


def _leave(random: Random, pool: dict[str, Wide], add: Callable[[str, Wide], None]) -> None:
    """A line whose value is out of range, or near its end."""
    name = random.choice([name for name, value in pool.items() if isinstance(value, float)][-8:])
    scale = round(random.uniform(100.0, 900.0), 1)
    text = random.choice(_LEAVING).format(name, scale, round(scale / 15, 1))
    value = _value(text, name, pool)
    if isfinite(parts(value)[0]) and _moderate(value, far=True):
        add(text, value)


def _return(random: Random, name: str, pool: dict[str, Wide], add: Callable[[str, Wide], None]) -> None:
    """A line that brings a value back into range."""
    text = random.choice(_RETURNING).format(name)
    value = _value(text, name, pool)
    if isfinite(parts(value)[0]):
        add(text, value)


def _value(text: str, name: str, pool: dict[str, Wide]) -> Wide:
    model = parse(text).model
    return forward(model.graph, WIDE, {name: pool[name]})[model.output]


def _domain(function: Function) -> list[Interval]:
    return [function.interval(index) for index in range(len(function.operands))]


def _call(name: str, operands: list[str]) -> str:
    symbols = {"lt": "<", "le": "<=", "gt": ">", "ge": ">=", "eq": "==", "ne": "!=", "and": "and", "or": "or"}
    if name in symbols:
        return f"{operands[0]} {symbols[name]} {operands[1]}"
    return f"not {operands[0]}" if name == "not" else f"{name}({', '.join(operands)})"


def compare(seed: int) -> list[Case]:
    """The value and the derivatives of one random program."""
    text, at = program(Random(seed), far=seed % 3 == 0)
    model = parse(text).model
    inputs = model.graph.inputs()
    point = {name: at[name] for name in inputs}
    values = interpreter.evaluate(model.graph, point)
    if provenance.kinks(model.graph, model.output, values) or _partial_at_kink(model, values):
        return [Case("kink", 0.0, text, point)]
    found = at_point(model, point, Request(order=ORDER))
    noisy = [Noisy(seed, beyond=True) for seed in range(SAMPLES)]
    runs = [forward(model.graph, noise, point) for noise in noisy]
    cases = []
    for name, node in inputs.items():
        nudged = [_nudged(model, node, noise, run) for noise, run in zip(noisy, runs, strict=True)]
        right = _differences(model, point, name)
        for order, computed in enumerate([found.rows[-1].value, found.gradient[name], *found.higher[name]]):
            assert isinstance(computed, float)
            moved = [numbers[order] for numbers in nudged]
            outcome, error = _outcome(computed, moved, right and right[order], noted=bool(found.notes))
            if outcome == "differs":  # the reference may have stepped over a kink, as of a remainder by 1e-258
                nearer = _differences(model, point, name, (2400,), mp.mpf(10) ** -500)
                outcome, error = _outcome(computed, moved, nearer and nearer[order], noted=bool(found.notes))
            if outcome == "noted" and order and isfinite(computed):
                outcome = "differs"  # a note corrects the value alone
            cases.append(Case(outcome, error, f"by {name}: {text}", point, order))
    return cases


def _partial_at_kink(model: Model, values: list[float]) -> bool:
    """Whether a function in a partial stands at a kink, as in huber(x, x): the first derivative is there, the next ones
    are conventions."""
    found = False

    def watch(level: int, name: str, operands: Sequence[Wide], value: Wide) -> None:
        nonlocal found
        row = FUNCTIONS[name]
        if level and row.kink and bind(row.kink, (*row.operands, "out"), WIDE)((*operands, value)):
            found = True

    wide_values: list[Wide] = list(values)
    for node in model.graph.inputs().values():
        series(model.graph, wide_values, WIDE, {node: 1.0}, ORDER, [model.output], watch=watch)
    return found


def _nudged(model: Model, node: int, noise: Noisy, values: list[Wide]) -> list[float]:
    """Value and derivatives with respect to a variable, with each result of the computation nudged."""
    (found,) = series(model.graph, values, noise, {node: 1.0}, ORDER, [model.output])
    found[1] = adjoints(model.graph, model.output, values, noise, [node])[node]
    return [rounded(number or 0.0) for number in found]


def _outcome(computed: float, moved: list[float], right: Number, *, noted: bool) -> tuple[str, float]:
    """What became of a number."""
    if right is None:
        return "unknown", 0.0
    if not isfinite(computed):
        beyond = not mp.isfinite(right) or abs(right) > sys.float_info.max
        return "no float" if beyond else "noted" if noted else "differs", 0.0
    if computed == right:
        return "agrees", 0.0
    if not (spread(moved) <= MOVED * max(map(abs, moved))):
        return "ill conditioned", 0.0
    if abs(right) < sys.float_info.min and abs(computed) <= sys.float_info.min:
        return "no float", 0.0
    error = float(abs(computed - right) / abs(right)) if right and mp.isfinite(right) else float("inf")
    return "agrees" if error <= AGREE else "noted" if noted else "differs", error


def _differences(
    model: Model, point: dict[str, float], name: str, precisions: Sequence[int] = DIGITS, width: Number = STEP
) -> list[Number] | None:
    """Value and derivatives, from values at five places: at a precision that leaves them 60 digits."""
    for digits in precisions:
        with mp.workdps(digits):
            values = [_moved(model, point, name, step * width) for step in range(-2, 3)]
            if any(value is UNKNOWN or not mp.isfinite(value) for value in values):
                return None
            found, sharp = [], True
            for order, (factors, divisor) in enumerate(zip(_DIFFERENCES, _DIVISORS, strict=True)):
                total = mp.fsum(factor * value for factor, value in zip(factors, values, strict=True))
                told = abs(total) > max(map(abs, values)) * mp.mpf(10) ** (40 - digits)
                sharp &= told
                found.append(total / (divisor * width**order) if told else mp.mpf(0))
            if sharp:
                break
    return found


def _moved(model: Model, point: dict[str, float], name: str, by: Number) -> Number:
    inputs = {other: mp.mpf(value) + (by if other == name else 0) for other, value in point.items()}
    return forward(model.graph, Exact(), inputs)[model.output]


def run(count: int, workers: int = 2, first: int = 0) -> list[Case]:
    """Compare that many programs, numbered from the first."""
    with ProcessPoolExecutor(workers) as pool:
        return [case for cases in pool.map(compare, range(first, first + count), chunksize=20) for case in cases]


def main() -> None:
    """Print how many agree, by order, and the worst."""
    given = [int(argument) for argument in sys.argv[1:]]
    count, first = (given or [2000]) + [0] if len(given) < 2 else given
    cases = run(count, first=first)
    kinks = sum(case.outcome == "kink" for case in cases)
    print(f"{count:,} programs, of which {kinks:,} stand at a kink")
    for order in range(ORDER + 1):
        outcomes = Counter(case.outcome for case in cases if case.order == order and case.outcome != "kink")
        print(f"order {order}: " + ", ".join(f"{n:,} {outcome}" for outcome, n in outcomes.most_common()))
    worst = max((case for case in cases if case.outcome == "agrees"), key=lambda case: case.error)
    for case in [worst, *(case for case in cases if case.outcome == "differs")]:
        print(f"{case.outcome}: order {case.order}, {case.error:.2g} {case.text} at {case.at}")
    sys.exit(1 if any(case.outcome == "differs" for case in cases) else 0)


if __name__ == "__main__":
    main()
