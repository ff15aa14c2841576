"""Checkpoints: the state of a run on disk. It is not lost when the process is killed, the disk is full, or a file is
damaged.

A new checkpoint is written under another name, brought to disk and renamed (see `data.output.whole`), so the file is
always whole. The checkpoint before it is kept as FILE.previous.
"""

from __future__ import annotations

import json
import os
import stat
import time
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Any

from exprgrad.data.checkpoints.document import BEGINS, Form, is_signed, plain, read, write
from exprgrad.data.output.target import descriptor_of
from exprgrad.data.output.whole import Claim, Unfinished
from exprgrad.errors import DataError, OutputError
from exprgrad.text.escapes import visible

SECONDS = 5.0
"""From one checkpoint to the next."""


class CheckpointFile:
    """The checkpoints of one run.

    A context manager: within it no other run can write the file. Entering it raises OutputError where another run
    does so already.
    """

    form: Form
    """What they hold."""

    def __init__(self, file: str, *, resume: bool = False, note: Callable[[str], None] = lambda _: None) -> None:
        """`note` is told what happened to files. Raises OutputError where checkpoints cannot be written, or would
        replace a file that is none."""
        self.file = os.path.realpath(file) if os.path.islink(file) else file
        self.resume = resume
        self.note = note
        self.written = False
        """Whether this run has written one."""
        self._identity: dict[str, Any] = {}
        self._claim: Claim | None = None
        self._due = time.monotonic() + SECONDS
        open_one = descriptor_of(file) is not None
        if reason := "it is an open descriptor, not a file" if open_one else self._obstacle():
            raise OutputError(f"cannot write the checkpoint {visible(file)}: {reason}", hint="name another file")
        self._spare_others()

    def __enter__(self) -> CheckpointFile:
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

    def begin(self, identity: dict[str, Any]) -> dict[str, Any] | None:
        """The state to resume from, where that was asked for and there is one.

        Raises UsageError for the checkpoint of another run, DataError where it is damaged and so is the one before.
        """
        self._identity = json.loads(json.dumps(plain(identity)))
        if not self.resume:
            return None
        document = self._read()
        if document is None:
            self.note(f"there is no checkpoint {visible(self.file)} yet: the run starts from the beginning")
            return None
        self.check_same(document["run"], self._identity)
        state: dict[str, Any] = document["state"]
        return state

    def check_same(self, found: Mapping[str, Any], own: Mapping[str, Any]) -> None:
        """Raises UsageError where a checkpoint is one of another run than our own."""
        raise NotImplementedError

    def is_due(self) -> bool:
        """Whether some seconds have passed since a checkpoint was due the last time."""
        if time.monotonic() < self._due:
            return False
        self._due = time.monotonic() + SECONDS
        return True

    def write(self, state: Mapping[str, Any]) -> None:
        """Write a checkpoint. Raises OutputError where the system refuses; the last one is then still there."""
        data = write(self._identity, state)
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
        """The name of the checkpoint before the last."""
        return self.file + ".previous"

    def _obstacle(self) -> str:
        """Why no checkpoint can be written here, such as a folder of that name; empty where one can."""
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

        A damaged checkpoint may not look like one. Where a run is resumed it is taken for one all the same if its
        checksum is right, or if the other of the two files is a checkpoint.
        """
        strange = [file for file in (self.file, self.previous) if not _ours(file)]
        vouched = self.resume and any(os.path.exists(f) and f not in strange for f in (self.file, self.previous))
        if strange and not vouched and not (self.resume and all(map(is_signed, strange))):
            message = f"cannot write the checkpoint: {visible(strange[0])} is there, and is no checkpoint"
            raise OutputError(message, hint="name another file, or remove it")

    def _read(self) -> dict[str, Any] | None:
        """The newest checkpoint that is whole; None where there is no file. Raises DataError where all are damaged."""
        faults = []
        for file in (self.file, self.previous):
            try:
                document = read(file, self.form)
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
