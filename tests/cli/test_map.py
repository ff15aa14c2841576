"""`exprgrad map` as a process: nothing half written stays, whatever ends it."""

from __future__ import annotations

import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

COMMAND = [sys.executable, "-c", "from exprgrad.cli import main; main()", "map", "x^2", "--wrt", "x"]
ROWS = b"x\n" + b"".join(b"%d\n" % k for k in range(200_000))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_signal_leaves_no_file(tmp_path: Path, number: signal.Signals) -> None:
    line = [*COMMAND, "--data", "-", "-o", "out.csv"]
    with subprocess.Popen(line, cwd=tmp_path, stdin=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdin is not None
        process.stdin.write(b"x\n")
        deadline = time.monotonic() + 30
        while not list(tmp_path.iterdir()):
            process.stdin.write(b"1\n" * 100_000)
            process.stdin.flush()
            assert time.monotonic() < deadline
        process.send_signal(number)
        time.sleep(0.05)
        process.stdin.close()
        assert process.wait(30) == -number
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_leaves_no_file(tmp_path: Path) -> None:
    limit = 100_000

    def small() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    done = subprocess.run(
        [*COMMAND, "--data", "-", "-o", "out.csv"], cwd=tmp_path, input=ROWS, capture_output=True, preexec_fn=small
    )
    assert done.returncode == 5
    assert done.stderr.decode().startswith("exprgrad: cannot write out.csv: ")
    assert list(tmp_path.iterdir()) == []


def test_a_reader_that_goes_away_ends_it_as_a_signal_would(tmp_path: Path) -> None:
    with subprocess.Popen(COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdout.close()
        try:
            process.stdin.write(ROWS)
            process.stdin.close()
        except BrokenPipeError:
            process.stdin = None
        assert process.wait(30) == -signal.SIGPIPE
