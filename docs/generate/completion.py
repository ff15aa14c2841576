"""Completion scripts for shells, which ask `exprgrad` itself."""

from __future__ import annotations

from exprgrad.cli.app import app
from exprgrad.cli.completion.shells import SHELLS, script

FILES = {"bash": "exprgrad", "zsh": "_exprgrad", "fish": "exprgrad.fish"}
"""The names under which shells look for them."""


def scripts() -> dict[str, str]:
    """The script of each shell."""
    return {f"docs/completion/{shell.name}/{FILES[shell.name]}": script(shell, app) for shell in SHELLS}
