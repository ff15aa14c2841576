"""The examples in the help of every command do what they show, in a folder that has the files they name."""

import re
import shlex
from pathlib import Path

import click
import pytest

import exprgrad
from docs.generate.manual import parts
from exprgrad.cli.app import COMMANDS, app
from exprgrad.render.formats import render
from tests.cli.test_explain import paged
from tests.tools import marks
from tests.transcripts import run

POINTS = "x,y,dy\n1,2,0.1\n2,4,0.1\n3,7,0.2\n4,9,0.2\n"
DECAY = "t,y\n" + "".join(f"{t},{2.1 * 0.8**t + 0.5 + 0.01 * (-1) ** t}\n" for t in range(9))
SAVED = (
    ("fit1.json", "y ~ a*x"),
    ("fit.json", "y ~ a*x + b"),
    ("fit2.json", "y ~ a*x + b"),
    ("line.json", "y ~ a*x + b"),
)
"""Fits that the examples read."""
FILES = {
    "f.csv": POINTS,
    "new.csv": "x\n1\n5\n",
    "points.csv": POINTS,
    "d.csv": POINTS,
    "in.csv": POINTS,
    "in-1.csv": POINTS,
    "data.csv": POINTS,
    "decay.csv": DECAY,
    "deaths.csv": "age,n,deaths\n40,1000,4\n50,1000,9\n60,900,16\n70,500,21\n",
    "ill.csv": "dose,ill\n1,0\n2,0\n3,1\n4,0\n5,1\n6,1\n",
    "model.expr": "param w = 1; (w - 2)^2",
}
"""What the examples read."""

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
    for file, formula in SAVED if ".json" in example else ():
        (tmp_path / file).write_text(render(exprgrad.fit(formula, str(tmp_path / "points.csv")), "json"), "utf-8")
    if example.endswith("--step"):  # turns pages, on a terminal only
        assert paged("q", *shlex.split(example)[1:])[0] == 0
        example = example.removesuffix(" --step")
    output = run(f"set -o pipefail; {PROGRAMS}; {example}", str(tmp_path), is_warm=True)
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
