"""The generated pages by path."""

from __future__ import annotations

from pathlib import Path

from . import api, architecture, completion, exits, formats, language, manual, options, picture, training

ROOT = Path(__file__).parents[2]
GENERATED = (
    "docs/api.md",
    "docs/architecture.*",
    "docs/command-line.md",
    "docs/formats.md",
    "docs/language.md",
    "docs/options.md",
    "docs/training.md",
    "docs/man/*",
    "docs/completion/*",
)
"""Where generated pages are, and nothing else is. In the page on the command line only the table of
exit codes is generated, in the page on training only that of optimizers."""


def pages() -> dict[str, str]:
    """Each path from the root of the checkout, with the text that belongs there."""
    texts = {"docs/command-line.md": exits.page(ROOT), "docs/language.md": language.page(ROOT)}
    texts |= {"docs/architecture.md": architecture.page(ROOT), "docs/architecture.svg": picture.picture(ROOT)}
    texts["docs/api.md"] = api.page(ROOT)
    texts["docs/formats.md"] = formats.page()
    texts["docs/options.md"] = options.page()
    texts["docs/training.md"] = training.page(ROOT)
    return {**texts, **manual.pages(), **completion.scripts()}
