"""What completes a line of a session."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from exprgrad.cli.app import COMMANDS as PROGRAM
from exprgrad.cli.app import app
from exprgrad.cli.completion.shells import VARIABLE, Zsh
from exprgrad.cli.repl.commands import COMMANDS
from exprgrad.cli.repl.session import Session
from exprgrad.errors import ExprgradError
from exprgrad.functions.table import ALIASES, CONSTANTS, FUNCTIONS, WRITTEN

_NAME = re.compile(r"[^\W\d]\w*$")
_WORDS = {"diff(": "the derivative of an expression", "ans": "the last result"}


class Word(NamedTuple):
    """A word, and what it is."""

    text: str
    says: str = ""


def complete(session: Session, before: str) -> tuple[int, list[Word]]:
    """The words that may stand at the end of a text, and how many of its characters they take the place of."""
    if not before.lstrip().startswith(":"):
        return _names(session, before)
    name, space, rest = before.lstrip()[1:].partition(" ")
    if not space:
        found = [Word(f":{word}", command.says) for word, command in COMMANDS.items()]
        found += [Word(f":{word}", row.shows) for word, row in PROGRAM.items()]
        return len(name) + 1, [word for word in found if word.text.startswith(f":{name}")]
    typed = rest.rpartition(" ")[2]
    if name == "forget":
        known = session.known
        return _starting(typed, [*known.bound, *known.formulas, *known.functions, "all"])
    if name == "help":
        return _starting(typed, [*COMMANDS, *PROGRAM, *(row.name for row in FUNCTIONS.values() if not row.helper)])
    words = rest.split()
    if name in PROGRAM and (typed.startswith("--") or (typed != rest and words and _is_option(words, typed))):
        return _options(name, rest, typed)
    return _names(session, before)


def _is_option(words: list[str], typed: str) -> bool:
    """Whether the word before the last one is an option, whose value is typed."""
    before = words[-2:-1] if typed else words[-1:]
    return bool(before) and before[0].startswith("--")


def _options(name: str, rest: str, typed: str) -> tuple[int, list[Word]]:
    """What the shell would be told about an option or its value."""
    from click.shell_completion import split_arg_string

    words = split_arg_string(rest.removesuffix(typed))
    try:
        items = Zsh(app, {}, "exprgrad", VARIABLE).get_completions([name, *words], typed)
    except (ExprgradError, OSError):
        return 0, []
    return len(typed), [Word(str(item.value), item.help or "") for item in items if item.type == "plain"]


def _starting(typed: str, words: list[str]) -> tuple[int, list[Word]]:
    return len(typed), [Word(word) for word in dict.fromkeys(words) if word.startswith(typed)]


def _names(session: Session, before: str) -> tuple[int, list[Word]]:
    """The names that an expression may have next."""
    match = _NAME.search(before)
    typed = match[0] if match else ""
    found: dict[str, str] = {}
    for name, says in _known(session):
        if name.startswith(typed):
            found.setdefault(name, says)
    return len(typed), [Word(name, says) for name, says in found.items()]


def _known(session: Session) -> Iterator[tuple[str, str]]:
    """The names of the session first, then those of the language."""
    known = session.known
    yield from ((name, text) for name, (text, _) in known.bound.items())
    yield from ((name, statement.text) for name, statement in known.formulas.items())
    yield from ((f"{name}(", statement.text) for name, statement in known.functions.items())
    yield from _WORDS.items()
    for row in FUNCTIONS.values():
        if not (row.helper or row.written or row.name in WRITTEN or (row.symbol and not row.called)):
            yield f"{row.name}(", row.doc
    yield from ((f"{name}(", FUNCTIONS[row].doc) for name, row in ALIASES.items())
    yield from ((name, f"{value:.6g}") for name, value in CONSTANTS.items())
