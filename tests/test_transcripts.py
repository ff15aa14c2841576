"""README, documentation and the transcripts in this folder say what the command really prints."""

from itertools import takewhile
from pathlib import Path

import pytest

from tests.tools import called, marks
from tests.transcripts import FILES, ROOT, Step, blocks, run, steps

BLOCKS = {str(path.relative_to(ROOT)): [steps(block) for block in blocks(path)] for path in FILES if blocks(path)}


def script(block: list[Step]) -> str:
    return "\n".join(step.command for step in block)


def check(step: Step, folder: Path) -> None:
    assert run(step.command, str(folder)) == step.expected, step.command


@pytest.mark.parametrize("name", BLOCKS)
def test_transcript(name: str, tmp_path: Path) -> None:
    """All but the commands that need a tool, with what follows in their block: it may use what they made."""
    for block in BLOCKS[name]:
        for step in takewhile(lambda step: not called(step.command), block):
            check(step, tmp_path)


@pytest.mark.parametrize(
    "block",
    [
        pytest.param(block, marks=marks(script(block)), id=f"{name}: {' '.join(called(script(block)))}")
        for name, found in BLOCKS.items()
        for block in found
        if called(script(block))
    ],
)
def test_a_block_with_a_tool(block: list[Step], tmp_path: Path) -> None:
    """It finds nothing that other blocks have left: it stands for itself."""
    for step in block:
        check(step, tmp_path)


def test_a_wrong_transcript_fails(tmp_path: Path) -> None:
    (step,) = steps('$ exprgrad eval "a*b" --a 3 --b 2 --value\n7\n')
    assert run(step.command, str(tmp_path)) == "6\n" != step.expected
