"""Generated pages are what the generator writes now, and manual pages are clean."""

import re
import subprocess
import tomllib
from functools import cache
from pathlib import Path

import click
import pytest

from docs.generate import language, manual
from docs.generate.pages import GENERATED, ROOT, pages
from exprgrad.cli.app import COMMANDS, app
from exprgrad.errors import ExitCode
from exprgrad.functions.table import FUNCTIONS
from exprgrad.jobs.export.languages import LANGUAGES
from exprgrad.jobs.train.optimizers.table import OPTIMIZERS
from tests.tools import needs

COMMITTED = sorted(
    str(path.relative_to(ROOT))
    for pattern in GENERATED
    for top in ROOT.glob(pattern)
    for path in ([top] if top.is_file() else top.iterdir())
)
generated = cache(pages)
"""Written by the tests that look at it, and not by each process that only looks for tests."""


@pytest.mark.parametrize("name", COMMITTED)
def test_the_committed_page_is_current(name: str) -> None:
    """Where this fails: `python -m docs.generate`."""
    assert (ROOT / name).read_text("utf-8") == generated()[name]


def test_no_page_is_left_over_or_missing() -> None:
    assert set(COMMITTED) == set(generated())


def test_packages_carry_what_shells_and_man_look_for() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    shared = settings["tool"]["hatch"]["build"]["targets"]["wheel"]["shared-data"]
    assert {str(Path(name).parent) for name in generated() if not name.endswith((".md", ".svg"))} == set(shared)


def test_every_function_is_in_the_reference() -> None:
    headings = [line for line in generated()["docs/language.md"].splitlines() if line.startswith("### ")]
    assert sorted(headings) == sorted(f"### {name}" for name in FUNCTIONS)


def test_rules_are_what_differentiation_gives() -> None:
    assert language.rules(FUNCTIONS["tanh"]) == ["sech(x)^2"]
    assert language.rules(FUNCTIONS["pow"]) == ["y*x^(y - 1)", "x^y*log(x)"]
    assert language.rules(FUNCTIONS["hardsigmoid"]) == ["not (abs(x) >= 3) ? 1/6 : 0"]
    assert language.rules(FUNCTIONS["largest"]) == ["x == out ? 1/sum(x == out) : 0"]


def test_an_operator_without_words_is_noticed() -> None:
    grammar = (ROOT / "grammar" / "expression.lark").read_text("utf-8")
    assert "| `*` `/` `%` |" in language.precedence(grammar)
    with pytest.raises(KeyError):
        language.precedence(grammar.replace("?product:", "?shift: product\n?product:"))


def test_every_command_has_a_page_with_examples() -> None:
    for name in COMMANDS:
        page = generated()[f"docs/man/exprgrad-{name}.1"]
        assert ".SH EXAMPLES\n.EX\nexprgrad " in page, name
        assert f".BR exprgrad-{name} (1)" in generated()["docs/man/exprgrad.1"]


def test_every_exit_code_is_told() -> None:
    page = generated()["docs/command-line.md"].partition("## Exit codes")[2].partition("\n## ")[0]
    assert [int(row) for row in re.findall(r"^\| (\d+) \|", page, re.MULTILINE)] == [*ExitCode]
    for name in ("exprgrad", *(f"exprgrad-{name}" for name in COMMANDS)):
        status = generated()[f"docs/man/{name}.1"].partition(".SH EXIT STATUS")[2].partition(".SH ")[0]
        assert [int(row) for row in re.findall(r"^\.B (\d+)$", status, re.MULTILINE)] == [*ExitCode], name


def test_the_map_has_every_file_function_and_option() -> None:
    page = generated()["docs/architecture.md"]
    every = [path for path in (ROOT / "exprgrad").rglob("*.py") if not path.stem.startswith("__")]
    files = [str(path.relative_to(ROOT)) for path in every]
    assert [path for path in files if f"(../{path})" not in page] == []
    assert [name for name in (*FUNCTIONS, *OPTIMIZERS, *LANGUAGES) if f"`{name}`" not in page] == []
    context = click.Context(app)
    commands = [app.get_command(context, name) for name in COMMANDS]
    options = {text for command in commands if command for param in command.params for text in param.opts}
    assert {text for text in options if text.startswith("--") and f"`{text}`" not in page} == set()


def test_roff_is_escaped() -> None:
    assert manual._text(".x-y\\n'") == "\\&.x\\-y\\en\\(aq"


@needs("groff")
@pytest.mark.parametrize("name", [name for name in generated() if name.endswith(".1")])
def test_a_manual_page_renders(name: str) -> None:
    command = ["groff", "-ww", "-z", "-man", "-Tutf8", str(ROOT / name)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stderr == ""
