"""Tables of the documentation: their commands run as they stand, and they name all that there is."""

import re
import tomllib
from pathlib import Path

import pytest

from docs.generate.pages import ROOT
from tests.transcripts import run

TEXT = (ROOT / "docs" / "coming-from.md").read_text("utf-8")
ROWS = [row.strip("| ").replace("\\|", "\0").split(" | ") for row in re.findall(r"^\|.*\|$", TEXT, re.MULTILINE)]
CELLS = [[cell.replace("\0", "|") for cell in row] for row in ROWS]
COMMANDS = [cell.strip("`") for row in CELLS for cell in row if cell.startswith("`exprgrad ")]
SYMPY = re.findall(r"^\| `(.*?)` \|", TEXT.partition("## From SymPy")[2].partition("\n## ")[0], re.MULTILINE)


def test_all_are_found() -> None:
    assert len(COMMANDS) > 30
    assert len(SYMPY) > 5


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_runs(command: str, tmp_path: Path) -> None:
    printed = run(command, str(tmp_path), is_warm=True)
    assert "[exit " not in printed
    assert "exprgrad: " not in printed.replace("exprgrad: note: ", "")
    assert printed or list(tmp_path.glob("*.*")), "it prints something or writes a file"


@pytest.mark.filterwarnings("ignore")
def test_what_is_said_of_sympy() -> None:
    sympy = pytest.importorskip("sympy")
    names = {name: getattr(sympy, name) for name in ("ccode diff hessian lambdify plot sin tanh".split())}
    names |= {"x": sympy.Symbol("x"), "y": sympy.Symbol("y")}
    found = {text: eval(text, names) for text in SYMPY}
    assert str(found["diff(x**2*sin(x), x)"]) == "x**2*cos(x) + 2*x*sin(x)"
    assert found["lambdify(x, diff(tanh(x), x))"](20.0) == 0.0
    assert run('exprgrad eval "tanh(x)" --x 20 --gradient x', ".") == "1.6993417021166355e-17\n"


def test_every_extra_is_named() -> None:
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"]
    page = (ROOT / "docs" / "installation.md").read_text("utf-8")
    assert set(re.findall(r"^\| `(\w+)` \|", page, re.MULTILINE)) == set(extras)
