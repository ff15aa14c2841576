"""What docs/python.md says that the command has alone is what Python's functions lack."""

from __future__ import annotations

import re

import click
import pytest

import exprgrad
from docs.generate.pages import ROOT
from exprgrad.cli.app import app
from exprgrad.data.tables import READING
from exprgrad.jobs.train.options import TrainingOptions
from exprgrad.python.words import own_words

PRINTED, _, TABLE = (
    (ROOT / "docs" / "python.md").read_text("utf-8").partition("## What the command has alone")[2].partition("|")
)
FUNCTIONS = "eval diff check explain graph plot train fit predict uncertainty sensitivity map sweep columns".split()


@pytest.mark.parametrize("name", FUNCTIONS)
def test_what_python_lacks_is_said(name: str) -> None:
    rows = [row.split("|")[1:3] for row in TABLE.splitlines() if row.count("|") == 3]
    said = {
        option for commands, options in rows if name in re.findall(r"\w+", commands) for option in _options(options)
    }
    function = getattr(exprgrad, name)
    keywords = {*own_words(function), *(TrainingOptions.__annotations__ if name == "train" else ())}
    keywords |= {*READING, "no_header", "header_row"} if name not in ("diff", "check", "explain", "graph") else set()
    command = app.get_command(click.Context(app), name)
    assert command is not None
    options = {param.opts[-1] for param in command.params if isinstance(param, click.Option)} - {"--help"}
    lacking = {option for option in options if option.lstrip("-").replace("-", "_") not in keywords}
    if name == "check":  # the options of data
        data = app.get_command(click.Context(app), "columns")
        assert data is not None
        lacking -= {param.opts[-1] for param in data.params} | {"--column", "--nulls", "--threads", "--backend"}
    assert lacking - _options(PRINTED) == said


def _options(text: str) -> set[str]:
    return set(re.findall(r"--[a-z0-9-]+", text))
