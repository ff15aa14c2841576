"""The loop of a session: it asks for a line, and shows the answer, until there are no more lines."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import NamedTuple, Protocol

from exprgrad.cli.output import emit, to_stderr
from exprgrad.cli.repl.commands import respond
from exprgrad.cli.repl.session import Answer, Session
from exprgrad.errors import ExprgradError, shown
from exprgrad.text.source import excerpt

PROMPT = "> "


class Terminal(Protocol):
    """Where lines come from, and where what is wrong with them is shown."""

    def ask(self) -> str:
        """The next line. Raises EOFError at the end, KeyboardInterrupt for Ctrl-C."""

    def complain(self, fault: Fault) -> None:
        """Show what is wrong with the line."""


class Fault(NamedTuple):
    """What is wrong with a line."""

    line: str
    """An excerpt with the place; empty where the line itself is above the carets, and where there is no place."""
    carets: str
    message: str


def fault_of(error: ExprgradError, line: str, columns: int) -> Fault:
    """An error as it is shown below a line that was typed behind the prompt on a terminal of some width."""
    message = shown(error.message) + (f"; {shown(error.hint)}" if error.hint else "")
    if error.source is None or error.span is None:
        return Fault("", "", message)
    place, carets = excerpt(error.source, error.span).split("\n")
    below = place == f"{' ' * len(PROMPT)}{line}" and len(place) < columns
    return Fault("" if below else place, carets, message)


def converse(
    session: Session, terminal: Terminal, execute: Callable[[Sequence[str]], int], columns: Callable[[], int]
) -> None:
    """Answer lines until they end. `execute` runs a command of the program; `columns` is the width of the terminal."""
    while True:
        try:
            line = terminal.ask()
            if line.strip() and _answered(session, terminal, execute, line, columns()):
                return
        except KeyboardInterrupt:
            continue
        except EOFError:
            return


def _answered(
    session: Session, terminal: Terminal, execute: Callable[[Sequence[str]], int], line: str, columns: int
) -> bool:
    """Show the answer to a line; whether it was the last one."""
    try:
        answer = respond(session, line)
    except MemoryError:
        answer = Answer(error=ExprgradError("this takes more memory than there is"))
    except Exception as error:
        if os.environ.get("EXPRGRAD_DEBUG") == "1":
            raise
        answer = Answer(error=ExprgradError(f"a bug in exprgrad ({type(error).__name__}: {error})"))
    emit(answer.text)
    for note in answer.notes:
        to_stderr(f"note: {shown(note)}")
    if answer.error is not None:
        terminal.complain(fault_of(answer.error, line, columns))
    if answer.run:
        execute(answer.run)
    return answer.ends
