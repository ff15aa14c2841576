"""The compiled kernels beside hand-written C, NumPy, numexpr, PyTorch and JAX, in one run.

    python -m benchmarks.kernels [--rows N] [--rounds N] [--threads 1,2] [--only a,b,first] [--write]

Each peer on each number of threads has a process of its own (`benchmarks.worker`). In every round all of
them are timed in turn, so that a slow minute of the machine is everyone's. Times are medians over the rounds;
a ratio is the median over the rounds of the peer's time divided by ours on equal threads: above 1 ours is
faster. Before, the peers' numbers are compared. Then come the time to the first answer and a large
expression (`benchmarks.first_answer`). `--write` puts the tables into docs/performance.md.
"""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
from argparse import ArgumentParser
from contextlib import ExitStack
from dataclasses import dataclass, field
from statistics import median
from typing import Any

from benchmarks import first_answer, page
from benchmarks.workloads import WORKLOADS, Workload

PEERS = {
    "exprgrad_": "exprgrad",
    "c": "C",
    "c_exp": "C, tanh by exp",
    "numpy_": "NumPy",
    "numexpr_": "numexpr",
    "torch_": "PyTorch",
    "jax_": "JAX jit",
}
OURS = "exprgrad_"
ONLY = {"c_exp": "random"}
"""The one workload that a peer is for."""
AGREE = 1e-9
"""Relative difference that the peers' numbers may have, of the largest number of the gradient."""


@dataclass
class Contender:
    """A peer on so many threads: its process, and what was measured of the present workload, by round."""

    peer: str
    threads: int
    process: subprocess.Popen[str]
    answer: dict[str, Any] = field(default_factory=dict)
    times: dict[str, list[float]] = field(default_factory=dict)

    def ask(self, command: str, argument: str) -> Any:
        """The process's answer; RuntimeError if it died."""
        assert self.process.stdin
        assert self.process.stdout
        try:
            self.process.stdin.write(json.dumps({command: argument}) + "\n")
            self.process.stdin.flush()
            return json.loads(self.process.stdout.readline())
        except (BrokenPipeError, json.JSONDecodeError) as error:
            raise RuntimeError(f"{self} ended at {command} {argument}") from error

    def load(self, name: str) -> bool:
        """Whether the peer has this workload; says so (once) if not."""
        before, self.answer, self.times = self.answer, self.ask("load", name), {}
        if "absent" in self.answer and self.answer != before:
            print(f"{self} skipped: {self.answer['absent']}", flush=True)
        return "absent" not in self.answer

    def measure(self) -> None:
        """One round."""
        for what in ("value", "gradient"):
            if what in self.answer:
                self.times.setdefault(what, []).append(self.ask("time", what))

    def __str__(self) -> str:
        return f"{PEERS[self.peer]}, {self.threads} thread{'s' if self.threads > 1 else ''}"


def start(peer: str, threads: int, rows: int, stack: ExitStack) -> Contender:
    """A worker process, ended with the stack."""
    libraries = ("OMP", "OPENBLAS", "MKL", "NUMEXPR")
    environment = os.environ | {f"{library}_NUM_THREADS": str(threads) for library in libraries}
    command = [sys.executable, "-m", "benchmarks.worker", peer, str(threads), str(rows)]
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment, cwd=page.ROOT
    )
    stack.callback(process.wait)
    stack.callback(process.kill)
    return Contender(peer, threads, process)


def disagreement(contenders: list[Contender]) -> tuple[float, str]:
    """The largest relative difference from the first contender's numbers, and whose it is."""
    reference = contenders[0].answer
    worst = (0.0, "")
    for contender in contenders:
        pairs = [(contender.answer["value"], reference["value"], abs(reference["value"]))]
        if "gradient" in contender.answer and "gradient" in reference:
            size = max(map(abs, reference["gradient"]))
            pairs += [(x, y, size) for x, y in zip(contender.answer["gradient"], reference["gradient"], strict=True)]
        difference = max(abs(x - y) / scale if math.isfinite(x) else math.inf for x, y, scale in pairs)
        worst = max(worst, (difference, str(contender)))
    return worst


def ratio(times: list[float], base: list[float]) -> float:
    """The median over the rounds of the ratio within the round."""
    return median(x / y for x, y in zip(times, base, strict=True))


