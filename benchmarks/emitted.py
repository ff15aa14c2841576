"""`python -m benchmarks.emitted WAY [COUNT [FIRST]]`: compiled and exported code against balls.

WAY is compiled (all variables are columns of one row, orders 1 to 4), numbers (compiled; x is a column, the others are
numbers), or a language: c, python, javascript, numpy (the gradient, and second derivatives from the Hessian). The
programs are the random ones of `benchmarks.gradients`, which compares what `eval` finds with balls. Here a number
agrees if it is that of `eval` to 1e-12; any other goes to the same judge: it must be right, nan or infinite, or its
problem ill conditioned. Prints what differs at once, and exits 1.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from math import isclose, isfinite
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

from benchmarks.gradients import AGREE, LOST, ORDER, Case, Judge, at_kink, program
from exprgrad import parse
from exprgrad.backends.engine import Engine
from exprgrad.columns.memory import Columns
from exprgrad.graph.lower import Model
from exprgrad.jobs.evaluate.columns import over_columns
from exprgrad.jobs.evaluate.point import at_point
from exprgrad.jobs.evaluate.request import Request
from exprgrad.jobs.export.export import export

BATCH = 100
"""Programs in one file."""

Numbers = dict[str, list[float]]
"""For each variable the value, and the derivatives from the first on."""


class Program(NamedTuple):
    """A program and its point."""

    text: str
    model: Model
    point: dict[str, float]


def drawn(seed: int) -> Program:
    """The program of that number."""
    text, at = program(Random(seed), far=seed % 3 == 0)
    model = parse(text).model
    return Program(text, model, {name: at[name] for name in model.graph.inputs()})


def compiled(programs: Sequence[Program], columns: Sequence[str] = "xyz") -> Iterator[Numbers]:
    """What kernels compute of each."""
    for _, model, point in programs:
        given = {name: [number] for name, number in point.items() if name in columns}
        rest = {name: number for name, number in point.items() if name not in columns}
        request = Request(order=ORDER, wrt=tuple(point))
        found = over_columns(model, rest, Columns(given), request, Engine.of("llvm", 1))
        value = float(_first(found.rows[-1].value))
        yield {
            name: [value, *(float(_first(x)) for x in (found.gradient[name], *found.higher[name]))] for name in point
        }


def _first(column: Any) -> Any:
    return column if isinstance(column, float) else column[0]


def numbers(programs: Sequence[Program]) -> Iterator[Numbers]:
    """The same, where one variable alone is a column."""
    for each in programs:
        first = "x" if "x" in each.point else next(iter(each.point), "x")
        yield from compiled([each], first) if each.point else iter([{}])


def merged(sources: list[str]) -> str:
    """One file of C of many: the blocks between blank lines, each once."""
    blocks = dict.fromkeys(block for source in sources for block in source.split("\n\n"))
    lines = dict.fromkeys(line for block in blocks if block.startswith("typedef") for line in block.splitlines())
    return "\n\n".join([*lines, *(block for block in blocks if not block.startswith("typedef"))])


def in_c(programs: Sequence[Program]) -> Iterator[Numbers]:
    """What C computes of each: one program with all functions."""
    sources, calls = [], []
    for k, (_, model, point) in enumerate(programs):
        sources.append(export(model, {}, "c", name=f"f{k}", hessian=True))
        given = ", ".join([*(number.hex() for number in point.values()), *["g", "h"][: 2 * bool(point)]])
        calls.append(f'printf("%a", f{k}({given}));')
        calls += [f'printf(" %a %a", g[{j}], h[{j * len(point) + j}]);' for j in range(len(point))]
        calls.append('puts("");')
    main = ["int main(void) {", "double g[3], h[9];", "(void)g; (void)h;", *calls, "return 0; }"]
    with tempfile.TemporaryDirectory() as folder:
        file, run = Path(folder, "program.c"), Path(folder, "program")
        file.write_text(
            "\n".join(["#include <stdio.h>\n#include <float.h>\n#include <math.h>", merged(sources), *main])
        )
        subprocess.run(["gcc", "-std=c99", "-O0", "-ffp-contract=off", str(file), "-lm", "-o", str(run)], check=True)
        output = subprocess.run([str(run)], capture_output=True, text=True, check=True).stdout
    for (_, _, point), line in zip(programs, output.splitlines(), strict=True):
        value, *rest = map(float.fromhex, line.split())
        yield {name: [value, *rest[2 * j : 2 * j + 2]] for j, name in enumerate(point)}


def in_python(programs: Sequence[Program], language: str = "python") -> Iterator[Numbers]:
    """What Python computes of each."""
    for _, model, point in programs:
        scope: dict[str, Any] = {}
        exec(compile(export(model, {}, language, hessian=True), "export", "exec"), scope)
        value, gradient, hessian = scope["f"](*point.values()) if point else (0.0, {}, {})
        yield {name: [float(value), float(gradient[name]), float(hessian[name][name])] for name in point}


def in_numpy(programs: Sequence[Program]) -> Iterator[Numbers]:
    """What NumPy computes of each."""
    return in_python(programs, "numpy")


def in_javascript(programs: Sequence[Program]) -> Iterator[Numbers]:
    """What JavaScript computes of each."""
    with tempfile.TemporaryDirectory() as folder:
        lines = [
            "const words = (_, x) => typeof x === 'number' && !Number.isFinite(x) ? String(x) : x;",
            "const show = (found) => console.log(JSON.stringify(found, words));",
        ]
        for k, (_, model, point) in enumerate(programs):
            Path(folder, f"f{k}.mjs").write_text(export(model, {}, "javascript", hessian=True))
            lines.insert(0, f"import {{ f as f{k} }} from './f{k}.mjs';")
            lines.append(f"show(f{k}({', '.join(map(repr, point.values()))}));")
        main = Path(folder, "main.mjs")
        main.write_text("\n".join(lines))
        output = subprocess.run(["node", str(main)], capture_output=True, text=True, check=True).stdout
    for (_, _, point), line in zip(programs, output.splitlines(), strict=True):
        found = json.loads(line)
        yield {
            name: [float(found["value"]), float(found["gradient"][name]), float(found["hessian"][name][name])]
            for name in point
        }


WAYS: dict[str, Callable[[Sequence[Program]], Iterator[Numbers]]] = {
    "compiled": compiled,
    "numbers": numbers,
    "c": in_c,
    "python": in_python,
    "javascript": in_javascript,
    "numpy": in_numpy,
}


def judged(each: Program, found: Numbers) -> list[Case]:
    """What became of each number."""
    text, model, point = each
    right = at_point(model, point, Request(order=max(map(len, found.values()), default=2) - 1))
    value = right.rows[-1].value
    cases, judge = [], None
    for name, computed in found.items():
        for order, (number, known) in enumerate(
            zip(computed, [value, right.gradient[name], *right.higher[name]], strict=True)
        ):
            assert isinstance(known, float)
            if number == known or isclose(number, known, rel_tol=AGREE) or (order == 0 and number != number != known):
                cases.append(Case("agrees", 0.0, text, point, order))
                continue
            if judge is None:
                if at_kink(model, point):
                    return [Case("kink", 0.0, text, point)]
                judge = Judge(model, point)
            outcome, error = judge.outcome(name, order, number, noted=not isfinite(number))
            if outcome in ("differs", "noted") and any(LOST in note for note in right.notes):
                outcome = "ill conditioned"
            cases.append(Case(outcome, error, f"by {name}: {text}", point, order))
    return cases


def main() -> None:
    """Print how many agree, by order, and what differs."""
    way = WAYS[sys.argv[1]]
    count, first = ([int(argument) for argument in sys.argv[2:]] + [400, 0][len(sys.argv) - 2 :])[:2]
    outcomes = [Counter[str]() for _ in range(ORDER + 1)]
    kinks = 0
    for begin in range(first, first + count, BATCH):
        programs = [drawn(seed) for seed in range(begin, min(begin + BATCH, first + count))]
        for each, found in zip(programs, way(programs), strict=True):
            for case in judged(each, found):
                if case.outcome == "kink":
                    kinks += 1
                    continue
                outcomes[case.order][case.outcome] += 1
                if case.outcome == "differs":
                    print(f"differs: order {case.order}, {case.error:.2g} {case.text} at {case.at}", flush=True)
        print(f"{begin + len(programs) - first:,} programs", file=sys.stderr, flush=True)
    print(f"{count:,} programs, of which {kinks:,} stand at a kink")
    for order, met in enumerate(outcomes):
        if met:
            print(f"order {order}: " + ", ".join(f"{n:,} {outcome}" for outcome, n in met.most_common()))
    sys.exit(1 if any(met["differs"] for met in outcomes) else 0)


if __name__ == "__main__":
    main()
