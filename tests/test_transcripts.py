"""README, documentation and the transcripts in this folder say what the command really prints."""

from itertools import takewhile
from pathlib import Path

import pytest

from tests.tools import called, marks
from tests.transcripts import FILES, ROOT, Step, blocks, is_same, run, steps, update

BLOCKS = {str(path.relative_to(ROOT)): found for path in FILES if (found := blocks(path))}


def script(block: list[Step]) -> str:
    return "\n".join(step.command for step in block)


def check(step: Step, folder: Path, *, is_warm: bool = True) -> None:
    printed = run(step.command, str(folder), on_terminal=step.on_terminal, is_warm=is_warm)
    assert is_same(printed, step) or printed == step.expected, step.command


@pytest.mark.parametrize("name", BLOCKS)
@pytest.mark.parametrize("is_warm", [True, pytest.param(False, marks=pytest.mark.long)], ids=["warm", "processes"])
def test_transcript(name: str, is_warm: bool, tmp_path: Path) -> None:
    """All but the commands that need a tool, with what follows in their block: it may use what they made."""
    for block in BLOCKS[name]:
        for step in takewhile(lambda step: not called(step.command), block):
            check(step, tmp_path, is_warm=is_warm)


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


@pytest.mark.parametrize("path", sorted((ROOT / "examples").glob("*.[!m]*")), ids=lambda path: path.name)
def test_an_example_is_shown_somewhere(path: Path) -> None:
    pages = [file.read_text("utf-8") for file in FILES if file.parent.name != "transcripts"]
    assert any(f"examples/{path.name}" in page for page in pages)


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


def test_a_block_to_paste_is_run_on_a_terminal(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text('```bash\nexprgrad eval "a*b" --a 3 \\\n    --b 2\n```\n\n```bash\nfalse\n```\n', "utf-8")
    update(page)
    first, second = (step for block in blocks(page) for step in block)
    assert "│ L = a*b │     6 │    1 │\n" in first.expected
    assert second.expected == "[exit 1]\n"
    check(first, tmp_path)
