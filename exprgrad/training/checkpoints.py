"""Checkpoints: the state of a run on disk, which no kill, no full disk and no broken file loses.

A checkpoint is a JSON document with a checksum. It is written to a temporary file that takes its name when it
is whole and on disk; the one before is kept as FILE.previous.
"""

from __future__ import annotations

import json
import os
import stat
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from math import inf, isfinite, nan
from typing import Any, NamedTuple

from exprgrad.errors import DataError, OutputError, UsageError, visible
from exprgrad.training.loop import Carry

VERSION = 1
_NUMBERS = {"NaN": nan, "Infinity": inf, "-Infinity": -inf}
_SECONDS = 5.0
"""Between two checkpoints, where epochs do not say."""
_EPOCHS = 1 << 16
_BEGINS = b'{\n "exprgrad": "checkpoint"'
"""The first bytes of every checkpoint."""


class Saved(NamedTuple):
    """What a checkpoint keeps."""

    carry: Carry
    best: float
    """The best loss so far, for patience, and how many epochs it stands."""
    waited: int


class Checkpoints:
    """The checkpoints of one run."""

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
        self._due = time.monotonic() + _SECONDS
        from exprgrad.data.target import descriptor_of

        open_one = descriptor_of(file) is not None
        if reason := "it is an open descriptor, not a file" if open_one else self._obstacle():
            raise OutputError(f"cannot write the checkpoint {visible(file)}: {reason}", hint="name another file")
        self._spare_others()

    def begin(self, identity: dict[str, Any]) -> Saved | None:
        """The state to resume from, if that is wished and there is one. Raises UsageError if it is one of another
        run, DataError if it is damaged and so is the one before."""
        self._identity = json.loads(json.dumps(_plain(identity)))
        folder, base = os.path.split(os.path.abspath(self.file))
        from glob import escape, glob

        for left in glob(os.path.join(escape(folder), f".{escape(base[:200])}.????????.part*")):  # by a kill
            with suppress(OSError):
                os.unlink(left)
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
            tuple(map(_number, state["parameters"])),
            tuple(tuple(map(_number, vector)) for vector in state["memory"]),
            tuple(map(_number, state["total"])),
        )
        return Saved(carry, _number(state["best"]), state["waited"])

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
        state = {**saved.carry._asdict(), "best": saved.best, "waited": saved.waited}
        content = {"exprgrad": "checkpoint", "version": VERSION, "run": self._identity, "state": _plain(state)}
        text = json.dumps({**content, "checksum": checksum(content)}, ensure_ascii=False, allow_nan=False, indent=1)
        folder, base = os.path.split(os.path.abspath(self.file))
        part = os.path.join(folder, f".{base[:200]}.{os.urandom(4).hex()}.part")
        try:
            _write(part, text.encode() + b"\n")
            self._keep_previous(part + "2")
            os.replace(part, self.file)
            _sync(folder)
        except OSError as error:
            raise OutputError(f"cannot write the checkpoint {visible(self.file)}: {error.strerror}") from None
        finally:
            for left in (part, part + "2"):
                with suppress(OSError):
                    os.unlink(left)
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

        A checkpoint may be damaged beyond recognition; where a run is resumed, the one beside it vouches for it.
        """
        strange = [file for file in (self.file, self.previous) if not _ours(file)]
        vouched = self.resume and any(os.path.exists(f) and f not in strange for f in (self.file, self.previous))
        if strange and not vouched:
            message = f"cannot write the checkpoint: {visible(strange[0])} is there, and is no checkpoint"
            raise OutputError(message, hint="name another file, or remove it")

    def _keep_previous(self, link: str) -> None:
        """Give the file another name, under which it stays when it is replaced: a checkpoint is there at any moment."""
        if not os.path.exists(self.file):
            return
        try:
            os.link(self.file, link)
        except OSError:  # no links on this file system
            os.replace(self.file, self.previous)
        else:
            os.replace(link, self.previous)

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


def _ours(file: str) -> bool:
    """Whether a file may be replaced: it is missing, empty, or begins as a checkpoint does."""
    try:
        with open(file, "rb") as stream:
            begins = stream.read(len(_BEGINS))
    except FileNotFoundError:
        return True
    except OSError as error:
        raise OutputError(f"cannot read what is at {visible(file)}: {error.strerror}") from None
    return begins in (b"", _BEGINS)


def read(file: str) -> dict[str, Any]:
    """A whole checkpoint. Raises FileNotFoundError, and DataError for what is none."""
    try:
        with open(file, "rb") as stream:
            data = stream.read()
        document = json.loads(data)
        content = {key: value for key, value in document.items() if key != "checksum"}
        whole = document.get("exprgrad") == "checkpoint" and document["checksum"] == checksum(content)
    except FileNotFoundError:
        raise
    except OSError as error:
        raise DataError(f"cannot read the checkpoint {visible(file)}: {error.strerror}") from None
    except (ValueError, KeyError, AttributeError, RecursionError):
        whole = False
    if not whole:
        raise DataError(f"the checkpoint {visible(file)} is damaged")
    if document["version"] != VERSION:
        raise DataError(f"the checkpoint {visible(file)} is of another version of exprgrad")
    return dict(document)


def checksum(content: Mapping[str, Any]) -> str:
    """The checksum of a document."""
    from hashlib import blake2b

    text = json.dumps(content, sort_keys=True, allow_nan=False)
    return blake2b(text.encode(), digest_size=16).hexdigest()


def _write(file: str, data: bytes) -> None:
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
    with open(descriptor, "wb") as stream:
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())


def _sync(folder: str) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _plain(value: Any) -> Any:
    """The value with lists for tuples and texts for numbers that JSON lacks."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, float) and not isfinite(value):
        return "NaN" if value != value else "Infinity" if value > 0 else "-Infinity"
    return value


def _number(value: float | str) -> float:
    return _NUMBERS[value] if isinstance(value, str) else float(value)
