"""The epochs of a training run: in a pipe each line as it comes, on a terminal, in a file or as JSON all at the end."""

from __future__ import annotations

from exprgrad.cli.options.results import Output
from exprgrad.cli.output import emit
from exprgrad.errors import OutputError
from exprgrad.jobs.train.result import Epoch, Training
from exprgrad.render.formats import LINES


class Epochs:
    """Shows the epochs that it is given where the output goes.

    An error of the system is raised at the end only, so that the run still writes its checkpoint and its history. A
    reader that goes away ends the run at once.
    """

    def __init__(self, output: Output) -> None:
        self._output = output
        self._streams = output.format in LINES and output.target == "-" and not output.on_terminal
        self._waiting: list[Epoch] = []
        self._begun = False
        self._fault: OutputError | None = None

    def keep(self, epoch: Epoch) -> None:
        """This epoch is to be shown next."""
        if self._streams:
            self._waiting.append(epoch)

    def show(self) -> None:
        """Show the epochs that wait."""
        epochs, self._waiting = self._waiting, []
        if not epochs or self._fault is not None:
            return
        try:
            emit(self._output.text(epochs, follows=self._begun))
        except OutputError as error:
            self._fault = error
        self._begun = True

    def end(self, result: Training) -> None:
        """Show what has not been shown yet. Raises OutputError."""
        if not self._streams:
            self._output.show(result)
        self.show()
        if self._fault is not None:
            raise self._fault
