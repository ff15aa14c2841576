"""Checkpoints: the state of a run on disk, which no kill, no full disk and no broken file loses.

A checkpoint is a file that is whole or not there (see `data.output.whole`); the one before is kept as FILE.previous.
"""

from __future__ import annotations

import json
import os
import stat
import time
from collections.abc import Callable, Mapping, Sequence
from types import TracebackType
from typing import Any, NamedTuple

from exprgrad.data.output.target import descriptor_of
from exprgrad.data.output.whole import Claim, Unfinished
from exprgrad.errors import DataError, OutputError, UsageError
from exprgrad.jobs.train.document import BEGINS, damaged, is_signed, number, plain, read, write
from exprgrad.jobs.train.loop import Carry
from exprgrad.text.escapes import visible

_SECONDS = 5.0
"""Between two checkpoints, where epochs do not say."""
_EPOCHS = 1 << 16


class Saved(NamedTuple):
    """What a checkpoint keeps."""

    carry: Carry
    best: float
    """The best loss so far, for patience, and how many epochs it stands."""
    waited: int


class Checkpoints:
    """The checkpoints of one run, which alone writes them.

    A context manager: within it no other run has the file. Raises OutputError where one has it already."""

    def __init__(
        self, file: str, *, resume: bool = False, every: int | None = None, note: Callable[[str], None] = lambda _: None
    ) -> None:
        """`every` is how many epochs lie between two; without it 5 seconds do. `note` is told what happened to
        files. Raises OutputError where checkpoints cannot be written, or would replace what is none."""
        self.file = os.path.realpath(file) if os.path.islink(file) else file
        self.resume = resume
        self.every = every
        self.note = note
        self.written = False
        """Whether one of this run is there."""
        self._identity: dict[str, Any] = {}
        self._claim: Claim | None = None
        self._due = time.monotonic() + _SECONDS
        open_one = descriptor_of(file) is not None
        if reason := "it is an open descriptor, not a file" if open_one else self._obstacle():
            raise OutputError(f"cannot write the checkpoint {visible(file)}: {reason}", hint="name another file")
        self._spare_others()

    def __enter__(self) -> Checkpoints:
        refused = f"cannot write the checkpoint {visible(self.file)}: "
        try:
            self._claim = Claim(self.file)
        except BlockingIOError:
            raise OutputError(
                f"{refused}another run writes it", hint="wait for its end, or name another file"
            ) from None
        except OSError as error:
            raise OutputError(f"{refused}{error.strerror}") from None
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._claim is not None:
            self._claim.release()
            self._claim = None

    def begin(self, identity: dict[str, Any], start: Carry) -> Saved | None:
        """The state to resume from, if that is wished and there is one; `start` is what another begins with. Raises
        UsageError if it is one of another run, DataError if it is damaged and so is the one before."""
        self._identity = json.loads(json.dumps(plain(identity)))
        if not self.resume:
            return None
        document = self._read()
        if document is None:
            self.note(f"there is no checkpoint {visible(self.file)} yet: training starts from the beginning")
            return None
        self._compare(document["run"])
        state = document["state"]
        carry = Carry(
            state["epoch"],
            tuple(map(number, state["parameters"])),
            tuple(tuple(map(number, vector)) for vector in state["memory"]),
            tuple(map(number, state["total"])),
        )
        if _shape(carry) != _shape(start):
            raise damaged(self.file, "it has not as many numbers as this run")
        return Saved(carry, number(state["best"]), state["waited"])

    def room(self, epoch: int) -> int:
        """How many epochs may go by before the next checkpoint has to be thought of."""
        return _EPOCHS if self.every is None else self.every - epoch % self.every

    def reached(self, saved: Saved) -> None:
        """An epoch is over: save it if it is time."""
        if self.every is None:
            if time.monotonic() < self._due:
                return
            self._due = time.monotonic() + _SECONDS
        elif saved.carry.epoch % self.every:
            return
        self.save(saved)

    def save(self, saved: Saved) -> None:
        """Write a checkpoint. Raises OutputError where the system refuses; then the one before is still there."""
        data = write(self._identity, {**saved.carry._asdict(), "best": saved.best, "waited": saved.waited})
        part: Unfinished | None = None
        try:
            part = Unfinished(self.file)
            part.file.write(data)
            part.commit(self.previous)
        except OSError as error:
            raise OutputError(f"cannot write the checkpoint {visible(self.file)}: {error.strerror}") from None
        finally:
            if part is not None:
                part.discard()
        self.written = True

    @property
    def previous(self) -> str:
        return self.file + ".previous"

    def _obstacle(self) -> str:
        """Why no checkpoint can stand here; empty if one can. What is no file cannot be replaced by one."""
        for file in (self.file, self.previous):
            try:
                mode = os.stat(file).st_mode
            except FileNotFoundError:
                continue
            except (OSError, ValueError) as error:
                return (error.strerror if isinstance(error, OSError) else None) or str(error)
            what = "it" if file == self.file else visible(self.previous)
            if stat.S_ISDIR(mode):
                return f"{what} is a folder"
            if not stat.S_ISREG(mode):
                return f"{what} is not a regular file"
            if not os.access(file, os.W_OK):
                return f"{what} is read-only"
        folder = os.path.dirname(os.path.abspath(self.file))
        if not os.path.isdir(folder) or not os.access(folder, os.W_OK):
            return "its folder is not there, or not for us"
        return ""

    def _spare_others(self) -> None:
        """Raise OutputError rather than replace a file that somebody else wrote.

        A checkpoint may be damaged beyond recognition; where a run is resumed, its checksum or the one beside it
        vouches for it.
        """
        strange = [file for file in (self.file, self.previous) if not _ours(file)]
        vouched = self.resume and any(os.path.exists(f) and f not in strange for f in (self.file, self.previous))
        if strange and not vouched and not (self.resume and all(map(is_signed, strange))):
            message = f"cannot write the checkpoint: {visible(strange[0])} is there, and is no checkpoint"
            raise OutputError(message, hint="name another file, or remove it")

    def _read(self) -> dict[str, Any] | None:
        """The newest whole checkpoint."""
        faults = []
        for file in (self.file, self.previous):
            try:
                document = read(file)
            except FileNotFoundError:
                continue
            except DataError as error:
                faults.append(error.message)
                continue
            if file == self.previous:
                lost = faults[0] if faults else f"{visible(self.file)} is not there"
                self.note(f"{lost}: resuming from {visible(self.previous)}")
            return document
        if faults:
            raise DataError(faults[0], hint="remove it to start from the beginning")
        return None

    def _compare(self, found: Mapping[str, Any]) -> None:
        """Raise UsageError where the checkpoint is one of another run, with what differs."""
        for key, what in _SAME.items():
            theirs, ours = found.get(key), self._identity[key]
            if theirs == ours:
                continue
            message = f"{visible(self.file)} is a checkpoint of {what}"
            hint = "resume with what it was begun with, or leave out --resume"
            if key == "expression":
                message += f", {theirs}"
            elif isinstance(theirs, dict) and isinstance(ours, dict):
                message += _differences(theirs, ours)
            elif options := _ASKED.get(key):
                before, now = (_only(run.get("asked", {}), options) for run in (found, self._identity))
                message += _differences(before, now)
                if key == "backend" and before == now:
                    hint = "give the --epochs that it was begun with: how many there are chooses the backend"
            raise UsageError(message, hint=hint)


