"""`python -m benchmarks.gradients [COUNT [FIRST]]`: derivatives of random programs, of orders 1 to 4, against balls.

Programs of up to 60 nodes over x, y and z, drawn from the whole function table; in every third, intermediate results
are drawn to leave the range of floats, and to come back. The reference is made of differences of the program's value at
hundreds of digits, from the textbook's formulas (`benchmarks.differences`). Where the problem is well conditioned,
value and derivatives must agree to 1e-12 relative, or be nan or infinite with a note. Well conditioned means: rounding
each result of the computation up or down at random (`exprgrad.backends.noise`), six times over, moves the number by
less than 1e-13 relative. Programs that stand at a kink are counted apart. Prints what differs at once, and exits 1.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from math import isfinite
from random import Random
from typing import NamedTuple

from benchmarks.differences import STEPS, Differences, Found
from exprgrad import parse
from exprgrad.autodiff.reverse import adjoints
from exprgrad.autodiff.series import series
from exprgrad.backends import interpreter
from exprgrad.backends.noise import Noisy, runs
from exprgrad.diagnosis import provenance
from exprgrad.functions.entry import Function, Interval
from exprgrad.functions.numerics.far import Far, Wide, parts, rounded
from exprgrad.functions.rules import bind
from exprgrad.functions.table import FUNCTIONS
from exprgrad.functions.wide import WIDE
from exprgrad.graph.forward import forward
from exprgrad.graph.lower import Model
from exprgrad.jobs.check.check import spread
from exprgrad.jobs.check.digits import Number, mp
from exprgrad.jobs.evaluate.point import at_point
from exprgrad.jobs.evaluate.request import Request

NODES = 60
ORDER = 4
AGREE = 1e-12
MOVED = 1e-13
PAIRS = 3
LOST = "loses its digits: rounding"
"""What the note says on a function that repeats, of an operand that is known worse than to a period."""
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
    names = [name for name, row in FUNCTIONS.items() if name not in _COUNTED and not row.mixes]
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
    """The value and the derivatives of one random program. One that ends with an error does not end the run."""
    text, at = "", dict[str, float]()
    try:
        text, at = program(Random(seed), far=seed % 3 == 0)
        return _cases(text, at)
    except Exception as error:
        return [Case("error", 0.0, f"program {seed}: {type(error).__name__}: {error}: {text}", at)]


def _cases(text: str, at: dict[str, float]) -> list[Case]:
    model = parse(text).model
    inputs = model.graph.inputs()
    point = {name: at[name] for name in inputs}
    if at_kink(model, point):
        return [Case("kink", 0.0, text, point)]
    found = at_point(model, point, Request(order=ORDER))
    judge = Judge(model, point)
    turned = any(LOST in note for note in found.notes)
    cases = []
    for name in inputs:
        for order, computed in enumerate([found.rows[-1].value, found.gradient[name], *found.higher[name]]):
            assert isinstance(computed, float)
            outcome, error = judge.outcome(name, order, computed, noted=bool(found.notes))
            if outcome == "noted" and order and isfinite(computed):
                outcome = "differs"  # a note corrects the value alone
            if outcome in ("differs", "noted") and turned:
                outcome = "ill conditioned"
            cases.append(Case(outcome, error, f"by {name}: {text}", point, order))
    return cases


class Judge:
    """What numbers of a program should be, and whether it is well conditioned."""

    def __init__(self, model: Model, point: dict[str, float]) -> None:
        self._model, self._point = model, point
        self._differences = Differences(model, point)
        self._found: dict[tuple[str, int], Found] = {}
        self._runs: list[tuple[Noisy, list[Wide]]] = []
        self._moved: dict[str, list[list[float]]] = {}

    def outcome(self, name: str, order: int, computed: float, *, noted: bool = False) -> tuple[str, float]:
        """What became of a number: the value, or a derivative with respect to a variable."""
        for step in STEPS:  # a longer one may have stepped over a kink, or over a wave of exp(900*x)
            right = self._right(name, step)[order]
            outcome, error = _outcome(computed, right, noted=noted)
            if outcome not in ("differs", "noted") or not isfinite(computed):
                break
            if step == STEPS[0] and not _steady(self._noise(name, order)):
                return "ill conditioned", 0.0
        return outcome, error

    def _right(self, name: str, step: int) -> Found:
        if (name, step) not in self._found:
            self._found[name, step] = self._differences.at(name, step)
        return self._found[name, step]

    def _noise(self, name: str, order: int) -> list[float]:
        """The same number, with each result of the computation nudged."""
        graph, output = self._model.graph, self._model.output
        if not self._runs:
            self._runs = [(noise, forward(graph, noise, self._point)) for noise in runs(PAIRS, beyond=True)]
        if name not in self._moved:
            node, self._moved[name] = graph.inputs()[name], []
            for noise, values in self._runs:
                (found,) = series(graph, values, noise, {node: 1.0}, ORDER, [output])
                found[1] = adjoints(graph, output, values, noise, [node])[node]
                self._moved[name].append([rounded(number or 0.0) for number in found])
        return [numbers[order] for numbers in self._moved[name]]


def _steady(moved: list[float]) -> bool:
    """Whether rounding leaves a number where it is."""
    return isfinite(apart := spread(moved)) and apart <= MOVED * max(map(abs, moved))


def at_kink(model: Model, point: dict[str, float]) -> bool:
    """Whether a convention gives a derivative of the program."""
    values = interpreter.evaluate(model.graph, point)
    return bool(provenance.kinks(model.graph, model.output, values)) or _partial_at_kink(model, values)


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


def _outcome(computed: float, right: Number | None, *, noted: bool) -> tuple[str, float]:
    """What became of a number, if it is well conditioned."""
    if right is None:
        return "unknown", 0.0
    if not isfinite(computed):
        beyond = not mp.isfinite(right) or abs(right) > sys.float_info.max
        return "no float" if beyond else "noted" if noted else "differs", 0.0
    if computed == right:
        return "agrees", 0.0
    if abs(right) < sys.float_info.min and abs(computed) <= sys.float_info.min:
        return "no float", 0.0
    error = float(abs(computed - right) / abs(right)) if right and mp.isfinite(right) else float("inf")
    return "agrees" if error <= AGREE else "noted" if noted else "differs", error


def run(count: int, workers: int = 2, first: int = 0) -> Iterator[list[Case]]:
    """Compare that many programs, numbered from the first."""
    with ProcessPoolExecutor(workers) as pool:
        yield from pool.map(compare, range(first, first + count), chunksize=20)


def main() -> None:
    """Print how many agree, by order, what differs, and the worst."""
    given = [int(argument) for argument in sys.argv[1:]]
    count, first = (given or [2000]) + [0] if len(given) < 2 else given
    outcomes, worst = [Counter[str]() for _ in range(ORDER + 1)], Case("agrees", 0.0, "", {})
    kinks = errors = 0
    for done, cases in enumerate(run(count, first=first), 1):
        for case in cases:
            if case.outcome == "kink":
                kinks += 1
                continue
            if case.outcome == "error":
                errors += 1
                print(case.text, case.at, flush=True)
                continue
            outcomes[case.order][case.outcome] += 1
            if case.outcome == "agrees" and case.error > worst.error:
                worst = case
            if case.outcome == "differs":
                print(f"differs: order {case.order}, {case.error:.2g} {case.text} at {case.at}", flush=True)
        if done % 1000 == 0:
            print(
                f"{done:,} programs, {sum(found['differs'] for found in outcomes)} differ", file=sys.stderr, flush=True
            )
    print(
        f"{count:,} programs, of which {kinks:,} stand at a kink" + f" and {errors:,} end with an error" * bool(errors)
    )
    for order, found in enumerate(outcomes):
        print(f"order {order}: " + ", ".join(f"{n:,} {outcome}" for outcome, n in found.most_common()))
    print(f"worst that agrees: order {worst.order}, {worst.error:.2g} {worst.text} at {worst.at}")
    sys.exit(1 if errors or any(found["differs"] for found in outcomes) else 0)


if __name__ == "__main__":
    main()
