"""`python -m benchmarks.kills_cluster`: workers killed at random moments of passes, twenty times over.

Every pass, before, during and after, must give the bits of one machine.
"""

from __future__ import annotations

import os
import random
import signal
import sys
import tempfile
import time
from pathlib import Path
from threading import Timer

from benchmarks.cluster import prepared, workers, write

KILLS = 20
ROWS, PARTS = 100_000, 20


def main() -> int:
    """Print a line for each kill; 1 if a result differed."""
    chance = random.Random(20)
    wrong = 0
    with tempfile.TemporaryDirectory() as folder:
        files = write(Path(folder), ROWS, PARTS)
        expected = prepared(files, None)()
        for kill in range(1, KILLS + 1):
            with workers(2) as connection:
                once = prepared(files, connection)
                if kill % 2:  # else the first pass loads the rows
                    once()
                pid, delay = chance.choice(connection.processes()), chance.uniform(0, 0.3)
                Timer(delay, os.kill, (pid, signal.SIGKILL)).start()
                start, passes, same, longest = time.perf_counter(), 0, 0, 0.0
                while time.perf_counter() < start + 3:
                    before = time.perf_counter()
                    passes += 1
                    same += once() == expected
                    longest = max(longest, time.perf_counter() - before)
            wrong += passes - same
            shown = f"{same} of {passes} passes the same, the longest {longest:.2f} s"
            print(f"kill {kill:2}, after {delay:.3f} s: {shown}", flush=True)
    print(f"{KILLS} kills, {wrong} wrong results")
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main())
