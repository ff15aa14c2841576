"""Checkpoints: resumed runs end with the bits of unbroken ones, whatever breaks them."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from functools import partial
from pathlib import Path
from typing import Any

import pytest

import exprgrad
from benchmarks.kills import kill, runs
from exprgrad.backends.engine import Engine
from exprgrad.data.checkpoints.document import read
from exprgrad.jobs.train.result import Epoch
from exprgrad.jobs.train.saved.checkpoints import FORM, Checkpoints
from tests.command import exprgrad as command

DATA = {"x": [0.1 * k for k in range(37)], "y": [0.3 * k - 1 for k in range(37)], "w": 0.5, "b": 0.0}
LINE = "(w*x + b - y)^2"
PROGRAM = [sys.executable, "-B", "-c", "from exprgrad.cli import main; main()"]


class Killed(BaseException):
    """Stands for a signal."""


@pytest.mark.parametrize(
    "wishes",
    [
        {"optimizer": "adam", "schedule": "cosine", "warmup": 3},
        {"optimizer": "momentum", "batch_size": 5, "seed": 3},
        {"optimizer": "adagrad", "accumulate_gradients": True, "clip_norm": 0.5},
        {"optimizer": "rmsprop", "patience": 2, "tolerance": 1e-2, "lr": 0.2},
        {"optimizer": "nesterov", "engine": Engine("llvm", 1)},
        {"batch_size": 8, "engine": Engine("llvm", 1), "init": "uniform", "seed": 1},
    ],
)
def test_a_resumed_run_ends_with_the_same_bits(wishes: dict[str, Any], tmp_path: Path) -> None:
    file = tmp_path / "checkpoint.json"
    start = {name: DATA[name] for name in DATA if "init" not in wishes or name in "xy"}
    every: dict[str, Any] = {"expression": LINE, "bindings": start, "epochs": 20, **wishes}
    expression, bindings = every.pop("expression"), every.pop("bindings")
    whole = exprgrad.train(expression, bindings, **every)
    model = exprgrad.parse(expression)

    class Killer(exprgrad.Observer):
        def progress(self, step: int, loss: float) -> None:
            if step >= 7:
                raise Killed

    if whole.epochs > 7:
        with pytest.raises(Killed):
            model.train(bindings, checkpoints=Checkpoints(str(file), every=1), observer=Killer(), **every)
    resumed = model.train(bindings, checkpoints=Checkpoints(str(file), resume=True), **every)
    assert resumed.final == whole.final
    assert resumed.stopped == whole.stopped
    later = [epoch for epoch in whole.history if epoch.epoch >= read(str(file) + ".previous", FORM)["state"]["epoch"]]
    assert list(resumed.history)[-len(later) :] == later or not later


LINE_ARGS = [LINE, "--x", "1,2,3", "--y", "2,4,7", "--w", "0", "--b", "0", "--every", "1000"]


def test_a_damaged_checkpoint_gives_way_to_the_one_before(tmp_path: Path) -> None:
    file = tmp_path / "c.json"
    options = ["train", *LINE_ARGS, "--epochs", "9", "--checkpoint", str(file), "--checkpoint-every", "1"]
    whole = command(*options)
    assert json.loads(file.read_text())["state"]["epoch"] == 9
    text = file.read_text()
    file.write_text(text.replace('"epoch": 9', '"epoch": 8'))
    resumed = command(*options, "--resume")
    assert resumed.stdout.splitlines()[-1] == whole.stdout.splitlines()[-1]
    assert f"the checkpoint {file} is damaged: resuming from {file}.previous" in resumed.stderr
    for left in (file, Path(f"{file}.previous")):
        left.write_text(text[: len(text) // 2])
    refused = command(*options, "--resume")
    assert (refused.returncode, refused.stdout) == (3, "")
    assert refused.stderr == f"exprgrad: the checkpoint {file} is damaged; remove it to start from the beginning\n"


def test_a_disk_that_is_full_keeps_the_checkpoint_before(tmp_path: Path) -> None:
    file = tmp_path / "c.json"
    options = [*LINE_ARGS, "--quiet", "--checkpoint", str(file), "--checkpoint-every", "1"]
    assert command("train", *options, "--epochs", "3").returncode == 0
    before = file.read_bytes()
    script = 'ulimit -f 0; exec "$@"'
    program = [*PROGRAM, "train", *options, "--epochs", "9"]
    done = subprocess.run(
        ["bash", "-c", script, "bash", *program, "--resume"], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (5, "")
    assert done.stderr == f"exprgrad: cannot write the checkpoint {file}: File too large\n"
    assert file.read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["c.json", "c.json.previous"]


def test_what_is_no_checkpoint_is_not_replaced(tmp_path: Path) -> None:
    pipe, notes, folder = (tmp_path / name for name in ("pipe", "notes.txt", "folder"))
    os.mkfifo(pipe)
    notes.write_text("mine\n")
    folder.mkdir()
    stands = "is there, and is no checkpoint; name another file, or remove it"
    for file, fault in {
        pipe: f"cannot write the checkpoint {pipe}: it is not a regular file; name another file",
        folder: f"cannot write the checkpoint {folder}: it is a folder; name another file",
        notes: f"cannot write the checkpoint: {notes} {stands}",
        Path("/proc/self/fd/1"): "cannot write the checkpoint /proc/self/fd/1: it is an open descriptor, not a file;"
        " name another file",
    }.items():
        for more in ([], ["--resume"]):
            done = command("train", *LINE_ARGS, "--checkpoint", str(file), *more)
            assert (done.returncode, done.stdout, done.stderr) == (5, "", f"exprgrad: {fault}\n")
    assert pipe.is_fifo()
    assert notes.read_text() == "mine\n"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["folder", "notes.txt", "pipe"]
    before = tmp_path / "c.json.previous"
    before.write_text("mine, too\n")
    done = command("train", *LINE_ARGS, "--checkpoint", str(tmp_path / "c.json"))
    assert (done.returncode, done.stderr) == (5, f"exprgrad: cannot write the checkpoint: {before} {stands}\n")
    assert before.read_text() == "mine, too\n"


def test_a_link_is_followed_and_an_empty_file_taken(tmp_path: Path) -> None:
    real, link = tmp_path / "real.json", tmp_path / "link.json"
    real.touch()
    link.symlink_to("real.json")
    for more in ([], ["--resume"]):
        assert command("train", *LINE_ARGS, "--checkpoint", str(link), *more).returncode == 0
    assert link.is_symlink()
    assert read(str(real), FORM)["state"]["epoch"] == 10
    assert sorted(path.name for path in tmp_path.iterdir()) == ["link.json", "real.json", "real.json.previous"]


def test_bytes_that_were_lost_are_a_damaged_checkpoint(tmp_path: Path) -> None:
    """A crash can leave a file of zeros; the checkpoint before it says what it was."""
    file = tmp_path / "c.json"
    options = ["train", *LINE_ARGS, "--checkpoint", str(file), "--checkpoint-every", "1"]
    assert command(*options).returncode == 0
    file.write_bytes(bytes(file.stat().st_size))
    assert command(*options).returncode == 5
    resumed = command(*options, "--resume")
    assert resumed.returncode == 0
    assert "is damaged: resuming from" in resumed.stderr


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_saves_and_says_how_to_go_on(number: signal.Signals, tmp_path: Path) -> None:
    file = tmp_path / "c.json"
    options = ["train", *LINE_ARGS, "--epochs", "100000000", "--backend", "interpreter", "--checkpoint", str(file)]
    with subprocess.Popen(
        [*PROGRAM, *options, "--checkpoint-every", "50"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        while not file.exists():
            assert process.poll() is None
            time.sleep(0.02)
        process.send_signal(number)
        output, messages = process.communicate(timeout=60)
    assert process.returncode == -number
    assert output.startswith(command("train", *LINE_ARGS, "--backend", "interpreter").stdout.partition("\n")[0])
    assert "stopped by a signal; to go on: exprgrad train '(w*x + b - y)^2' --x 1,2,3" in messages
    assert messages.strip().endswith("--resume")
    assert read(str(file), FORM)["state"]["epoch"] > 0


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_without_a_checkpoint_says_where_training_stands(number: signal.Signals, tmp_path: Path) -> None:
    model, history = "(w-2)^2 + (lr+1)^2", tmp_path / "history.csv"
    options = ["train", model, "--w", "0", "-s", "lr=0", "--params", "w,lr", "--lr", "1e-7", "--every", "1000"]
    program = [*PROGRAM, *options, "--backend", "interpreter", "--epochs", "100000000", "--history", str(history)]
    with subprocess.Popen(program, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        while not list(tmp_path.glob(".history.csv.*")):
            assert process.poll() is None
            time.sleep(0.02)
        time.sleep(0.5)
        process.send_signal(number)
        output, messages = process.communicate(timeout=60)
    assert (process.returncode, output.splitlines()[0]) == (-number, "0\t5\t0\t0\t-4\t2")
    found = re.search(
        r"stopped by a signal at epoch (\d+), loss (\S+); to go on: --w (\S+) -s lr=(\S+)$", messages, re.M
    )
    assert found is not None
    epoch, loss, w, rate = map(float, found.groups())
    assert epoch > 0
    assert loss == (w - 2) ** 2 + (rate + 1) ** 2
    again = command("train", model, "--w", found[3], "-s", f"lr={found[4]}", "--params", "w,lr", "--epochs", "0")
    assert again.stdout.split()[:4] == ["0", *found.groups()[1:]]
    assert history.read_text().startswith("epoch,loss,w,lr,dL/dw,dL/dlr\n0,5,0,0,-4,2\n")


@pytest.mark.parametrize("end", [Killed(), exprgrad.errors.ClusterError("gone")], ids=["signal", "cluster"])
@pytest.mark.parametrize("optimizer", ["lbfgs", "nesterov"])
def test_what_ends_a_run_from_outside_loses_no_epoch(end: BaseException, optimizer: str, tmp_path: Path) -> None:
    checkpoints = None if optimizer == "lbfgs" else Checkpoints(str(tmp_path / "c.json"))

    class Witness(exprgrad.Observer):
        def __init__(self, last: int | None) -> None:
            self.last = last
            self.told: list[Epoch] = []
            self.kept: list[Epoch] = []

        def progress(self, step: int, loss: float) -> None:
            if step == self.last:
                raise end

        def keep(self, epoch: Epoch) -> None:
            self.kept.append(epoch)

        def left(self, epoch: Epoch) -> None:
            self.told.append(epoch)

    model, start = exprgrad.parse("(1-a)^2 + 100*(b-a^2)^2"), {"a": -1.0, "b": 1.0}
    wishes: dict[str, Any] = {"optimizer": optimizer, "epochs": 50, "lr": 1e-4}
    run = partial(model.train, start, ["a", "b"], **wishes)
    with pytest.raises(type(end)):
        run(observer=(first := Witness(3)), checkpoints=checkpoints)
    whole = run()
    assert first.told == [whole.history[3 if checkpoints is None else 2]]
    assert first.kept == whole.history[: 2 if checkpoints is None else 3]
    if checkpoints:
        assert read(checkpoints.file, FORM)["state"]["parameters"] == list(whole.history[3].parameters.values())
    again = run(observer=(second := Witness(None)))
    assert second.kept == [*again.history, again.final]


def test_a_history_that_cannot_be_written_costs_no_result(tmp_path: Path) -> None:
    history = tmp_path / "history.csv"
    program = [*PROGRAM, "train", *LINE_ARGS, "--quiet", "--history", str(history)]
    script = ["bash", "-c", 'ulimit -f 0; exec "$@"', "bash"]
    done = subprocess.run([*script, *program], capture_output=True, text=True, check=False)
    assert done.stdout == command("train", *LINE_ARGS).stdout
    assert (done.returncode, done.stderr) == (5, f"exprgrad: cannot write {history}: File too large\n")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("which", [0, 1], ids=["numbers", "batches"])
def test_kills_lose_nothing(which: int, tmp_path: Path) -> None:
    count = kill(runs(tmp_path)[which], 2, 11, tmp_path)
    assert count.kills == 2
    assert count.ends >= 1


BEGUN: dict[str, Any] = {"text": LINE, "bindings": DATA, "epochs": 3, "batch_size": 5, "optimizer": "adam"}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"text": "(w*x - b - y)^2"}, "another expression, (w*x + b - y)^2"),
        ({"bindings": {**DATA, "w": 1.0}}, "other parameters: w was 0.5, now 1"),
        ({"bound": {"w": (0.0, 1.0)}}, "other parameters: w was 0.5, now 0.5 in [0.0, 1.0]"),
        ({"fix": ["b"]}, "other parameters: b was 0, now not given"),
        ({"l2": 0.1}, "another loss: l2 was not given, now 0.1"),
        ({"maximize": True}, "another loss: maximize was not given, now given"),
        ({"bindings": {**DATA, "x": [float(k) for k in range(37)]}}, "other data"),
        ({"batch_size": 6}, "other options: batch_size was 5, now 6"),
        ({"optimizer": "adam,beta1=0.8"}, "other options: optimizer was adam, now adam,beta1=0.8"),
        ({"schedule": "cosine"}, "other options: schedule was constant, now cosine, epochs was not given, now 3"),
        ({"seed": 1}, "other options: seed was 0, now 1"),
        ({"engine": Engine("llvm", 1)}, "a run on another backend: backend was auto, now llvm"),
        ({"epochs": 5000}, "a run on another backend"),
        ({"epochs": 5}, None),
        ({"every": 2, "memory": 10**6}, None),
    ],
)
def test_a_checkpoint_of_another_run_is_refused(change: dict[str, Any], message: str | None, tmp_path: Path) -> None:
    file = str(tmp_path / "c.json")

    def train(resume: bool, text: str, bindings: dict[str, Any], **wishes: Any) -> None:
        exprgrad.train(text, bindings, checkpoints=Checkpoints(file, resume=resume), **wishes)

    train(False, **BEGUN)
    if message is None:
        train(True, **{**BEGUN, **change})
        return
    with pytest.raises(exprgrad.UsageError) as caught:
        train(True, **{**BEGUN, **change})
    assert str(caught.value).partition("; ")[0] == f"{file} is a checkpoint of {message}"
