"""The start of a session: with all comforts where prompt_toolkit is installed, else line by line."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Sequence
from shutil import get_terminal_size

import click

from exprgrad import __version__
from exprgrad.cli.app import COMMANDS, app
from exprgrad.cli.config.place import place
from exprgrad.cli.output import emit, to_stderr
from exprgrad.cli.repl.loop import PROMPT, Fault, Terminal, converse
from exprgrad.cli.repl.session import Session
from exprgrad.errors import ExitCode, MissingError, check_installed

_GREETING = f"exprgrad {__version__}: :help tells what can be typed, Ctrl-D ends.\n"
_PLAIN = 'For history, completion and colours: pip install "exprgrad[repl]"\n'


def converse_with_user(execute: Callable[[Sequence[str]], int]) -> int:
    """Hold a session on the terminal. `execute` runs a command of the program. Raises UsageError for a wrong
    configuration."""
    gc.enable()  # docs/decisions/0006: this does not end after one answer
    session = Session()
    with click.Context(app, info_name="exprgrad") as context:
        terminal, greeting = _terminal(session, context)
        emit(greeting)
        converse(session, terminal, execute, lambda: get_terminal_size().columns)
    return ExitCode.DONE


def _terminal(session: Session, context: click.Context) -> tuple[Terminal, str]:
    """The best terminal that there is, with what is said first."""
    kept = True
    if (file := place()) is not None:
        from exprgrad.cli.config.file import apply, configured

        apply(context, file, COMMANDS)
        found = configured()
        kept = found is None or found.values.get("repl.history", True)
    if os.environ.get("TERM") == "dumb":
        return Plain(), _GREETING
    try:
        check_installed("the session", "repl", "prompt_toolkit", "platformdirs")
    except MissingError:
        return Plain(), _GREETING + _PLAIN
    from exprgrad.cli.repl.terminal import Screen, history

    return Screen(session, history(kept=kept)), _GREETING


class Plain:
    """A terminal as it is."""

    def ask(self) -> str:
        """The next line. After Ctrl-C and Ctrl-D the cursor is put at the start of a line again."""
        try:
            return input(PROMPT)
        except (EOFError, KeyboardInterrupt):
            emit("\n")
            raise

    def complain(self, fault: Fault) -> None:
        """The place, and what is wrong there."""
        to_stderr("\n".join(filter(None, fault)))
