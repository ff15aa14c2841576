"""Where a user's configuration is. Each start looks, so nothing is imported here that a start does not need anyway."""

from __future__ import annotations

import os
import sys

VARIABLE = "EXPRGRAD_CONFIG"
"""The environment variable that names another file, or turns the configuration off."""
OFF = ("", "off")


def usual() -> str:
    """Where the file is looked for: in the folder that XDG_CONFIG_HOME names, or the platform has for such files."""
    folder = os.environ.get("XDG_CONFIG_HOME", "")
    if os.path.isabs(folder):
        return os.path.join(folder, "exprgrad", "config.toml")
    if sys.platform in ("darwin", "win32"):
        import click

        return os.path.join(click.get_app_dir("exprgrad"), "config.toml")
    return os.path.join(os.path.expanduser("~/.config"), "exprgrad", "config.toml")


def place() -> str | None:
    """The file to read; None where there is none, or it is not to be read."""
    named = os.environ.get(VARIABLE)
    if named is not None:
        return None if named in OFF else named
    file = usual()
    return file if os.path.lexists(file) else None
