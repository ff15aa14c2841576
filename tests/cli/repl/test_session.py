"""A session: what lines answer, what they are for a shell, what completes them; and once on a real terminal."""

from __future__ import annotations

import os
import shlex
import stat
import subprocess
from pathlib import Path

import pytest
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import DummyOutput

from exprgrad.cli.process import execute
from exprgrad.cli.repl import start, terminal
from exprgrad.cli.repl.commands import respond
from exprgrad.cli.repl.loop import converse, fault_of
from exprgrad.cli.repl.session import Session
from exprgrad.cli.repl.words import complete
from exprgrad.errors import UsageError
from exprgrad.text.numbers import format_number
from tests import sessions
from tests.command import COMMAND
from tests.terminals import watch
from tests.transcripts import ROOT

PAGES = ["docs/terminal.md", "tests/transcripts/sessions.md"]


@pytest.mark.parametrize("name", PAGES)
def test_a_page_says_what_a_session_answers(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where this fails: `python -m tests.sessions FILE`."""
    monkeypatch.setenv("COLUMNS", "80")
    session = sessions.session_of_a_terminal()
    found = sessions.blocks(ROOT / name)
    assert len(found) > 2
    for block in found:
        assert sessions.replayed(block, session) == block


@pytest.mark.parametrize(
    "lines",
    [
        "1/3",
        "a = -3; a^2",
        "a = pi/3; sin(a)",
        "a = 3; b = 2*a; c = b + a; c*b",
        "a = 3; f(x) = a*x; g(y) = f(y)^2; g(2)",
        "f(x) = x^2; a = 2; f(a)",
        "value = 2; order = 3; value^order",
        "x = 1,2,3; mean(x^2)",
        "x = 0:1:0.25; w = 2; sum(w*x)",
        "e = 3; e^2",
        "a = 2; a = a*a + 1; a/7",
        "1/7; ans*3",
        "x = 0.1; diff(x^3, x)",
        "-2^2",
        "a = 5; a*(1 +\n 2)",
        "c = 1e-300; c*c",
        "log(-1)",
    ],
)
def test_a_line_for_a_shell_has_the_same_value(lines: str, capfd: pytest.CaptureFixture[str]) -> None:
    session = Session()
    assert respond(session, lines).error is None
    command = respond(session, ":shell").text
    assert "\n" not in command.removesuffix("\n")
    program, *arguments = shlex.split(command)
    assert program == "exprgrad"
    assert execute([*arguments, "--value"]) == 0
    (ans,) = (bound.value for name, bound in session.known.bound.items() if name == "ans")
    assert isinstance(ans, float)
    assert capfd.readouterr().out == f"{format_number(ans)}\n"


def test_a_mistake_changes_nothing() -> None:
    session = Session()
    respond(session, "a = 3; b = 2*a; f(x) = x + b; f(1)")
    before = respond(session, ":names").text
    for line in ("b = relo(a)", "b = b*f(1) + q", "f(x) = relo(x)", "f(x) = f(x)", "a = b = 3", "ans = 1", "a = 1,,2"):
        assert respond(session, line).error is not None, line
        assert respond(session, ":names").text == before, line


@pytest.mark.parametrize(
    ("before", "length", "words"),
    [
        ("2*softp", 5, ["softplus("]),
        ("al", 2, ["alpha"]),
        ("hal", 3, ["half("]),
        ("1 + di", 2, ["diff(", "digamma("]),
        (":sh", 3, [":shell"]),
        (":for", 4, [":forget"]),
        (":forget a", 1, ["alpha", "all"]),
        (":help gel", 3, ["gelu", "gelu_gate", "gelu_erf"]),
        (":shell al", 2, ["alpha"]),
        (":plot sin(al", 2, ["alpha"]),
        (":plot 'sin(q)' --q 0:1 --poi", 5, ["--points"]),
        (":train '(w*x)^2' --optimizer ada", 3, ["adagrad", "adam", "adamw"]),
        (":train '(w*x' --optimizer ada", 3, ["adagrad", "adam", "adamw"]),
        ("no_such_thing", 13, []),
    ],
)
def test_words(before: str, length: int, words: list[str]) -> None:
    session = Session()
    respond(session, "alpha = 3; half(x) = x/2")
    taken, found = complete(session, before)
    assert (taken, [word.text for word in found]) == (length, words)


@pytest.mark.parametrize(
    ("line", "columns", "shown"), [("relo(x)", 80, ("", "  ^^^^")), ("relo(x)", 8, ("  relo(x)", "  ^^^^"))]
)
def test_the_caret_is_below_the_line_where_that_is_whole(line: str, columns: int, shown: tuple[str, str]) -> None:
    error = Session().answer(line).error
    assert error is not None
    fault = fault_of(error, line, columns)
    assert (fault.line, fault.carets) == shown
    assert fault.message == "unknown function 'relo'; did you mean 'relu'?"


def test_a_bug_does_not_end_a_session(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    lines = iter(["1", "2"])

    class Typed(start.Plain):
        def ask(self) -> str:
            try:
                return next(lines)
            except StopIteration:
                raise EOFError from None

    session = Session()
    monkeypatch.setattr(session, "answer", lambda line: 1 / 0)
    converse(session, Typed(), execute, lambda: 80)
    assert capfd.readouterr().err.count("a bug in exprgrad (ZeroDivisionError: ") == 2


def test_with_a_pipe_for_a_terminal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """Ctrl-C clears the line, Ctrl-D ends, commands of the program run, and the lines are kept for the next time."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    session = Session()
    with create_pipe_input() as typed:
        typed.send_text("a = 3\rgarbage\x03a^2\r:functions softplus\r:plot sin(\r\x04")
        screen = terminal.Screen(session, terminal.history(), typed, DummyOutput())
        converse(session, screen, execute, lambda: 80)
    shown = capfd.readouterr().out
    assert "a = 3\n" in shown
    assert "computes\tlog(1 + e^x)" in shown
    assert session.last is not None
    assert session.last.program == "a^2"
    file = tmp_path / "exprgrad" / "history"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert "+a^2\n" in file.read_text("utf-8")
    assert "garbage" not in file.read_text("utf-8")


def test_no_history_is_kept_where_none_is_wanted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    terminal.history(kept=False)
    assert not list(tmp_path.iterdir())
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "file"))
    assert isinstance(terminal.history(), terminal.InMemoryHistory)


