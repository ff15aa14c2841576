"""Checkpoints as documents: whatever stands in one whose checksum is right, it resumes a run or is refused."""

from __future__ import annotations

import copy
import json
import random
import subprocess
from pathlib import Path
from typing import Any

import pytest

import exprgrad
from exprgrad.data.checkpoints.document import checksum, read
from exprgrad.errors import DataError, OutputError, UsageError
from exprgrad.jobs.train.saved.checkpoints import FORM, Checkpoints
from tests.command import COMMAND
from tests.command import exprgrad as command

DATA: dict[str, Any] = {"x": [0.1 * k for k in range(7)], "y": [0.3 * k - 1 for k in range(7)], "w": 0.5, "b": 0.0}
LINE = "(w*x + b - y)^2"
STRANGE: list[Any] = [
    *(
        None,
        True,
        False,
        0,
        -1,
        1,
        2**53 + 1,
        10**400,
        0.5,
        -0.0,
        1e308,
        "",
        "x",
        "NaN",
        "Infinity",
        "\ud800",
        "\x1b[2J",
    ),
    *([], {}, [[]], [1.0], {"x": 1}, [None], "1" * 5000),
]


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Of all there is within a document."""
    keys = value.keys() if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    return [path, *(place for key in keys for place in places(value[key], (*path, key)))]


def edited(document: Any, draw: random.Random) -> Any:
    """The document with a few of its values replaced, removed, doubled, renamed, wrapped or swapped."""
    document = copy.deepcopy(document)
    for _ in range(draw.choice([1, 1, 1, 2, 3])):
        if not (found := places(document)[1:]):
            return document
        *path, key = draw.choice(found)
        owner = document
        for step in path:
            owner = owner[step]
        match draw.randrange(7):
            case 0:
                del owner[key]
            case 1 if isinstance(owner, dict):
                owner[draw.choice(["x", "", "epoch", key + "2"])] = owner.pop(key)
            case 2 if isinstance(owner, list):
                owner.insert(key, copy.deepcopy(owner[key]))
            case 3:
                owner[key] = draw.choice([[owner[key]], {"x": owner[key]}, str(owner[key])])
            case 4:
                other = document
                for step in draw.choice(places(document)):
                    other = other[step]
                owner[key] = copy.deepcopy(other)
            case _:
                owner[key] = copy.deepcopy(draw.choice(STRANGE))
    return document


def signed(document: Any) -> str:
    """The text of an edited document, with the checksum that is right for it."""
    if isinstance(document, dict):
        content = {key: value for key, value in document.items() if key != "checksum"}
        document = {**content, "checksum": checksum(content)}
    return json.dumps(document)


RUNS: list[dict[str, Any]] = [
    {"optimizer": "adam", "batch_size": 3},
    {"optimizer": "momentum", "patience": 3, "accumulate_gradients": True},
]


def fuzz(edits: int, seed: int, folder: Path) -> tuple[int, int]:
    """Resume from so many edited checkpoints: how many were gone on with, and how many refused."""
    draw = random.Random(seed)
    resumed = refused = 0
    for number, wishes in enumerate(RUNS):
        file = folder / f"{number}.json"
        exprgrad.train(LINE, DATA, epochs=3, checkpoints=Checkpoints(str(file)), **wishes)
        whole = read(str(file), FORM)
        for _ in range(edits // len(RUNS)):
            file.write_text(signed(edited(whole, draw)))
            try:
                exprgrad.train(LINE, DATA, epochs=5, checkpoints=Checkpoints(str(file), resume=True), **wishes)
                resumed += 1
            except (DataError, UsageError, OutputError):  # the last where nothing says that it is a checkpoint
                refused += 1
            for left in folder.glob(f"{number}.json*"):
                left.unlink()
    return resumed, refused


def test_a_right_checksum_over_a_wrong_structure(tmp_path: Path) -> None:
    resumed, refused = fuzz(200, 1, tmp_path)
    assert resumed + refused == 200
    assert refused > 100


@pytest.mark.parametrize(
    ("place", "value", "message"),
    [
        (["state"], [], "state is not what it should be"),
        (["state", "memory"], [[0.0], ["x"]], "state.memory[1][0] is not what it should be"),
        (["state", "epoch"], True, "state.epoch is not what it should be"),
        (["state", "parameters"], [1.0], "it has not as many numbers as this run"),
        (["run", "\x1b[2J"], 1, "run.\\x1b[2J is not what it should be"),
        (["version"], None, "version is not what it should be"),
    ],
)
def test_what_is_wrong_is_said(place: list[str], value: Any, message: str, tmp_path: Path) -> None:
    file = tmp_path / "c.json"
    line = ["train", "(w-2)^2 + v^2", *"--w 0 --v 1 --params w,v --optimizer adam --checkpoint".split(), str(file)]
    assert command(*line).returncode == 0
    document = read(str(file), FORM)
    owner = document
    for step in place[:-1]:
        owner = owner[step]
    owner[place[-1]] = value
    for left in (file, Path(f"{file}.previous")):
        left.write_text(signed(document))
    done = command(*line, "--resume", "--epochs", "20")
    assert (done.returncode, done.stdout) == (3, "")
    assert f"exprgrad: the checkpoint {file} is damaged: {message}" in done.stderr


def test_runs_with_one_checkpoint_lose_nothing(tmp_path: Path) -> None:
    """One has it; the others are told at once."""
    line = [*COMMAND, "train", "(w-2)^2", *"--w 0".split()]
    line += [*"--params w --epochs 100000000 --every 100000000 --backend interpreter --lr 1e-9".split()]
    line += ["--checkpoint", str(tmp_path / "c.json"), "--checkpoint-every", "100"]
    running = [subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(3)]
    try:
        while sum(process.poll() is None for process in running) > 1:
            assert any(process.poll() is None for process in running)
        for process in running:
            if process.poll() is not None:
                assert process.returncode == 5
                assert (
                    "c.json: another run writes it; wait for its end, or name another file" in process.communicate()[1]
                )
                continue
            while not (tmp_path / "c.json.previous").exists():
                assert process.poll() is None
            process.terminate()
            assert "stopped by a signal; to go on: " in process.communicate(timeout=60)[1]
    finally:
        for process in running:
            process.kill()
            process.communicate()
    assert read(str(tmp_path / "c.json"), FORM)["state"]["epoch"] > 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["c.json", "c.json.previous"]
