"""The front page is short, and has what others read from it."""

import re

from docs.generate.pages import ROOT

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
