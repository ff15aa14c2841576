"""A progress bar for work that takes longer than a second: on stderr, where that is a terminal."""

from __future__ import annotations

import os
import sys
import time
from types import TracebackType
from typing import TYPE_CHECKING

from exprgrad.render.pictures.sparkline import Course
from exprgrad.text.escapes import visible

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

_PATIENCE = 1.0
"""Seconds before a bar appears."""


class Bar:
    """A bar, to be called with how much is done, a text to show beside it, and perhaps a number, whose course is shown
    as a sparkline. It is drawn at most ten times a second."""

    def __init__(self, total: int | None, *, quiet: bool = False) -> None:
        """`total` is None where the end is not known."""
        self.total = total
        self._due = time.monotonic() + _PATIENCE
        terminal = sys.stderr is not None and sys.stderr.isatty() and os.environ.get("TERM") != "dumb"
        self._shown = terminal and not quiet
        self._course = Course()
        self._blocks = self._shown and (sys.stderr.encoding or "").lower().startswith("utf")
        self._progress: Progress | None = None
        self._task: TaskID | None = None

    def __call__(self, done: int, beside: str, number: float | None = None) -> None:
        if self._blocks and number is not None:
            self._course.add(number)
        if not self._shown or time.monotonic() < self._due:
            return
        self._due = time.monotonic() + 0.1
        if self._progress is None:
            self._progress, self._task = _start(self.total)
        assert self._task is not None
        self._progress.update(self._task, completed=done, description=visible(f"{beside} {self._course}".rstrip()))

    def __enter__(self) -> Bar:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._progress is not None:
            self._progress.stop()


def _start(total: int | None) -> tuple[Progress, TaskID]:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    columns = [TextColumn("{task.description}", markup=False), BarColumn()]
    if total is not None:
        columns += [TextColumn("{task.percentage:>3.0f}%"), TimeRemainingColumn()]
    progress = Progress(*columns, console=Console(file=sys.stderr), transient=True)
    progress.start()
    return progress, progress.add_task("", total=total)
