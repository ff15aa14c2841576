"""The examples in the help of explain and graph do what they show."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from exprgrad.cli import explain, graph
from tests.transcripts import run

EXAMPLES = [
    re.split(r" {3,}", line.strip())[0]
    for command in (explain.command, graph.command)
    for line in (command.help or "").splitlines()
    if line.strip().startswith("exprgrad ")
]


@pytest.mark.parametrize("example", EXAMPLES)
def test_example(example: str, tmp_path: Path) -> None:
    if ".svg" in example and shutil.which("dot") is None:
        pytest.skip("Graphviz's dot is not installed")
    output = run(example.replace(" --step", ""), str(tmp_path))
    assert "[exit" not in output
    file = re.search(r"-o (\S+\.\w+)", example)
    assert (tmp_path / file[1]).stat().st_size > 100 if file else output.count("\n") > 4
