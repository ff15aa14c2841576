"""Sessions in Markdown: the lines behind `> ` of a block are answered, and the answers compared.

The blocks of one file are one session. `python -m tests.sessions FILE …` writes the answers of now into the files: read
the difference before you commit it.
"""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

from exprgrad.cli.repl.commands import respond
from exprgrad.cli.repl.loop import fault_of
from exprgrad.cli.repl.session import Session

_BLOCK = re.compile(r"^```text\n(> .*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(path: Path) -> list[str]:
    """The blocks of a file."""
    return _BLOCK.findall(path.read_text("utf-8"))


def replayed(block: str, session: Session) -> str:
    """A block with the answers of now."""
    lines = [line for line in block.splitlines() if line.startswith("> ")]
    return "".join(f"{line}\n{answered(session, line[2:])}" for line in lines)


def answered(session: Session, line: str) -> str:
    """What a line shows: its text, notes, and what is wrong with it."""
    answer = respond(session, line)
    notes = "".join(f"note: {note}\n" for note in answer.notes)
    run = f"({' '.join(('exprgrad', *answer.run))})\n" if answer.run else ""
    wrong = "" if answer.error is None else "".join(f"{text}\n" for text in fault_of(answer.error, line, 80) if text)
    return answer.text + notes + run + wrong


def session_of_a_terminal() -> Session:
    """A session on a terminal of 80 columns."""
    os.environ["COLUMNS"] = "80"
    session = Session()
    session.digits = 6
    return session


if __name__ == "__main__":
    for name in sys.argv[1:]:
        path, session = Path(name), session_of_a_terminal()
        text = _BLOCK.sub(lambda block: f"```text\n{replayed(block[1], session)}```", path.read_text("utf-8"))  # noqa: B023
        path.write_text(text, "utf-8")