_SAME = {
    "expression": "another expression",
    "parameters": "other parameters",
    "bindings": "other values",
    "loss": "another loss",
    "settings": "other options",
    "data": "other data",
    "backend": "a run on another backend",
}


_ASKED = {"loss": ("--maximize", "--l2"), "backend": ("--backend",)}
"""The options, kept as they were given, that may be why these are different."""


def _only(values: Mapping[str, Any], names: Sequence[str]) -> dict[str, Any]:
    return {name: values.get(name) for name in names}


def _differences(theirs: Mapping[str, Any], ours: Mapping[str, Any]) -> str:
    """What differs, as the end of a message."""
    names = [name for name in {**theirs, **ours} if theirs.get(name) != ours.get(name)]
    listed = ", ".join(f"{name} was {_said(theirs, name)}, now {_said(ours, name)}" for name in names[:3])
    return f": {listed}" if listed else ""


def _said(values: Mapping[str, Any], name: str) -> str:
    value = values.get(name)
    return "not given" if value is None else value if isinstance(value, str) else json.dumps(value)


def _shape(carry: Carry) -> tuple[int, list[int], int]:
    return len(carry.parameters), [len(vector) for vector in carry.memory], len(carry.total)


def _ours(file: str) -> bool:
    """Whether a file may be replaced: it is missing, empty, or begins as a checkpoint does."""
    try:
        with open(file, "rb") as stream:
            begins = stream.read(len(BEGINS))
    except FileNotFoundError:
        return True
    except OSError as error:
        raise OutputError(f"cannot read what is at {visible(file)}: {error.strerror}") from None
    return begins in (b"", BEGINS)
