"""The page on the command line, with its table of exit codes."""

from __future__ import annotations

import re
from pathlib import Path

from exprgrad.errors import ExitCode

_TABLE = re.compile(r"(?<=^## Exit codes\n\n)(?:\|.*\n)+", re.MULTILINE)


def page(root: Path) -> str:
    """The text that stands there, with the table as it is now."""
    rows = "".join(f"| {int(code)} | {code.text} |\n" for code in ExitCode)
    text = (root / "docs" / "command-line.md").read_text("utf-8")
    text, count = _TABLE.subn(lambda _: f"| code | |\n|---|---|\n{rows}", text)
    assert count == 1, "the page has one table of exit codes"
    return text
