"""The front page is short, and has what others read from it; no page needs a program on one line of Python."""

import re
from pathlib import Path

import pytest

from docs.generate.pages import ROOT
from tests.transcripts import FILES

PAGE = (ROOT / "README.md").read_text("utf-8")


def test_it_is_read_in_one_go() -> None:
    assert len(PAGE.splitlines()) <= 150


def test_ci_finds_the_two_commands() -> None:
    commands = "".join(re.findall(r"^```sh\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)).splitlines()
    assert len(commands) == 2
    assert "exprgrad train --epochs 10 --lr 0.01" in commands[0]
    assert commands[1].endswith("-m pytest")


def test_its_examples_need_no_checkout() -> None:
    """They are pasted where there is nothing but the package."""
    assert "examples/" not in "".join(re.findall(r"^```bash\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL))


@pytest.mark.parametrize(
    "page", [path for path in FILES if path.parent.name != "transcripts"], ids=lambda path: path.stem
)
def test_no_example_needs_python_on_one_line(page: Path) -> None:
    assert "python3 -c" not in page.read_text("utf-8")
