"""Programs that some tests call and that no step of the README installs: without them, these tests are skipped.

`needs` marks such a test, and `tests/conftest.py` skips it. `pytest -m needs` runs all of them; `.ci/run` does so
where it can install the programs (`python -m tests.tools` prints what to install, and with `files`, where those tests
are, so that no other file is read), and fails if one is skipped.
"""

from __future__ import annotations

import re
import shutil
import sys
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest


class Tool(NamedTuple):
    """A program, under any of its names, and what installs it on Debian."""

    programs: tuple[str, ...]
    packages: str


TOOLS = {
    "cc": Tool(("cc",), "gcc libc6-dev"),
    "chromium": Tool(("chromium", "chromium-browser", "google-chrome"), "chromium"),
    "dot": Tool(("dot",), "graphviz"),
    "fish": Tool(("fish",), "fish"),
    "gcc": Tool(("gcc",), "gcc libc6-dev"),
    "groff": Tool(("groff",), "groff"),
    "node": Tool(("node",), "nodejs"),
    "tmux": Tool(("tmux",), "tmux"),
}


def needs(*tools: str) -> pytest.MarkDecorator:
    """The mark of a test that calls these tools."""
    assert set(tools) <= set(TOOLS), tools
    return pytest.mark.needs(*tools)


def find(tool: str) -> str | None:
    """Where a tool is."""
    return next(filter(None, map(shutil.which, TOOLS[tool].programs)), None)


def lacking(tools: list[str]) -> str:
    """What to install for a test to run; empty if everything is there."""
    missing = sorted({tool for tool in tools if find(tool) is None})
    packages = sorted({package for tool in missing for package in TOOLS[tool].packages.split()})
    return f"{' and '.join(missing)} not installed: apt install {' '.join(packages)}" if missing else ""


_START = r"(?:^|[|;&(])\s*"
"""Where the name of a command stands in a script."""
_CALL = re.compile(rf"{_START}({'|'.join(map(re.escape, TOOLS))})\s", re.MULTILINE)
_WORDS = r"""(?:"[^"]*"|'[^']*'|[^|;&"'])*?"""
"""What a command has after its name: an expression between quotes may have signs that end a command elsewhere."""
_DRAWN = re.compile(rf"{_START}exprgrad graph\b{_WORDS}(?:\.(?:svg|png)\b|--format[ =](?:svg|png)\b)", re.MULTILINE)
"""A graph as a picture: exprgrad calls dot."""


def called(script: str) -> list[str]:
    """The tools that a shell script calls, itself or through exprgrad; a command with a PATH of its own brings them."""
    return sorted({*_CALL.findall(script), *(["dot"] if _DRAWN.search(script) else [])})


def marks(script: str) -> list[pytest.MarkDecorator]:
    """The marks of a test that runs a shell script."""
    return [needs(*tools)] if (tools := called(script)) else []


_MARKED = re.compile(r"^from tests\.(?:browser|tools) import |\bmark\.needs\b", re.MULTILINE)


@cache
def files() -> list[str]:
    """The files with tests that need a tool: `tests/conftest.py` lets no other file have one."""
    paths = Path(__file__).resolve().parent.rglob("test_*.py")
    return sorted(str(path) for path in paths if _MARKED.search(path.read_text("utf-8")))


if __name__ == "__main__":
    print(*files(), sep="\n") if sys.argv[1:] == ["files"] else print(lacking([*TOOLS]).partition("apt install ")[2])
