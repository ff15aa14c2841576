"""README, documentation and the transcripts in this folder say what the command really prints."""

from pathlib import Path

import pytest

from tests.transcripts import FILES, ROOT, Step, blocks, is_same, run, steps


@pytest.mark.parametrize("path", [f for f in FILES if blocks(f)], ids=lambda path: str(path.relative_to(ROOT)))
def test_transcript(path: Path, tmp_path: Path) -> None:
    for block in blocks(path):
        for step in steps(block):
            printed = run(step.command, str(tmp_path))
            assert is_same(printed, step) or printed == step.expected, step.command


def test_a_wrong_transcript_fails(tmp_path: Path) -> None:
    (step,) = steps('$ exprgrad eval "a*b" --a 3 --b 2 --value\n7\n')
    assert run(step.command, str(tmp_path)) == "6\n" != step.expected


@pytest.mark.parametrize(
    ("command", "printed", "same"),
    [
        ("exprgrad fit", "a\t2.0195399070725526\t-4e-05\nn\t6\n", True),
        ("exprgrad fit", "a\t2.0195399070725530\t-4e-05\nn\t6\n", True),
        ("exprgrad fit", "a\t2.0195398070725526\t-4e-05\nn\t6\n", False),
        ("exprgrad fit", "a\t2.01953990707\t-4e-05\nn\t6\n", False),
        ("exprgrad fit", "a\t2.0195399070725526\t-4e-05\nn\t7\n", False),
        ("exprgrad fit", "a\t2.0195399070725526\t4e-05\nn\t6\n", False),
        ("exprgrad eval", "a\t2.0195399070725530\t-4e-05\nn\t6\n", False),
    ],
)
def test_only_the_last_digits_of_a_fit_may_differ(command: str, printed: str, same: bool) -> None:
    assert is_same(printed, Step(command, "a\t2.0195399070725526\t-4e-05\nn\t6\n")) == same
