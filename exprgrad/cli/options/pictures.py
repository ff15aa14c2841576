"""Where pictures go: to a file, whose name says the format, or to a terminal."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from shutil import get_terminal_size
from typing import TYPE_CHECKING, TextIO

from exprgrad.cli.line.optional import FileOrNothing
from exprgrad.cli.options.files import OutputFile, check_folder
from exprgrad.cli.options.option import OUTPUT, row
from exprgrad.cli.output import deliver, emit, to_stderr, to_terminal
from exprgrad.errors import UsageError, check_installed
from exprgrad.render.formats import PICTURES
from exprgrad.text.escapes import visible

if TYPE_CHECKING:
    from exprgrad.render.pictures.screen import Screen
    from exprgrad.render.pictures.uncertain import Picture

PLOT = row(
    "--plot",
    cls=FileOrNothing,
    heading=OUTPUT,
    type=OutputFile(),
    left_out="-",
    metavar="[FILE]",
    help="Draw the course of the loss (train), the data with the fitted curve and the residuals (fit), the budget and "
    "how dense the trials lie (uncertainty), or lines and heat maps (sweep): as .svg, .png or .pdf; without FILE on "
    "the terminal, below the table or on stderr.",
)
"""The option, given to the command as a file, "-" for the terminal, or None."""


def kind_of(target: str) -> str | None:
    """The format that the name of a file says; None for the terminal."""
    if target == "-":
        return None
    suffix = os.path.splitext(target)[1].lower().removeprefix(".")
    if suffix not in PICTURES and not os.path.isdir(target):
        listed = ", ".join(f".{kind}" for kind in PICTURES)
        raise UsageError(f"the name {visible(target)} tells no format of pictures", hint=f"end it in one of {listed}")
    return suffix if suffix in PICTURES else PICTURES[0]


def check_terminal(kind: str, target: str) -> None:
    """Raises UsageError for a picture in bytes that would go to a terminal."""
    if kind in ("png", "pdf") and target == "-" and to_terminal():
        raise UsageError(f"a {kind.upper()} is not for the terminal", hint=f"give -o FILE.{kind}")


def check_plot(target: str | None) -> None:
    """Check --plot before the run, so that a long run does not fail at its end. Raises UsageError for what cannot be
    drawn, OutputError where a file cannot be written."""
    if target is None:
        return
    check_installed("--plot", "plot", "plotille" if kind_of(target) is None else "matplotlib")
    check_folder(target)


def draw_pictures(shown: Sequence[Picture], target: str, *, beside: bool) -> None:
    """Draw panels and bars: see `put_picture`."""

    def in_file(kind: str) -> bytes:
        from exprgrad.render.pictures.stack import draw_pictures as drawn

        return drawn(shown, kind)

    def in_characters(on: Screen) -> str:
        from exprgrad.render.pictures.terminal import plot_pictures

        return plot_pictures(shown, on)

    put_picture(in_file, in_characters, target, beside=beside)


def put_picture(
    in_file: Callable[[str], bytes], in_characters: Callable[[Screen], str], target: str, *, beside: bool
) -> None:
    """Put a picture in a file, drawn in the format that its name says; or on a terminal: on stdout below the result
    where that is shown to a person (`beside`), else on stderr."""
    if (kind := kind_of(target)) is not None:
        deliver(in_file(kind), target)
    elif beside and to_terminal():
        emit("\n" + in_characters(screen(sys.stdout)))
    elif sys.stderr is not None:
        to_stderr(in_characters(screen(sys.stderr)).rstrip("\n"))


def screen(stream: TextIO | None) -> Screen:
    """The terminal behind a stream, as far as it is one."""
    from exprgrad.render.pictures.screen import Screen

    columns, lines = get_terminal_size((80, 24))
    unicode = ((stream and stream.encoding) or "utf-8").lower().startswith("utf")
    return Screen(columns, min(lines - 6, columns // 4), _colours(stream), unicode)


def _colours(stream: TextIO | None) -> bool:
    """Whether colours are wanted, as the user's environment has it."""
    if os.environ.get("NO_COLOR"):
        return False
    terminal = stream is not None and stream.isatty() and os.environ.get("TERM") != "dumb"
    return bool(os.environ.get("FORCE_COLOR")) or terminal
