"""The examples in the help of every command do what they show, in a folder that has the files they name."""

import re
import shlex
from pathlib import Path

import click
import pytest

from docs.generate.manual import parts
from exprgrad.cli.app import COMMANDS, app
from tests.cli.test_explain import paged
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
    "fit.json": '{"expression": "y ~ a*x + b", "parameters": {"a": {"value": 2.3, "std_error": 0.2},'
    ' "b": {"value": 0.5, "std_error": 0.5}}, "errors": "relative", "dof": 2,'
    ' "covariance": {"a": {"a": 0.04, "b": -0.05}, "b": {"a": -0.05, "b": 0.25}}}',
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
