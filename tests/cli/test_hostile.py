"""Text from outside reaches the terminal escaped and clipped, whatever option, file or key brings it, and no number
is so large that an option fails from inside."""

from __future__ import annotations

import json
import os
from importlib import import_module
from pathlib import Path

import click
import pytest

import exprgrad
from exprgrad.cli.app import COMMANDS
from exprgrad.render.formats import render
from tests.cli.test_fuzz import run
from tests.terminals import on_terminal

LINES = {
    "eval": ["x^2*y", "--x", "3", "--y", "2"],
    "diff": ["x^2*y"],
    "check": ["x^2*y", "--x", "3", "--y", "2"],
    "explain": ["x^2", "--x", "2"],
    "graph": ["x^2", "--x", "2"],
    "plot": ["x^2", "--x", "0:1"],
    "train": ["(w*x-y)^2", "--data", "d.csv", "--w", "1"],
    "fit": ["y ~ a*x", "--data", "d.csv", "--a", "1"],
    "predict": ["fit.json", "--x", "1:3"],
    "compare": ["y ~ a*x", "y ~ a*x + b", "--data", "d.csv"],
    "uncertainty": ["x^2*y", "--x", "3±0.1", "--y", "2(1)"],
    "sensitivity": ["x^2*y", "--x", "3±0.1", "--y", "2(1)", "--n", "64"],
    "sweep": ["x^2*y", "--x", "1:3", "--y", "2", "--n", "5"],
    "map": ["x*2", "--data", "d.csv"],
    "export": ["x^2", "--format", "c"],
    "columns": ["d.csv"],
    "functions": [],
    "help": [],
}
TITLE, BOTH = "\x1b]0;pwn\x07", "\x9b2J\u202e\u2028\nexprgrad: forged\t\x7f"
TEXTS = [TITLE, BOTH, f"x={TITLE}", f"{TITLE},x", "\udc80\udcff", "A" * 5000, "[bold]x[/bold]"]
NUMBERS = ["9" * 400, "9" * 5000, "-1", "0", "nan", "inf", "1e400", "1e308", "1.5", "", "9" * 400 + "GB", "1e999GB"]


@pytest.fixture(scope="session")
def fitted() -> str:
    """A saved fit."""
    return str(render(exprgrad.fit("y ~ a*x + b", x=[1, 2, 3, 4], y=[2, 4, 7, 9]), "json"))


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fitted: str) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("fit.json").write_text(fitted, "utf-8")
    Path("d.csv").write_text("x,y\n1,2\n2,3.9\n3,6.1\n", "utf-8")
    return tmp_path


def check(args: list[str], stdin: bytes = b"") -> str:
    """What the command says on stderr, which any terminal can show."""
    code, out, err = run(args, stdin)
    assert code in range(7), (args, err)
    assert err.replace("\n", "").isprintable(), (args, err)
    assert out.replace("\n", "").replace("\t", "").isprintable(), (args, out)
    assert all(line.startswith(("exprgrad: ", "  ")) for line in err.splitlines()), (args, err)
    assert "\nexprgrad: forged" not in err, args
    assert len(err) < 1500, args
    return err


@pytest.mark.parametrize("command", COMMANDS)
def test_no_option_brings_it_to_the_terminal(command: str) -> None:
    params = import_module(f"exprgrad.cli.commands.{command}").command.params
    options = [param.opts[-1] for param in params if isinstance(param, click.Option) and not param.is_flag]
    for k, option in enumerate([*options, "--x", "--unknown", None]):
        for text in TEXTS + NUMBERS[k % 3 :: 3]:
            line = [command, *LINES[command]]
            if option in line:
                line[line.index(option) + 1] = text
            elif option is not None:
                line += [option, text]
            else:
                line.append(text)
            check(line)


@pytest.mark.parametrize(
    ("file", "content", "line"),
    [
        ("b.csv", f'x,"{BOTH}"\n1,2\n', "eval mean(x)*q --data b.csv"),
        ("b.csv", f'x,y\n"{BOTH}",2\n', "eval mean(x) --data b.csv"),
        ("b.ndjson", json.dumps({BOTH: 1}) + "\n", "eval mean(x) --data b.ndjson"),
        ("b.json", json.dumps({"x": BOTH}), "eval x --bind b.json"),
        ("b.json", json.dumps({BOTH: TITLE}), "eval x --bind b.json"),
        ("b.json", '{"\\u001b[2J": 1, "\\u001b[2J": 2}', "eval x --bind b.json"),
        ("b.toml", f"x = {TITLE}", "eval x --bind b.toml"),
        ("b.expr", f"x + {BOTH}", "eval -f b.expr"),
        (f"{BOTH}.csv", "x\n-1\n", "eval mean(x)*q --data *.csv"),
        (f"{BOTH}.csv", "x\na\n", "eval mean(x) --data *.csv --data *.csv"),
        ("b.expr", f"u = 1/x # {TITLE}\nu # \u202e", "eval -f b.expr --x 0"),
        ("b.expr", f"sqrt(x) # {TITLE}\u202e", "eval -f b.expr --x 0 --json"),
    ],
)
def test_nor_does_a_file(file: str, content: str, line: str) -> None:
    Path(file).write_text(content, "utf-8")
    if "*" in line:
        os.remove("d.csv")
    assert check(line.split())


@pytest.mark.parametrize(
    "line", [f"{TITLE}", f"eval mean(x) --data d.csv --cluster local:{TITLE}", f"eval mean(x) --data s3://b/{TITLE}"]
)
def test_nor_an_address(line: str) -> None:
    assert "\\x1b]0;pwn\\x07" in check(line.split(" "))


def test_a_long_message_keeps_its_end() -> None:
    assert check(["eval", "x", "--x", "1", "A" * 5000]).endswith("AAA); see exprgrad eval --help\n")


@pytest.mark.parametrize("to", ["c", "python", "javascript", "latex", "mathml", "sympy", "sql"])
@pytest.mark.parametrize("name", ["a\nb", "}\\input{x}\u202e", "", "a\u2028b", "-->\n"])
def test_no_name_is_a_command_in_a_document(to: str, name: str) -> None:
    code, out, err = run(["export", "x^2", "--format", to, "--name", name], b"")
    assert (code, out) == (2, "")
    assert "cannot name a" in err


def test_cells_of_plain_lines_forge_nothing() -> None:
    from exprgrad.render.lines import plain
    from exprgrad.render.sheet import Sheet

    assert plain(Sheet(("name", "value"), [("a\tb\nc", 1.0)])) == "a\\tb\\nc\t1\n"


@pytest.mark.parametrize("kind", ["csv", "tsv", "ndjson"])
def test_rows_on_a_terminal_are_no_commands_to_it(kind: str, folder: Path) -> None:
    (folder / "b.csv").write_text(f'x,"{TITLE}é"\n1,"{BOTH}"\n', "utf-8")
    shown = on_terminal(200, "map", "-q", "x", "--data", str(folder / "b.csv"), "--format", kind)
    assert "\x1b" not in shown
    assert "\x9b" not in shown
    assert "é" in shown


def test_lines_of_a_message_are_an_excerpt_or_none() -> None:
    from exprgrad.errors import report, shown

    note = "f(x) is nan\n  f(x) + 1\n  ^^^^"
    for show in (report, shown):
        assert show(note) == note
        assert show("a\nexprgrad: forged") == "a\\nexprgrad: forged"
        assert show("a\n  b\x1b\n  ^") == "a\n  b\\x1b\n  ^"
    assert report(note, hint="do this") == "f(x) is nan; do this\n  f(x) + 1\n  ^^^^"
