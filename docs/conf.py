"""The site that Sphinx makes of the README, these pages and the docstrings.

    python -m sphinx -W -c docs . build/site        # in the folder of the checkout; then open build/site/index.html

The pages are read where they lie, as GitHub shows them: the README is the front page, and the lists of links in
docs/README.md are the navigation.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import exprgrad

if TYPE_CHECKING:
    from sphinx.application import Sphinx

project = "exprgrad"
author = "The exprgrad developers"
copyright = author  # noqa: A001
version = release = exprgrad.__version__

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.viewcode"]
root_doc = "README"
include_patterns = ["*.md", "docs/**.md", "examples/*.md"]
exclude_patterns = [".*", "build", "dist", "tests", "exprgrad", "benchmarks"]
myst_heading_anchors = 4
default_role = "code"  # docstrings write `names` as Markdown does
autodoc_member_order = "bysource"
autodoc_typehints_format = "short"
python_maximum_signature_line_length = 88
autodoc_preserve_defaults = True
highlight_language = "none"
smartquotes = False

html_theme = "furo"
html_title = f"exprgrad {release}"
html_copy_source = False
html_show_copyright = False
html_static_path = ["site"]
html_css_files = ["site.css"]
html_js_files = ["copy.js"]

CONTENTS = Path(__file__).with_name("README.md")
_SECTION = re.compile(r"^## (.*)\n((?:(?!## ).*\n?)*)", re.MULTILINE)
_PAGE = re.compile(r"^- \[[^]]*\]\(([^)#]+)\.md\)", re.MULTILINE)


def navigation() -> str:
    """The sections and pages of docs/README.md as what Sphinx makes its navigation of."""
    trees = ["```{toctree}\n:hidden:\n\n/docs/README\n```"]
    for title, text in _SECTION.findall(CONTENTS.read_text("utf-8")):
        pages = [f"/docs/{name}" if not name.startswith("../") else f"/{name[3:]}" for name in _PAGE.findall(text)]
        trees.append("\n".join(["```{toctree}", ":hidden:", f":caption: {title}", "", *pages, "```"]))
    return "\n\n".join(trees)


def add_navigation(app: Sphinx, name: str, source: list[str]) -> None:
    """Give the front page the navigation, which its readers elsewhere find in docs/README.md."""
    if name == root_doc:
        app.env.note_dependency(str(CONTENTS))
        source[0] += f"\n\n{navigation()}\n"


def add_index(app: Sphinx, error: Exception | None) -> None:
    """The front page under the name that servers look for."""
    if error is None:
        shutil.copy(Path(app.outdir, f"{root_doc}.html"), Path(app.outdir, "index.html"))


def setup(app: Sphinx) -> None:
    """Called by Sphinx."""
    from pygments.lexers.special import TextLexer  # type: ignore[import-untyped]

    app.add_lexer("repl", TextLexer)  # a session, which the tests replay
    app.connect("source-read", add_navigation)
    app.connect("build-finished", add_index)