def table(contenders: list[Contender], rows: int) -> list[list[str]]:
    """A row for each contender: ns a row and ratios to ours (to C where ours is absent)."""
    by_threads = {(each.peer, each.threads): each for each in contenders}
    cells = []
    for each in contenders:
        base = by_threads.get((OURS, each.threads)) or by_threads.get(("c", each.threads))
        line = [PEERS[each.peer], str(each.threads)]
        for what in ("value", "gradient"):
            times = each.times.get(what)
            line.append(f"{1e9 * median(times) / rows:.2f}" if times else "-")
            line.append(f"{ratio(times, base.times[what]):.2f}" if times and base else "-")
        cells.append(line)
    return cells


def claims(workload: Workload, contenders: list[Contender]) -> list[str]:
    """What must hold, as measured."""
    times = {(each.peer, each.threads): each.times for each in contenders}
    lines = []

    def claim(text: str, measured: float, bound: float, least: bool = True) -> None:
        holds = measured >= bound if least else measured <= bound
        lines.append(
            f"{text}: {measured:.2f}, {'at least' if least else 'at most'} {bound:g}: {'yes' if holds else 'NO'}"
        )

    for (peer, threads), theirs in times.items():
        bound = {"c": 0.9 if threads == 1 else None, "torch_": 4.0, "jax_": 3.0}.get(peer)
        ours = times.get((OURS, threads))
        if bound and ours:
            for what in ("value", "gradient"):
                name = f"{PEERS[peer]} over ours, {what}, {threads} thread{'s' if threads > 1 else ''}"
                claim(name, ratio(theirs[what], ours[what]), bound)
    for peer in (OURS, "c"):
        one, two = times.get((peer, 1)), times.get((peer, 2))
        if one and two:
            claim(f"{PEERS[peer]}, one thread over two", ratio(one["gradient"], two["gradient"]), 1.7)
        if one and workload.name == "random":
            claim(f"{PEERS[peer]}, gradient over value", ratio(one["gradient"], one["value"]), 3.0, least=False)
    return lines


def run(workload: Workload, contenders: list[Contender], rows: int, rounds: int) -> list[str]:
    """Check and time one workload; its part of the page, in Markdown."""
    present = [
        each for each in contenders if ONLY.get(each.peer, workload.name) == workload.name and each.load(workload.name)
    ]
    difference, whose = disagreement(present)
    if difference > AGREE:
        sys.exit(f"{workload.name}: the numbers of {whose} differ from {present[0]} by {difference:.1e}")
    for _ in range(rounds):
        for each in present:
            each.measure()
    header = ["", "threads", "value, ns a row", "ratio", "value and gradient, ns a row", "ratio"]
    expression = workload.text if len(workload.text) < 100 else workload.text[:96] + " …"
    return [
        f"### {workload.title}",
        "",
        f"`{expression}`; the peers' numbers differ by {difference:.1e} at most.",
        "",
        *page.markdown(header, table(present, rows)),
        "",
        *[f"- {line}" for line in claims(workload, present)],
        "",
    ]


def main() -> None:
    """Print the tables, and write them if asked."""
    parser = ArgumentParser(prog="python -m benchmarks.kernels")
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--threads", default="1,2", help="numbers of threads, separated by commas")
    parser.add_argument("--only", default="", help=f"of {', '.join([*WORKLOADS, 'first'])}; or a, b, …")
    parser.add_argument("--peers", default=",".join(PEERS), help="modules of benchmarks/peers")
    parser.add_argument("--write", action="store_true", help="write the tables into docs/performance.md")
    options = parser.parse_args()
    letters = dict(zip("abcde", WORKLOADS, strict=True))
    chosen = [letters.get(name, name) for name in options.only.split(",") if name] or [*WORKLOADS, "first"]
    lines = []
    versions: list[str] = []
    with ExitStack() as stack:
        threads = [int(number) for number in options.threads.split(",")]
        peers = [peer for peer in PEERS if peer in options.peers.split(",")]
        pairs = [(peer, number) for number in threads for peer in peers if chosen != ["first"]]
        contenders = [start(peer, number, options.rows, stack) for peer, number in pairs]
        for name in chosen:
            if name in WORKLOADS:
                part = run(WORKLOADS[name], contenders, options.rows, options.rounds)
                versions += [each.answer["version"] for each in contenders if "version" in each.answer]
                print(*part, sep="\n", flush=True)
                lines += part
    if "first" in chosen:
        part = first_answer.report(options.rounds)
        print(*part, sep="\n")
        lines += part
    measured = [f"{options.rows:,} rows, {options.rounds} rounds", page.machine(), *dict.fromkeys(versions)]
    note = f"{'; '.join(measured)}."
    print(note)
    if options.write:
        page.write("kernels", [note, "", *lines])


if __name__ == "__main__":
    main()
