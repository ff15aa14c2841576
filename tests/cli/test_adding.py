"""A command is three files and two rows: those of the page, added at run time, are known everywhere."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from types import ModuleType

import pytest

from exprgrad.cli import app
from exprgrad.cli.process import execute
from exprgrad.render.results import registry

PAGE = (Path(__file__).parents[2] / "docs" / "adding-a-command.md").read_text("utf-8")
FILES = re.findall(r"`exprgrad/((?:jobs|render|cli)/[\w/]*size\.py)`", PAGE)
SOURCES = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)


@pytest.fixture
def size(monkeypatch: pytest.MonkeyPatch) -> None:
    """The modules as the page has them, and its rows."""
    monkeypatch.setitem(sys.modules, "exprgrad.jobs.size", ModuleType("exprgrad.jobs.size"))
    for file, source in zip(FILES, SOURCES, strict=True):
        name = f"exprgrad.{file.removesuffix('.py').replace('/', '.')}"
        module = ModuleType(name)
        monkeypatch.setitem(sys.modules, name, module)
        exec(compile(source, file, "exec", dont_inherit=True), module.__dict__)
    for row, mapping in (
        (r'`("jobs\.size\.size\.Size": "size")`', registry.MODULES),
        (r'`("size": Row\(.*?\))`', app.COMMANDS),
    ):
        (written,) = re.findall(row, PAGE)
        ((key, value),) = eval(f"{{{written}}}", {"Row": app.Row}).items()
        monkeypatch.setitem(mapping, key, value)  # type: ignore[arg-type]


def test_it_is_unknown_before(capfd: pytest.CaptureFixture[str]) -> None:
    assert execute(["size", "a*b+c"]) == 2
    assert "no such command 'size'" in capfd.readouterr().err


@pytest.mark.usefixtures("size")
def test_it_is_known_everywhere(capfd: pytest.CaptureFixture[str]) -> None:
    assert execute(["size", "a*b+c", "--a", "3"]) == 0
    assert capfd.readouterr().out == "variables\t3\nnodes\t5\n"
    assert execute(["size", "a*b+c", "--json"]) == 0
    assert json.loads(capfd.readouterr().out) == {"variables": 3, "nodes": 5}
    assert execute(["size", "a*b+c", "--d", "3"]) == 2
    assert execute(["size", "--help"]) == 0
    assert execute(["siez", "a"]) == 2
    printed = capfd.readouterr()
    assert "How large an expression is." in printed.out
    assert "did you mean size?" in printed.err
