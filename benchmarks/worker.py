"""`python -m benchmarks.worker PEER THREADS ROWS`: a process that runs one peer on one number of threads.

Reads a line of JSON at a time and answers with one: {"load": workload} with the numbers the peer computes
(or why it is absent), {"time": "value" or "gradient"} with the seconds a call takes.
"""

from __future__ import annotations

import json
import math
import os
import sys
import time
from importlib import import_module
from typing import Any

from benchmarks.peers import AbsentError
from benchmarks.workloads import WORKLOADS

LEAST = 0.01
"""Seconds that one measurement lasts at least: calls are repeated to fill it."""


class Worker:
    """The peer and the kernel it has loaded."""

    def __init__(self, peer: str, threads: int, rows: int) -> None:
        self.peer, self.threads, self.rows = peer, threads, rows
        self.kernel: Any = None

    def load(self, name: str) -> dict[str, Any]:
        """Compile the workload, run it once, and say what came out."""
        workload = WORKLOADS[name]
        try:
            peer = import_module(f"benchmarks.peers.{self.peer}")
            self.kernel = peer.load(workload, workload.columns(self.rows), self.threads)
            answer: dict[str, Any] = {"version": peer.version(), "value": self.kernel.value()}
        except (ModuleNotFoundError, AbsentError) as absent:
            return {"absent": str(absent)}
        if self.kernel.gradient:
            answer["value"], answer["gradient"] = self.kernel.gradient()
        return answer

    def time(self, what: str) -> float:
        """Mean seconds of a call; a short one is repeated, after a call that warms the caches."""
        call = getattr(self.kernel, what)
        start = time.perf_counter()
        call()
        once = time.perf_counter() - start
        if once > 10 * LEAST:
            return once
        calls = math.ceil(LEAST / once)
        start = time.perf_counter()
        for _ in range(calls):
            call()
        return (time.perf_counter() - start) / calls


def main() -> None:
    """Answer until the end of the input."""
    peer, threads, rows = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what a library prints goes to stderr
    worker = Worker(peer, threads, rows)
    for line in sys.stdin:
        ((command, argument),) = json.loads(line).items()
        answer = worker.load(argument) if command == "load" else worker.time(argument)
        print(json.dumps(answer), file=answers, flush=True)


if __name__ == "__main__":
    main()
