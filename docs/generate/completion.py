"""Completion scripts for shells, as Click has them."""

from __future__ import annotations

from click.shell_completion import ShellComplete, get_completion_class

from exprgrad.cli.app import app

FILES = {"bash": "exprgrad", "zsh": "_exprgrad", "fish": "exprgrad.fish"}
"""The names under which shells look for them."""


def scripts() -> dict[str, str]:
    """The script of each shell."""
    return {f"docs/completion/{shell}/{name}": _script(shell) for shell, name in FILES.items()}


def _script(shell: str) -> str:
    kind = get_completion_class(shell)
    assert kind is not None
    # Not `kind.source`: that of bash asks the bash of this machine for its version first.
    return ShellComplete.source(kind(app, {}, "exprgrad", "_EXPRGRAD_COMPLETE")).strip() + "\n"
