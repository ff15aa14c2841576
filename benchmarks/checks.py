"""`python -m benchmarks.checks [COUNT [FIRST]]`: the verdicts of `check` on random programs that leave the range.

Each program of `benchmarks.gradients` is checked twice: as it is, and with a derivative that is wrong by a millionth.
What is right are differences of the value at hundreds of digits (`benchmarks.differences`). A verdict is wrong where a
right number "differs", or a wrong one "agrees". Prints what was found, and exits 1 for a wrong verdict or a check
over 10 seconds.
"""

from __future__ import annotations

import sys
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from math import isfinite
from random import Random
from time import process_time
from typing import NamedTuple

from benchmarks.differences import STEPS, Differences
from benchmarks.gradients import program
from exprgrad import parse
from exprgrad.autodiff.reverse import adjoint_at
from exprgrad.backends import interpreter
from exprgrad.graph.lower import Model
from exprgrad.jobs.check.check import check
from exprgrad.jobs.check.digits import Number, mp

OFF = 1e-6
"""By how much a planted derivative is wrong, relative."""
RIGHT, WRONG = 1e-12, 1e-7
"""Relative errors up to which a number is right, and from which on it is wrong."""
LONGEST = 10.0


class Case(NamedTuple):
    """What was found of one program."""

    verdicts: Counter[str]
    wrong: list[str]
    seconds: float
    slowest: str


def compare(number: int) -> Case:
    """Check one program, and judge the verdicts."""
    text, at = program(Random(number), far=True)
    expression = parse(text)
    model, point = expression.model, {name: at[name] for name in expression.variables}
    start = process_time()
    found = check(model, point)
    seconds = process_time() - start
    verdicts, wrong = Counter[str](), []
    node = model.graph.inputs()
    for name in list(node)[:1]:
        values = interpreter.evaluate(model.graph, point)
        slope = adjoint_at(interpreter.gradient(model.graph, model.output, values, [node[name]]), node[name], 0.0)
        exact = _settled(model, point, name)
        planted = slope * (1 + OFF)
        start = process_time()
        again = check(model, point, [name], computed={name: planted})
        seconds = max(seconds, process_time() - start)
        row = next(row for row in found.rows if row.name.endswith(name))
        verdicts[row.verdict] += 1
        verdicts[f"planted {again.rows[0].verdict}"] += 1
        for computed, verdict in ((slope, row.verdict), (planted, again.rows[0].verdict)):
            if exact is not None and _misjudged(computed, verdict, exact):
                wrong.append(f"{verdict} {computed!r}, right is {mp.nstr(exact, 20)}: d/d{name} of {text} at {point}")
    return Case(verdicts, wrong, seconds, f"{text} at {point}")


def _settled(model: Model, point: dict[str, float], name: str) -> Number | None:
    """The slope, where differences across a much shorter step agree: remainder(x, 1e-258) jumps often within a step."""
    differences = Differences(model, point)
    long, short = (differences.at(name, step)[1] for step in STEPS[:2])
    if long is None or short is None or abs(long - short) > abs(short) * RIGHT:
        return None
    return short


def _misjudged(computed: float, verdict: str, right: Number) -> bool:
    if not isfinite(computed) or not right or not sys.float_info.min < abs(right) < sys.float_info.max:
        return False
    error = float(abs(computed - right) / abs(right))
    return (verdict == "differs" and error < RIGHT) or (verdict == "agrees" and error > WRONG)


def main() -> int:
    """Check that many programs, and print what was found."""
    count, first = map(int, [*sys.argv[1:], *("1000", "0")[len(sys.argv) - 1 :]])
    verdicts, wrong, longest, slow = Counter[str](), list[str](), 0.0, 0
    with ProcessPoolExecutor(2) as pool:
        for done, case in enumerate(pool.map(compare, range(first, first + count), chunksize=10), 1):
            verdicts.update(case.verdicts)
            wrong += case.wrong
            print(*case.wrong, sep="\n", end="\n" if case.wrong else "", flush=True)
            longest, slow = max(longest, case.seconds), slow + (case.seconds > LONGEST)
            if case.seconds > LONGEST:
                print(f"{case.seconds:.1f} s: {case.slowest}", flush=True)
            if done % 250 == 0 or done == count:
                print(f"{done:,} programs, {len(wrong)} wrong verdicts, longest {longest:.1f} s", flush=True)
    print(", ".join(f"{number:,} {verdict}" for verdict, number in verdicts.most_common()))
    return 1 if wrong or slow else 0


if __name__ == "__main__":
    sys.exit(main())
