"""The examples in the help of every command do what they show, in a folder that has the files they name."""

import re
import shlex
from functools import cache
from pathlib import Path

import click
import pytest

from docs.generate.manual import parts
from exprgrad.cli.app import COMMANDS, app
from tests.cli.test_explain import paged
from tests.command import exprgrad
from tests.tools import marks
from tests.transcripts import run

POINTS = "x,y,dy\n1,2,0.1\n2,4,0.1\n3,7,0.2\n4,9,0.2\n"
DECAY = "t,y\n" + "".join(f"{t},{2.1 * 0.8**t + 0.5 + 0.01 * (-1) ** t}\n" for t in range(9))
FILES = {
    "points.csv": POINTS,
    "d.csv": POINTS,
    "in.csv": POINTS,
    "in-1.csv": POINTS,
    "data.csv": POINTS,
    "decay.csv": DECAY,
    "new.csv": POINTS,
    "f.csv": POINTS,
    "model.expr": "param w = 1; (w - 2)^2",
}
"""What the examples read."""
FITS = {"fit.json": "a*x + b", "fit1.json": "a*x + b", "fit2.json": "a*x", "line.json": "a*x + b"}
"""Saved fits that they read, of these models."""

DUCKDB = """
import sys, duckdb
lab = duckdb.connect(sys.argv[1])
lab.execute("CREATE TABLE points AS SELECT 2.0 AS x")
print(lab.execute(sys.stdin.read()).fetchall())
"""
PROGRAMS = f"duckdb() {{ python3 -c '{DUCKDB}' \"$@\"; }}"
"""What they call and the tests have as a package only."""

_COMMENT = re.compile(r"\s{3,}\S.*$|\s+#\s.*$")
"""What stands beside an example, to be read and not run."""


@cache
def saved(model: str) -> str:
    """The file of a fit."""
    done = exprgrad("fit", f"y ~ {model}", "--x", "1,2,3,4", "--y", "2,4,7,9", "--json")
    assert done.returncode == 0, done.stderr
    return str(done.stdout)


def examples() -> list[tuple[str, str]]:
    """Each command with each of its examples; the whole program's, too."""
    context = click.Context(app)
    commands = {"exprgrad": app} | {name: app.get_command(context, name) for name in COMMANDS}
    found = []
    for name, command in commands.items():
        assert command is not None
        found += [(name, _COMMENT.sub("", line)) for line in parts(command.help or "")[1]]
    return found


EXAMPLES = examples()


def test_every_command_has_examples() -> None:
    assert {name for name, _ in EXAMPLES} == {"exprgrad", *COMMANDS}


@pytest.mark.parametrize(
    ("name", "example"),
    [pytest.param(name, example, marks=marks(example), id=example) for name, example in EXAMPLES],
)
def test_example(name: str, example: str, tmp_path: Path) -> None:
    for file, text in FILES.items():
        (tmp_path / file).write_text(text, "utf-8")
    for file in FITS.keys() & set(shlex.split(example)):
        (tmp_path / file).write_text(saved(FITS[file]), "utf-8")
    if example.endswith("--step"):  # turns pages, on a terminal only
        assert paged("q", *shlex.split(example)[1:])[0] == 0
        example = example.removesuffix(" --step")
    output = run(f"set -o pipefail; {PROGRAMS}; {example}", str(tmp_path))
    assert "[exit " not in output, output
    assert "exprgrad: " not in output.replace("exprgrad: note: ", ""), output
    written = [tmp_path / file for file in re.findall(r"-o (\S+\.\w+)", example)]
    assert all(path.is_dir() or path.stat().st_size > 100 for path in written)
    assert written or name not in ("explain", "graph") or output.count("\n") > 4


def test_examples_come_first() -> None:
    """After the summary, before the details."""
    context = click.Context(app)
    for name in COMMANDS:
        command = app.get_command(context, name)
        assert command is not None
        assert command.help is not None
        assert command.help.split("\n\n")[1].strip().startswith("\b\n"), name
