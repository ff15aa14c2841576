"""The examples in the help of explain and graph do what they show."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from exprgrad.cli.commands import explain, graph
from tests.tools import marks
from tests.transcripts import run

EXAMPLES = [
    re.split(r" {3,}", line.strip())[0]
    for command in (explain.command, graph.command)
    for line in (command.help or "").splitlines()
    if line.strip().startswith("exprgrad ")
]


@pytest.mark.parametrize("example", [pytest.param(text, marks=marks(text)) for text in EXAMPLES])
def test_example(example: str, tmp_path: Path) -> None:
    output = run(example.replace(" --step", ""), str(tmp_path))
    assert "[exit" not in output
    file = re.search(r"-o (\S+\.\w+)", example)
    assert (tmp_path / file[1]).stat().st_size > 100 if file else output.count("\n") > 4
