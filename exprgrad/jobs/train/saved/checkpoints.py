"""The checkpoints of training: what they hold, and when they are written."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from exprgrad.data.checkpoints.document import Form, damaged, is_count, is_number, is_setting, is_text, number
from exprgrad.data.checkpoints.file import CheckpointFile
from exprgrad.jobs.train.loops.states import Carry
from exprgrad.jobs.train.saved.identity import check_same

_EPOCHS = 1 << 16
"""The most epochs before the clock is looked at again."""
FORM = Form(
    run={
        "expression": is_text,
        "loss": is_text,
        "parameters": {None: is_text},
        "bindings": {None: is_number},
        "settings": {None: is_setting},
        "backend": is_text,
        "data": is_text,
        "asked": {None: is_setting},
    },
    state={
        "epoch": is_count,
        "parameters": [is_number],
        "memory": [[is_number]],
        "total": [is_number],
        "best": is_number,
        "waited": is_count,
    },
)


class Saved(NamedTuple):
    """What a checkpoint keeps."""

    carry: Carry
    best: float
    """The best loss so far."""
    waited: int
    """How many epochs have not improved it."""


class Checkpoints(CheckpointFile):
    """The checkpoints of one training run."""

    form = FORM

    def __init__(
        self, file: str, *, resume: bool = False, every: int | None = None, note: Callable[[str], None] = lambda _: None
    ) -> None:
        """A checkpoint is written every `every` epochs, or without that every 5 seconds. Raises as
        `CheckpointFile`."""
        super().__init__(file, resume=resume, note=note)
        self.every = every

    def check_same(self, found: Mapping[str, Any], own: Mapping[str, Any]) -> None:
        check_same(self.file, found, own)

    def last(self, identity: dict[str, Any], start: Carry) -> Saved | None:
        """The state to resume from, if there is one; `start` is the first state of a new run. Raises as `begin`."""
        state = self.begin(identity)
        if state is None:
            return None
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
        """How many epochs may be computed in one go, so that the next checkpoint is not missed."""
        return _EPOCHS if self.every is None else self.every - epoch % self.every

    def reached(self, saved: Saved) -> None:
        """Epochs are over: save the state if it is time."""
        if self.is_due() if self.every is None else saved.carry.epoch % self.every == 0:
            self.save(saved)

    def save(self, saved: Saved) -> None:
        """Write a checkpoint. Raises as `write`."""
        self.write({**saved.carry._asdict(), "best": saved.best, "waited": saved.waited})


def _shape(carry: Carry) -> tuple[int, list[int], int]:
    return len(carry.parameters), [len(vector) for vector in carry.memory], len(carry.total)
