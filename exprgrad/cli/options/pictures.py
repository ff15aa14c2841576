"""Where pictures go: to a file, whose name says the format, or to a terminal."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from shutil import get_terminal_size
from typing import TYPE_CHECKING, Any, TextIO, TypeVar

import click

from exprgrad.cli.line.optional import OptionalValue
from exprgrad.cli.options.files import OutputFile
from exprgrad.cli.output import deliver, emit, to_stderr, to_terminal
from exprgrad.errors import OutputError, UsageError, check_installed
from exprgrad.text.escapes import visible

if TYPE_CHECKING:
    from exprgrad.render.pictures.panels import Panel
    from exprgrad.render.pictures.terminal import Screen

C = TypeVar("C", bound=Callable[..., Any])

FORMATS = ("svg", "png", "pdf")


class FileOrNothing(OptionalValue):
    """An option with the name of a file or without; what follows it is that name only if it looks like one, so that
    `fit --plot "y ~ a*x"` takes the formula for a formula."""

    def takes(self, text: str) -> bool:
        """Whether a text is meant as a file: no expression of the language ends like this."""
        suffix = os.path.splitext(text)[1].removeprefix(".")
        return text == "-" or (suffix.isalpha() and len(suffix) > 2)


def plot_option(what: str) -> Callable[[C], C]:
    """The option --plot, given to the command as a file, "-" for the terminal, or None. `what` it draws."""
    return click.option(
        "--plot",
        "plot",
        cls=FileOrNothing,
        type=OutputFile(),
        otherwise="-",
        metavar="[FILE]",
        help=f"Draw {what}: as .svg, .png or .pdf, or without FILE on the terminal, below the table (on"
        " stderr where stdout is no terminal).",
    )


def kind_of(target: str) -> str | None:
    """The format that the name of a file says; None for the terminal."""
    if target == "-":
        return None
    suffix = os.path.splitext(target)[1].lower().removeprefix(".")
    if suffix not in FORMATS and not os.path.isdir(target):
        listed = ", ".join(f".{kind}" for kind in FORMATS)
        raise UsageError(f"the name {visible(target)} tells no format of pictures", hint=f"end it in one of {listed}")
    return suffix if suffix in FORMATS else FORMATS[0]


def check_plot(target: str | None) -> None:
    """Check --plot before the run, so that a long run does not fail at its end. Raises UsageError for what cannot be
    drawn, OutputError where a file cannot be written."""
    if target is None:
        return
    check_installed("--plot", "plot", "plotille" if kind_of(target) is None else "matplotlib")
    check_folder(target)


def check_folder(target: str) -> None:
    """Raises OutputError where the folder of a file is missing, or a folder has its name."""
    folder = os.path.dirname(target)
    if folder and not os.path.isdir(folder):
        raise OutputError(f"cannot write {visible(target)}: there is no folder {visible(folder)}")
    if os.path.isdir(target):
        raise OutputError(f"cannot write {visible(target)}: it is a folder")


def draw_panels(panels: Sequence[Panel], target: str, *, beside: bool) -> None:
    """Draw to a file or to the terminal: on stdout where the result is shown to a person (`beside`), else on stderr."""
    kind = kind_of(target)
    if kind is not None:
        from exprgrad.render.pictures import figure

        deliver(figure.draw_panels(panels, kind), target)
        return
    from exprgrad.render.pictures.terminal import plot_panels

    if beside and to_terminal():
        emit("\n" + plot_panels(panels, screen(sys.stdout)))
    elif sys.stderr is not None:
        to_stderr(plot_panels(panels, screen(sys.stderr)).rstrip("\n"))


def screen(stream: TextIO | None) -> Screen:
    """The terminal behind a stream, as far as it is one."""
    from exprgrad.render.pictures.terminal import Screen

    columns, lines = get_terminal_size((80, 24))
    unicode = ((stream and stream.encoding) or "utf-8").lower().startswith("utf")
    return Screen(columns, min(lines - 6, columns // 4), _colours(stream), unicode)


def _colours(stream: TextIO | None) -> bool:
    """Whether colours are wanted, as the user's environment has it."""
    if os.environ.get("NO_COLOR"):
        return False
    terminal = stream is not None and stream.isatty() and os.environ.get("TERM") != "dumb"
    return bool(os.environ.get("FORCE_COLOR")) or terminal
