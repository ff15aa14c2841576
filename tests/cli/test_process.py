"""The command as a process: a signal ends it, whenever it comes."""

from __future__ import annotations

import os
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


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="the threads of a process are counted in /proc")
def test_numpy_starts_no_threads() -> None:
    """Its library of linear algebra would, on a machine with several processors: they take 0.1 s, and gain nothing."""
    program = (
        "import atexit, os\n"
        "atexit.register(lambda: print(len(os.listdir('/proc/self/task'))))\n"
        "from exprgrad.cli import main\n"
        "main()\n"
    )
    line = [sys.executable, "-c", program, "fit", "y ~ a*x", "--x", "1,2,3", "--y", "1,2,4", "-q", "--param", "a"]
    environment = {name: value for name, value in os.environ.items() if name != "OPENBLAS_NUM_THREADS"}
    done = subprocess.run(line, env=environment, capture_output=True, text=True)
    assert done.stdout.split() == ["1.2142857142857142", "1"]
