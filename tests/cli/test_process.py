"""The command as a process: a signal ends it, whenever it comes."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest

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
