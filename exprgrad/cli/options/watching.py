"""What is told how a training run, or a fit, goes: the bar, the epochs on stdout, the file of the history; and how to
go on with a run that is ended from outside."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from exprgrad.cli.line.assumed import start_option
from exprgrad.cli.options.train.epochs import Epochs
from exprgrad.cli.output import Terminated, complain, note
from exprgrad.errors import ClusterError
from exprgrad.observer import Epoch, Observer
from exprgrad.render.progress import Bar
from exprgrad.render.sheet import cell_text

if TYPE_CHECKING:
    from exprgrad.data.checkpoints.file import CheckpointFile
    from exprgrad.jobs.train.saved.history import HistoryFile

_CAUSES = {KeyboardInterrupt: "a signal", Terminated: "a signal", ClusterError: "its cluster"}
"""What may end a run that can go on."""


class Leaving(Observer):
    """Remembers where a run was ended from outside."""

    last: Epoch | None = None

    def left(self, epoch: Epoch) -> None:
        self.last = epoch

    def where(self, epoch: Epoch) -> str:
        """How far the run had come."""
        return f"at epoch {epoch.epoch}, loss {cell_text(epoch.loss)}"


class Watching(Leaving):
    """Passes on what it is told, to those that it has."""

    def __init__(self, shown: Epochs | None, begun: Callable[[Sequence[str]], None]) -> None:
        """`begun` is told the names of the parameters, before anything is computed."""
        self._shown = shown
        self._begun = begun
        self.bar: Bar | None = None
        self.history: HistoryFile | None = None

    def begin(self, names: Sequence[str], epoch: int) -> None:
        self._begun(names)
        if self.history is not None:
            self.history.begin(names, epoch)

    def progress(self, step: int, loss: float) -> None:
        if self.bar is not None:
            self.bar(step, f"loss {loss:.6g}", loss)
        if self._shown is not None:
            self._shown.show()

    def keep(self, epoch: Epoch) -> None:
        if self._shown is not None:
            self._shown.keep(epoch)
        if self.history is not None:
            self.history(epoch)

    def note(self, message: str) -> None:
        note(message)


@contextmanager
def says_how_to_go_on(watching: Leaving, checkpoints: CheckpointFile | None = None) -> Iterator[None]:
    """Where a signal or the cluster ends the run, say how to go on with it: by this command with --resume, or without a
    checkpoint by the parameters of the last epoch, or the best ones, as options."""
    try:
        yield
    except BaseException as error:
        cause = _CAUSES.get(type(error))
        if cause and checkpoints is not None and checkpoints.written:
            complain(f"stopped by {cause}; to go on: {_this_command_resumed()}")
        elif cause and watching.last is not None:
            starts = _starts(watching.last.parameters)
            complain(f"stopped by {cause} {watching.where(watching.last)}; to go on: {starts}")
        raise


def _this_command_resumed() -> str:
    from exprgrad.data.stores.urls import without_secrets

    line = sys.argv[1:] if "--resume" in sys.argv else [*sys.argv[1:], "--resume"]
    return shlex.join(["exprgrad", *without_secrets(line)])


def _starts(parameters: dict[str, float]) -> str:
    """Options that give the parameters these values."""
    return " ".join(start_option(name, cell_text(value)) for name, value in parameters.items())
