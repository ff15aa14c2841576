"""A progress bar is drawn where it can be wiped out again."""

import sys

import pytest

from exprgrad.render import progress
from exprgrad.render.progress import Bar


@pytest.mark.parametrize(("term", "drawn"), [("xterm-256color", True), ("dumb", False)])
def test_a_dumb_terminal_has_none(
    term: str, drawn: bool, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(progress, "_PATIENCE", 0.0)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    monkeypatch.setenv("TERM", term)
    with Bar(2) as bar:
        bar(1, "half")
    assert bool(capsys.readouterr().err) == drawn
