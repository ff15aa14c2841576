"""A terminal with history, completion and colours."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable

from platformdirs import user_state_dir
from prompt_toolkit import PromptSession, print_formatted_text
from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document
from prompt_toolkit.formatted_text import FormattedText, StyleAndTextTuples
from prompt_toolkit.history import FileHistory, History, InMemoryHistory
from prompt_toolkit.input import Input
from prompt_toolkit.lexers import Lexer
from prompt_toolkit.output import Output
from prompt_toolkit.styles import Style

from exprgrad.cli.repl.loop import PROMPT, Fault
from exprgrad.cli.repl.session import Session
from exprgrad.cli.repl.words import complete
from exprgrad.functions.table import find

_STYLE = Style.from_dict(
    {
        "prompt": "bold",
        "function": "ansicyan",
        "number": "ansigreen",
        "command": "ansimagenta",
        "comment": "italic",
        "fault": "ansired",
    }
)
"""Colours that are read on white and on black."""
_TOKEN = re.compile(
    r"(?P<comment>#.*)|(?P<name>[^\W\d]\w*)|(?P<number>\d[\d_]*\.?\d*(?:[eE][-+]?\d+)?|\.\d+)|.", re.DOTALL
)


class Screen:
    """The terminal that prompt_toolkit draws on."""

    def __init__(
        self, session: Session, history: History, source: Input | None = None, output: Output | None = None
    ) -> None:
        """`source` and `output` stand for the terminal of the process where they are given."""
        self.output = output
        self.prompt: PromptSession[str] = PromptSession(
            FormattedText([("class:prompt", PROMPT)]),
            history=history,
            completer=_Words(session),
            complete_while_typing=False,
            enable_history_search=True,
            lexer=_Colours(),
            style=_STYLE,
            input=source,
            output=output,
        )

    def ask(self) -> str:
        """The next line, after editing."""
        return self.prompt.prompt()

    def complain(self, fault: Fault) -> None:
        """The carets below the place, and what is wrong there, in red."""
        if fault.line:
            self._write([("", fault.line)])
        if fault.carets:
            self._write([("class:fault", fault.carets)])
        self._write([("class:fault", fault.message)])

    def _write(self, text: StyleAndTextTuples) -> None:
        print_formatted_text(FormattedText(text), style=_STYLE, output=self.output)


def history(*, kept: bool = True) -> History:
    """The lines of earlier sessions, in a file that nobody else may read; those of this one where none can be kept."""
    folder = user_state_dir("exprgrad")
    file = os.path.join(folder, "history")
    if not kept:
        return InMemoryHistory()
    try:
        os.makedirs(folder, mode=0o700, exist_ok=True)
        number = os.open(file, os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600)
        os.fchmod(number, 0o600)
        os.close(number)
    except OSError:
        return InMemoryHistory()
    return FileHistory(file)


class _Words(Completer):
    """The words of the session."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterable[Completion]:
        length, words = complete(self.session, document.text_before_cursor)
        return [Completion(word.text, start_position=-length, display_meta=word.says) for word in words]


class _Colours(Lexer):
    """Functions, numbers and comments in their colours."""

    def lex_document(self, document: Document) -> Callable[[int], StyleAndTextTuples]:
        return lambda number: coloured(document.lines[number])


def coloured(line: str) -> StyleAndTextTuples:
    """A line in pieces, each with its style."""
    if line.lstrip().startswith(":"):
        command, space, rest = line.partition(" ")
        return [("class:command", command), ("", space + rest)]
    found: StyleAndTextTuples = []
    for match in _TOKEN.finditer(line):
        kind, text = match.lastgroup, match[0]
        if kind == "name":
            kind = "function" if line[match.end() :].lstrip().startswith("(") and find(text) else None
        found.append((f"class:{kind}" if kind else "", text))
    return found
