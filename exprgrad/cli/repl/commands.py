"""The commands of a session, which begin with a colon."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from typing import NamedTuple

import click

from exprgrad.cli.app import COMMANDS as PROGRAM
from exprgrad.cli.app import app
from exprgrad.cli.line.command import ExpressionCommand
from exprgrad.cli.line.look import Line
from exprgrad.cli.repl.meant import ALIASES, meant, parted
from exprgrad.cli.repl.session import Answer, Session
from exprgrad.cli.repl.shell import options, shell
from exprgrad.errors import ExprgradError, UsageError
from exprgrad.functions.table import find
from exprgrad.text.numbers import format_number
from exprgrad.text.spelling import did_you_mean


class Command(NamedTuple):
    """A command of the session."""

    obey: Callable[[Session, str], Answer]
    usage: str
    says: str


def respond(session: Session, line: str) -> Answer:
    """The answer to a line: to a command, where it begins with a colon, or is meant for one."""
    known = session.known
    line = meant(line, {*COMMANDS, *PROGRAM}, {*known.bound, *known.formulas, *known.functions})
    if not line.lstrip().startswith(":"):
        return session.answer(line)
    name, _, rest = line.strip()[1:].partition(" ")
    name = ALIASES.get(name, name)
    try:
        if name in COMMANDS:
            return COMMANDS[name].obey(session, rest.strip())
        if name in PROGRAM:
            return Answer(run=(name, *arguments(session, name, rest)))
        names = [f":{word}" for word in (*COMMANDS, *PROGRAM)]
        raise UsageError(f"there is no command :{name}", hint=did_you_mean(f":{name}", names, ":help lists them"))
    except ExprgradError as error:
        return Answer(error=error)


def arguments(session: Session, name: str, rest: str) -> list[str]:
    """The arguments of a command of the program; its expression may use what the session knows."""
    command = app.get_command(click.Context(app), name)
    takes_expression = isinstance(command, ExpressionCommand)
    unquoted, others = parted(rest) if takes_expression else ("", rest)
    try:
        words = [*([unquoted] if unquoted else []), *shlex.split(others)]
    except ValueError as error:
        raise UsageError(f"a quote is never closed: {rest}") from error
    if not isinstance(command, ExpressionCommand):
        return words
    line = Line(command, click.Context(command, info_name=name), words)
    if line.expression is None or line.asks_for_help:
        return words
    if command.formula:
        rows = session.rows_of(line.expression) if "data_files" not in line.seen else {}
        return [*words, *options({key: row for key, row in rows.items() if key not in line.unknown}, command)]
    said = session.said(line.expression)
    given = {variable: value for variable, value in said.bound.items() if variable not in line.unknown}
    place = words.index(line.expression)
    return [*words[:place], said.program, *options(given, command), *words[place + 1 :]]


def _shell(session: Session, text: str) -> Answer:
    if text.startswith(":"):
        name, _, rest = text[1:].partition(" ")
        if name not in PROGRAM:
            raise UsageError(f":{name} is no command of a shell")
        return Answer(shlex.join(["exprgrad", name, *arguments(session, name, rest)]) + "\n")
    said = session.said(text) if text else session.last
    if said is None:
        raise UsageError("there is no result yet", hint="write :shell x^2, for example")
    return Answer(shell(said) + "\n")


def _names(session: Session, _: str) -> Answer:
    known = session.known
    lines = [function.text for function in known.functions.values()]
    lines += [formula.text for formula in known.formulas.values()]
    for name, (text, value) in known.bound.items():
        shown = f"{text} = {format_number(value)}" if isinstance(value, float) else f"{text} ({len(value)} numbers)"
        lines.append(f"{name} = {text if isinstance(value, float) and text == format_number(value) else shown}")
    return Answer("".join(f"{line}\n" for line in lines) or "no name has been given yet\n")


def _forget(session: Session, text: str) -> Answer:
    names = text.replace(",", " ").split()
    if not names:
        raise UsageError("what is to be forgotten?", hint="write :forget NAME, or :forget all")
    if names == ["all"]:
        session.known = type(session.known)()
        return Answer()
    for name in names:
        if not session.known.forget(name):
            known = [*session.known.bound, *session.known.formulas, *session.known.functions]
            raise UsageError(f"there is no name {name}", hint=did_you_mean(name, known, ":names lists them"))
    return Answer()


def _digits(session: Session, text: str) -> Answer:
    if text == "all":
        session.digits = 17
    elif text.isdecimal() and 1 <= int(text) <= 17:
        session.digits = int(text)
    else:
        raise UsageError(":digits takes a whole number from 1 to 17, or all")
    return Answer()


def _help(session: Session, text: str) -> Answer:
    if text.removeprefix(":") in PROGRAM:
        return Answer(run=("help", text.removeprefix(":")))
    if find(text):
        return Answer(run=("functions", text))
    if text and text.removeprefix(":") not in COMMANDS:
        words = [*COMMANDS, *PROGRAM]
        raise UsageError(f"there is no help on {text}", hint=did_you_mean(text, words, ":help alone tells everything"))
    rows = [*_LINES, *((command.usage, command.says) for command in COMMANDS.values())]
    rows.append((":plot sin(a*x) --x 0:9", "any other command of exprgrad, which may use the names of the session"))
    width = max(len(usage) for usage, _ in rows)
    return Answer("".join(f"{usage:<{width}}   {says}\n" for usage, says in rows))


def _quit(session: Session, text: str) -> Answer:
    return Answer(ends=True)


_LINES = [
    ("a*b + c", "an expression: its value and derivatives"),
    ("a = 3", "a variable; x = 1,2,3 or x = 0:1:0.1 is a column"),
    ("b = 2*a", "a formula, which follows a"),
    ("f(x) = a*x^2", "a function"),
    ("diff(x^3, x)", "a derivative"),
    ("ans", "the last result"),
]
COMMANDS = {
    "help": Command(_help, ":help [NAME]", "this, or all about a function or a command"),
    "shell": Command(_shell, ":shell [LINE]", "the last line, or this one, as a command for a shell"),
    "names": Command(_names, ":names", "what has been given a name"),
    "forget": Command(_forget, ":forget NAME", "one of these no more, or all"),
    "digits": Command(_digits, ":digits N", "significant digits shown; :digits all"),
    "quit": Command(_quit, ":quit", "the end, as Ctrl-D; quit and exit will do, too"),
}