def test_colours_do_not_change_a_line() -> None:
    for line in ("sin(2*x) + 1e-3 # a comment", ":plot sin(x) --x 0:1", "", "σ(x)·3"):
        assert "".join(piece[1] for piece in terminal.coloured(line)) == line
    assert ("class:function", "sin") in terminal.coloured("sin(2)")


def typed(lines: bytes, **environment: str) -> tuple[int, str]:
    """Exit code and screen of the real program on a real terminal."""
    waiting = [lines] if lines else []

    def type_in(terminal: int, screen: bytes) -> None:
        if waiting and b"> " in screen:
            os.write(terminal, waiting.pop())

    code, screen = watch(COMMAND, react=type_in, env={**os.environ, "COLUMNS": "80", **environment})
    return code, screen.decode().replace("\r\n", "\n")


def test_on_a_terminal_without_abilities() -> None:
    code, screen = typed(b"a = 2\na^3/3\nrelo(a)\n\x04", TERM="dumb")
    assert code == 0
    assert screen.startswith("exprgrad 0.1.0: :help tells")
    assert "2.66667" in screen
    assert "  ^^^^\nunknown function 'relo'; did you mean 'relu'?\n" in screen
    assert "\x1b" not in screen


def test_its_configuration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "c.toml").write_text("digits = 3")
    assert "0.333\n" in typed(b"1/3\n\x04", TERM="dumb", EXPRGRAD_CONFIG=str(tmp_path / "c.toml"))[1]
    (tmp_path / "c.toml").write_text("digit = 3")
    code, screen = typed(b"", TERM="dumb", EXPRGRAD_CONFIG=str(tmp_path / "c.toml"))
    assert code == 2
    assert screen.count("\n") == 1
    assert "line 1: there is no key digit; did you mean digits?" in screen


def test_in_a_pipe_nothing_is_opened() -> None:
    done = subprocess.run(COMMAND, input=b"1+1\n", capture_output=True, check=False)
    assert done.returncode == 2
    assert done.stderr.startswith(b"Usage: exprgrad [OPTIONS] COMMAND")


def test_without_the_extra_it_takes_lines_as_they_come(monkeypatch: pytest.MonkeyPatch) -> None:
    import click

    def missing(*_: object) -> None:
        from exprgrad.errors import MissingError

        raise MissingError("the session", "prompt_toolkit", "repl")

    monkeypatch.setattr(start, "check_installed", missing)
    monkeypatch.setenv("TERM", "xterm")
    kind, greeting = start._terminal(Session(), click.Context(click.Command("exprgrad")))
    assert isinstance(kind, start.Plain)
    assert 'pip install "exprgrad[repl]"' in greeting


def test_ans_before_there_is_one() -> None:
    error = Session().answer("ans + 1").error
    assert isinstance(error, UsageError)
    assert "no result yet" in error.message
