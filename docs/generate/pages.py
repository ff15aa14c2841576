"""The generated pages by path."""

from __future__ import annotations

from pathlib import Path

from . import completion, language, manual

ROOT = Path(__file__).parents[2]
GENERATED = ("docs/language.md", "docs/man/*", "docs/completion/*")
"""Where generated pages are, and nothing else is."""


def pages() -> dict[str, str]:
    """Each path from the root of the checkout, with the text that belongs there."""
    return {"docs/language.md": language.page(ROOT), **manual.pages(), **completion.scripts()}
