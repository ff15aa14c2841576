"""The epochs of a training run on stdout: in a pipe line by line as they come, else whole at the end."""

from __future__ import annotations

from exprgrad.cli.output import emit, format_of, to_terminal
from exprgrad.errors import OutputError
from exprgrad.jobs.train.result import Epoch, Training
from exprgrad.render.formats import LINES, render


class Epochs:
    """Told the epochs that are recorded, it shows them in a format, or in the one that fits where the output goes.

    What the system refuses is raised at the end: it costs the run neither its checkpoint nor its history. A reader
    that goes away ends it at once.
    """

    def __init__(self, output: str | None) -> None:
        self._output = format_of(output)
        self._streams = self._output in LINES and not to_terminal()
        self._waiting: list[Epoch] = []
        self._begun = False
        self._fault: OutputError | None = None

    def keep(self, epoch: Epoch) -> None:
        """One more, to be shown next."""
        if self._streams:
            self._waiting.append(epoch)

    def show(self) -> None:
        """Show those that wait."""
        epochs, self._waiting = self._waiting, []
        if not epochs or self._fault is not None:
            return
        try:
            emit(render(epochs, self._output, header=not self._begun))
        except OutputError as error:
            self._fault = error
        self._begun = True

    def end(self, record: Training) -> None:
        """Show what is left to be shown. Raises OutputError."""
        if not self._streams:
            emit(render(record, self._output))
        self.show()
        if self._fault is not None:
            raise self._fault
