"""Rows of epochs as they come: in a pipe, while training goes on."""

from __future__ import annotations

import json
import signal
import subprocess
from pathlib import Path

import pytest

from exprgrad.render.formats import LINES
from tests.command import COMMAND, exprgrad

RUN = ["train", "(w-2)^2", "--w", "0", "--params", "w", "--lr", "1e-7"]
LONG = {"interpreter": "300000", "llvm": "3000000"}
"""Epochs that take seconds."""


@pytest.mark.parametrize("backend", ["interpreter", "llvm"])
@pytest.mark.parametrize("output", LINES)
def test_a_run_that_is_stopped_has_shown_its_epochs(output: str, backend: str, tmp_path: Path) -> None:
    history = tmp_path / "history.csv"
    options = f"--epochs {LONG[backend]} --backend {backend} --format {output}".split()
    line = [*COMMAND, *RUN, *options, "--history", str(history)]
    with subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        shown = [process.stdout.readline() for _ in range(20)]
        assert process.poll() is None
        process.send_signal(signal.SIGTERM)
        _, messages = process.communicate(timeout=60)
    assert process.returncode == -signal.SIGTERM
    assert "stopped by a signal at epoch " in messages
    assert shown == exprgrad(*RUN, "--epochs", "30", "--format", output).stdout.splitlines(keepends=True)[:20]
    assert history.read_text().startswith("epoch,loss,w,dL/dw\n0,4,0,-4\n1,")


@pytest.mark.parametrize("output", LINES)
def test_a_reader_that_goes_away_ends_it_quietly(output: str, tmp_path: Path) -> None:
    file = tmp_path / "c.json"
    line = [*COMMAND, *RUN, "--epochs", LONG["llvm"], "--format", output, "--checkpoint", str(file)]
    with subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        process.stdout.close()
        assert process.wait(60) == -signal.SIGPIPE
        assert process.stderr is not None
        assert process.stderr.read() == b""
    assert json.loads(file.read_text())["state"]["epoch"] > 0


def test_a_full_disk_costs_no_checkpoint(tmp_path: Path) -> None:
    file = tmp_path / "c.json"
    with open("/dev/full", "wb") as full:
        line = [*COMMAND, *RUN, "--epochs", "7", "--checkpoint", str(file)]
        done = subprocess.run(line, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert (done.returncode, done.stderr) == (5, "exprgrad: cannot write the output: No space left on device\n")
    assert json.loads(file.read_text())["state"]["epoch"] == 7
