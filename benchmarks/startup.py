"""`python -m benchmarks.startup`: CPU and wall time of one evaluation in a pipe, beside its peers.

Each command runs in turn, 40 rounds; medians in milliseconds, and the ratio to an empty click command. What else the
machine does changes wall times most, so the CPU comes first.
Run it where byte code may be written (unset PYTHONDONTWRITEBYTECODE), as an installed program has it.
"""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path

ROUNDS = 40

_CLICK = "import click\n@click.command()\ndef main(): pass\nmain()"
_SYMPY = """
from sympy import symbols
a, b, c = symbols("a b c")
at = {a: 3, b: 2, c: 5}
L = a*b + c
print(*[(x, L.diff(x).subs(at)) for x in (a, b, c)], L.subs(at))
"""


def commands() -> dict[str, list[str]]:
    """What is compared, by name."""
    exprgrad = str(Path(sys.executable).with_name("exprgrad"))
    found = {
        "python -c pass": [sys.executable, "-c", "pass"],
        "empty click command": [sys.executable, "-c", _CLICK],
        'exprgrad eval "a*b+c"': [exprgrad, "eval", "a*b+c", "--a", "3", "--b", "2", "--c", "5"],
    }
    if find_spec("sympy"):
        found["the same in SymPy"] = [sys.executable, "-c", _SYMPY]
    else:
        print("SymPy is not installed: skipped")
    return found


def main() -> None:
    """Time the commands in turn and print their medians."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    peers = commands()
    times: dict[str, list[tuple[float, float]]] = {name: [] for name in peers}
    for round_ in range(ROUNDS + 1):
        for name, command in peers.items():
            spent = _run(command, environment)
            if round_:  # the first run writes byte code
                times[name].append(spent)
    medians = {name: [statistics.median(each) for each in zip(*pairs, strict=True)] for name, pairs in times.items()}
    click, _ = medians["empty click command"]
    print(f"{'':24} {'CPU':>8} {'wall':>11}")
    for name, (cpu, wall) in medians.items():
        print(f"{name:24} {1e3 * cpu:8.1f} ms {1e3 * wall:8.1f} ms   CPU {cpu / click:5.2f} x click")


def _run(command: list[str], environment: dict[str, str]) -> tuple[float, float]:
    """The seconds of CPU and of wall time that a command takes."""
    before, start = _children(), time.perf_counter()
    subprocess.run(command, stdout=subprocess.PIPE, env=environment, check=True)
    return _children() - before, time.perf_counter() - start


def _children() -> float:
    """The seconds of CPU of all commands that have ended."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


if __name__ == "__main__":
    main()
