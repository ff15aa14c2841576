"""README, documentation and the transcripts in this folder say what the command really prints."""

from pathlib import Path

import pytest

from tests.transcripts import FILES, ROOT, blocks, run, steps


@pytest.mark.parametrize("path", [f for f in FILES if blocks(f)], ids=lambda path: str(path.relative_to(ROOT)))
def test_transcript(path: Path, tmp_path: Path) -> None:
    for block in blocks(path):
        for step in steps(block):
            assert run(step.command, str(tmp_path)) == step.expected, step.command


def test_a_wrong_transcript_fails(tmp_path: Path) -> None:
    (step,) = steps('$ exprgrad eval "a*b" --a 3 --b 2 --value\n7\n')
    assert run(step.command, str(tmp_path)) == "6\n" != step.expected
