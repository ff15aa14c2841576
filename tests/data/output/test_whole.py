"""Files that are whole or not there, and the hidden parts that kills leave."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from exprgrad.data.output.whole import Claim, Unfinished, unfinished_of
from tests.command import exprgrad

HOLD = """
import sys
from exprgrad.data.output.whole import Unfinished
part = Unfinished(sys.argv[1])
print("there", flush=True)
sys.stdin.read()
"""


@contextmanager
def writer(file: Path) -> Iterator[subprocess.Popen[str]]:
    """A process that writes the file, and does not come to an end."""
    program = [sys.executable, "-c", HOLD, str(file)]
    with subprocess.Popen(program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "there\n"
        yield process
        process.kill()


def parts(file: Path) -> set[str]:
    return set(unfinished_of(str(file)))


LOSS = ["(w-1)^2", "--w", "0", "--params", "w"]
LINES = {
    "o.csv": ["map", "2*x", "--data", "in.csv", "-o"],
    "o.dot": ["graph", "x^2", "-o"],
    "o.c": ["export", "x^2", "--format", "c", "-o"],
    "o.svg": ["plot", "x^2", "--x", "0:1", "-o"],
    "o.html": ["train", *LOSS, "--report"],
    "h.csv": ["train", *LOSS, "--history"],
    "o.json": ["train", *LOSS, "--checkpoint"],
    "é" * 120 + ".csv": ["train", *LOSS, "--history"],
}


@pytest.mark.parametrize("name", LINES, ids=lambda name: name[-12:])
def test_what_a_kill_left_is_cleared_and_what_is_written_is_not(name: str, tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text("x\n1\n")
    line = [word.replace("in.csv", str(tmp_path / "in.csv")) for word in LINES[name]]
    file = tmp_path / name
    with writer(file) as killed:
        killed.send_signal(signal.SIGKILL)
        killed.wait()
    assert len(parts(file)) == 1
    with writer(file):
        live = parts(file)
        assert len(live) == 1
        assert exprgrad(*line, str(file)).returncode == 0
        assert parts(file) == live
    assert exprgrad(*line, str(file)).returncode == 0
    assert not parts(file)
    assert file.exists()


def test_a_killed_map_leaves_nothing_to_the_next(tmp_path: Path) -> None:
    rows, file = tmp_path / "in.csv", tmp_path / "out.csv"
    rows.write_text("x\n1\n")
    line = [sys.executable, "-c", "from exprgrad.cli import main; main()", "map", "2*x", "--data", "-", "-o", str(file)]
    with subprocess.Popen(line, stdin=subprocess.PIPE) as process:
        assert process.stdin is not None
        process.stdin.write(b"x\n" + b"1\n" * 10_000_000)
        while not parts(file):
            assert process.poll() is None
            time.sleep(0.02)
        process.kill()
    assert len(parts(file)) == 1
    assert not file.exists()
    assert exprgrad("map", "2*x", "--data", str(rows), "-o", str(file)).returncode == 0
    assert not parts(file)
    assert file.read_text() == "x,value\n1,2\n"


def test_parts_of_other_files_stay(tmp_path: Path) -> None:
    others = [".o.csv.12345678.part2", ".o.csv.1234567.part", ".p.csv.12345678.part", "o.csv.12345678.part"]
    for name in [*others, ".o.csv.12345678.part"]:
        (tmp_path / name).touch()
    (tmp_path / ".o.csv.87654321.part").mkdir()
    part = Unfinished(str(tmp_path / "o.csv"))
    part.file.write(b"whole")
    part.commit()
    assert (tmp_path / "o.csv").read_bytes() == b"whole"
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([*others, ".o.csv.87654321.part", "o.csv"])


def test_one_writer_has_a_claim(tmp_path: Path) -> None:
    file = str(tmp_path / "c.json")
    first = Claim(file)
    with pytest.raises(BlockingIOError):
        Claim(file)
    first.release()
    Claim(file).release()
    assert not list(tmp_path.iterdir())
