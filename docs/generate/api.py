"""The page on the Python API: public names and what they are for, and directives by which Sphinx writes the rest."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from pathlib import Path

import exprgrad

_HEAD = """<!-- Written by `python -m docs.generate` from `exprgrad.__all__` and the docstrings: change those. -->

# Python API

Everything public is a name of the package `exprgrad`. A name is imported when it is first used, so `import exprgrad` is
quick. The tables link to the source; on the site, signatures and docstrings stand below each.
"""

_GROUPS = {
    "Functions": "autofunction",
    "Classes": "autoclass",
    "Errors": "autoexception",
}


def page(root: Path) -> str:
    """The page, from the names that the package offers."""
    names = sorted((name for name in exprgrad.__all__ if not name.startswith("_")), key=_rank)
    parts = [_HEAD]
    for group, directive in _GROUPS.items():
        found = [name for name in names if _group(name) == group]
        parts.append(f"## {group}\n\n| name | |\n|---|---|\n" + "".join(f"{row}\n" for row in _rows(root, found)))
        blocks = [f".. {directive}:: exprgrad.{name}{_members(directive)}" for name in found]
        parts.append("```{eval-rst}\n" + "\n\n".join(blocks) + "\n```\n")
    return "\n".join(parts)


def _rank(name: str) -> tuple[bool, str]:
    """Before other errors stands the one that all of them are."""
    return name != "ExprgradError", name.lower()


def _group(name: str) -> str:
    found = getattr(exprgrad, name)
    if not inspect.isclass(found):
        return "Functions"
    return "Errors" if issubclass(found, BaseException) else "Classes"


def _members(directive: str) -> str:
    return "\n   :members:" if directive == "autoclass" else "\n   :show-inheritance:" if "exc" in directive else ""


def _rows(root: Path, names: list[str]) -> Iterator[str]:
    for name in names:
        found = inspect.unwrap(getattr(exprgrad, name))
        path = Path(inspect.getfile(found)).resolve().relative_to(root.resolve()).as_posix()
        words = " ".join((inspect.getdoc(found) or "").partition("\n\n")[0].split())
        text = re.split(r"[.:](?: |$)", words)[0]
        yield f"| [`{name}`](../{path}) | {text} |"
