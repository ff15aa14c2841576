"""The command as a process: a signal ends it, whenever it comes."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.command import COMMAND

PROGRAM = """
import signal, time
from exprgrad.cli import output, process

class Owner:
    def __del__(self):
        signal.raise_signal(signal.{})

def execute(args):
    with output.terminated_cleanly():
        Owner()
        time.sleep(60)

process.execute = execute
process.run()
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_that_comes_to_a_destructor_is_not_lost(number: signal.Signals) -> None:
    program = PROGRAM.format(number.name)
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, timeout=30, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (-number, b"", b"")


def test_pandas_is_not_imported(tmp_path: Path) -> None:
    """pyarrow does so, where it finds it."""
    (tmp_path / "pandas.py").write_text("import os\nos._exit(99)\n")
    (tmp_path / "d.dat").write_text("x  y\n1  NaN\n2  3\n")
    line = [*COMMAND, "eval", "mean(y)", "--data", "d.dat", "--nulls", "skip", "--value", "-q"]
    done = subprocess.run(line, cwd=tmp_path, capture_output=True, text=True)
    assert (done.stdout, done.stderr, done.returncode) == ("3\n", "", 0)
