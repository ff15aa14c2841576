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
    with tempfile.TemporaryDirectory() as folder, workers(2) as connection:
        files = write(Path(folder), ROWS, PARTS)
        expected, once = prepared(files, None)(), prepared(files, connection)
        once()
        for kill in range(1, KILLS + 1):
            start = time.perf_counter()
            pid, delay = chance.choice(connection.processes()), chance.uniform(0, 0.3)
            Timer(delay, os.kill, (pid, signal.SIGKILL)).start()
            passes = same = 0
            while time.perf_counter() < start + 1 or len(set(connection.processes()) - {pid}) < 2:
                passes += 1
                same += once() == expected
            wrong += passes - same
            print(f"kill {kill:2}, after {delay:.3f} s: {same} of {passes} passes the same", flush=True)
    print(f"{KILLS} kills, {wrong} wrong results")
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main())
