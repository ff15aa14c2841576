"""Help and versions, as people ask for them."""

from __future__ import annotations

import platform
import tomllib
from importlib import metadata
from pathlib import Path

import pytest

from exprgrad import __version__
from exprgrad.cli import versions
from exprgrad.cli.app import COMMANDS
from exprgrad.cli.process import execute
from exprgrad.functions.table import FUNCTIONS, GROUPS
from exprgrad.render.formats import render

PROJECT = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text("utf-8"))["project"]
EXTRAS = PROJECT["optional-dependencies"]
REQUIRED = [f"{each}; extra == '{name}'" for name, packages in EXTRAS.items() for each in packages]
"""As the metadata of an installed package have them."""


@pytest.mark.parametrize("name", COMMANDS)
def test_help_is_what_the_option_says(name: str, capfd: pytest.CaptureFixture[str]) -> None:
    assert execute(["help", name]) == 0
    asked = capfd.readouterr().out
    assert execute([name, "--help"]) == 0
    assert capfd.readouterr().out == asked
    assert asked.startswith(f"Usage: exprgrad {name} ")


def test_help_alone_is_that_of_the_program(capfd: pytest.CaptureFixture[str]) -> None:
    assert execute(["help"]) == 0
    asked = capfd.readouterr().out
    assert execute(["-h"]) == 0
    assert capfd.readouterr().out == asked


@pytest.mark.parametrize(
    ("word", "hint"),
    [
        ("evla", "did you mean eval?"),
        ("sin", "exprgrad functions sin tells"),
        ("minimise", "train looks for a minimum"),
    ],
)
def test_help_on_what_there_is_not(word: str, hint: str, capfd: pytest.CaptureFixture[str]) -> None:
    assert execute(["help", word]) == 2
    assert hint in capfd.readouterr().err


def test_every_extra_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Installed ones with the versions of their packages; an extra of which one package is missing, as not there."""
    monkeypatch.setattr(versions, "_required", lambda: REQUIRED)
    lines = versions.versions().splitlines()
    assert lines[0] == f"exprgrad {__version__}"
    assert lines[1].startswith(f"Python {platform.python_version()} (")
    told = dict(line.split(": ") for line in lines[2:])
    assert {*told, *told.pop("not installed", "").split(", ")} - {"", "not installed"} == {*EXTRAS} - {"all", "dev"}
    assert f"mpmath {metadata.version('mpmath')}" in told["check"].split(", ")
    monkeypatch.setattr(versions, "_required", lambda: ["click>=8", "no-such-package>=1; extra == 'new'"])
    assert versions.versions().splitlines()[2:] == ["not installed: new"]


def test_functions_are_listed_by_kind_without_helpers_of_derivatives() -> None:
    text = render([*FUNCTIONS.values()], "table")
    listed = [line.split("│")[1].strip() for line in text.splitlines() if line.startswith("│")]
    groups = [listed.index(title) for title in GROUPS]
    assert groups == sorted(groups)
    assert len(listed) == len(GROUPS) + sum(not (row.helper or row.written) for row in FUNCTIONS.values())
    assert not [call for call in listed if "slope(" in call or call.startswith(("pow_", "gauss("))]
