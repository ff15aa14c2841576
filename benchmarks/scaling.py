"""`python -m benchmarks.scaling`: time and memory by size, beside Lark's own LALR parse of the same text.

For sums of growing length: parse and lower to the graph, evaluate, back-propagate; microseconds a
node and bytes a node (peak of the process, less its start). Each size runs in a process of its own.
"""

from __future__ import annotations

import json
import subprocess
import sys

SIZES = (10_000, 100_000, 1_000_000)

_OURS = """
import gc, json, resource, sys, time
gc.disable()
from exprgrad import parse
from exprgrad.backends import interpreter
text = "+".join(["a"] * (int(sys.argv[1]) + 1))
parse("a")
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
t0 = time.perf_counter()
model = parse(text).model
t1 = time.perf_counter()
values = interpreter.evaluate(model.graph, {"a": 1.0})
t2 = time.perf_counter()
interpreter.gradient(model.graph, model.output, values, [0])
t3 = time.perf_counter()
memory = 1024 * (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
print(json.dumps([t1 - t0, t2 - t1, t3 - t2, memory]))
"""
_LARK = """
import gc, json, sys, time
gc.disable()
from lark import Lark
from exprgrad.syntax.build import GRAMMAR
lark = Lark(GRAMMAR.read_text("utf-8"), parser="lalr", start="program")
text = "+".join(["a"] * (int(sys.argv[1]) + 1))
t0 = time.perf_counter()
lark.parse(text)
print(json.dumps(time.perf_counter() - t0))
"""


def _run(program: str, size: int) -> object:
    done = subprocess.run([sys.executable, "-c", program, str(size)], capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def main() -> None:
    """Print a row for each size."""
    print("us a node:    build  evaluate  back-propagate     all   Lark's parse   ratio   bytes a node")
    for size in SIZES:
        times = _run(_OURS, size)
        lark = _run(_LARK, size)
        assert isinstance(times, list)
        assert isinstance(lark, float)
        build, evaluate, back, memory = times
        total = build + evaluate + back
        each = [1e6 * seconds / size for seconds in (build, evaluate, back, total, lark)]
        print("{:>9,}  {:8.2f}  {:8.2f}  {:14.2f}  {:6.2f}  {:13.2f}".format(size, *each), end="")
        print(f"  {total / lark:6.2f}  {memory / size:13.0f}")


if __name__ == "__main__":
    main()
