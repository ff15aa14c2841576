"""`python -m benchmarks.proofs [POINTS]`: how long `eval --certify` takes, and what it proves.

The formulas are those of FPBench (fpbench.org) that have no loops, in our language in `data/fpcore.tsv`, with
the ranges that they are meant for; and calls of the functions of the table, at random points of their domains. Of each
formula, value and gradient are proved at some points. Exits 1 if the average of either set is above 20 ms.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Iterator
from math import isfinite
from pathlib import Path
from random import Random
from time import process_time
from typing import NamedTuple

from benchmarks.accuracy import samples
from exprgrad import Expression, parse
from exprgrad.backends import interpreter
from exprgrad.backends.engine import Engine
from exprgrad.binding import bind
from exprgrad.functions.entry import Function
from exprgrad.functions.table import FUNCTIONS
from exprgrad.jobs.evaluate.request import Request
from exprgrad.jobs.evaluate.result import Evaluation
from exprgrad.jobs.evaluate.run import evaluate

DATA = Path(__file__).parent / "data" / "fpcore.tsv"
LIMIT = 0.020
"""Seconds of the processor that a formula may take at a point, on average."""
OF_TABLE = 200
_TRIES = 100
_KIND = re.compile(r"\w+\(.*\)|^\w(?= is)")
"""What is left out of a reason, to count those of a kind: the expression, or the variable."""

Point = dict[str, float]


class Formula(NamedTuple):
    """A formula with its variables' ranges; -10 to 10 for those without one."""

    name: str
    expression: Expression
    ranges: dict[str, tuple[float, float]]


def formulas() -> list[Formula]:
    """Those of FPBench."""
    found = []
    for line in DATA.read_text().splitlines()[1:]:
        name, ranges, text = line.split("\t")
        pairs = [item.split("=") for item in ranges.split(", ") if item]
        bounds = {variable: (float(low), float(high)) for variable, (low, high) in _ends(pairs)}
        found.append(Formula(name, parse(text), bounds))
    return found


def _ends(pairs: list[list[str]]) -> Iterator[tuple[str, list[str]]]:
    for variable, ends in pairs:
        yield variable, ends.split(":")


def points(formula: Formula, count: int) -> Iterator[Point]:
    """Random points at which the formula has a value."""
    random, model = Random(formula.name), formula.expression.model
    for _ in range(_TRIES * count):
        at = {x: random.uniform(*formula.ranges.get(x, (-10.0, 10.0))) for x in formula.expression.variables}
        if isfinite(interpreter.evaluate(model.graph, at)[model.output]):
            yield at
            count -= 1
            if not count:
                return


def of_table(count: int) -> Iterator[tuple[Expression, Point]]:
    """So many calls of the table's functions, at points inside of their domains, where they have a value."""
    names = [name for name, row in FUNCTIONS.items() if not (row.symbol or row.mixes or "nan" in row.definition)]
    for k in range(count):
        row = FUNCTIONS[names[k % len(names)]]
        expression = parse(f"{row.name}({', '.join(row.operands)})")
        graph, output = expression.model.graph, expression.model.output
        for operands in reversed(samples(row, 16, seed=k)):
            at = dict(zip(row.operands, operands, strict=True))
            if _inside(row, operands) and isfinite(interpreter.evaluate(graph, at)[output]):
                yield expression, at
                break


def _inside(row: Function, operands: tuple[float, ...]) -> bool:
    return all(low < x < high for x, (low, high) in zip(operands, map(row.interval, range(len(operands))), strict=True))


def prove(expression: Expression, at: Point) -> tuple[float, Evaluation]:
    """The seconds of the processor that a proof takes, and what it proves."""
    model, inputs = bind(expression.lowered, {name: at[name] for name in expression.variables})
    start = process_time()
    found = evaluate(model, inputs, Request(certify=True), Engine())
    return process_time() - start, found


def report(name: str, cases: list[tuple[Expression, Point]]) -> bool:
    """Prove some cases, print what was found, and say whether it is quick enough."""
    seconds, verdicts, reasons, slowest = 0.0, Counter[str](), Counter[str](), (0.0, "")
    for expression, at in cases:
        took, found = prove(expression, at)
        seconds += took
        slowest = max(slowest, (took, f"{found.expression} at {at}"))
        verdicts.update(row.verdict for row in found.certified)
        reasons.update(_KIND.sub("…", row.reason) for row in found.certified if row.verdict != "proved")
    average = seconds / len(cases)
    numbers = ", ".join(f"{count:,} {verdict}" for verdict, count in verdicts.most_common())
    print(f"{name}: {len(cases):,} proofs, {1000 * average:.2f} ms each; of the numbers {numbers}")
    for reason, count in reasons.most_common():
        print(f"  {count:,} undecided: {reason}")
    print(f"  slowest: {1000 * slowest[0]:.1f} ms, {slowest[1][:100]}")
    return average <= LIMIT


def main() -> int:
    """Measure both sets."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    known = formulas()
    fpcore = [(formula.expression, at) for formula in known for at in points(formula, count)]
    held = [report(f"{len(known)} of FPBench", fpcore), report(f"{OF_TABLE} of the table", [*of_table(OF_TABLE)])]
    return 0 if all(held) else 1


if __name__ == "__main__":
    sys.exit(main())
