"""The versions of what runs here: the program, Python, and the packages of the extras."""

from __future__ import annotations

import platform
import re
from collections.abc import Iterable, Iterator
from importlib.metadata import PackageNotFoundError, requires, version

from exprgrad import __version__

_REQUIREMENT = re.compile(r"""([\w.-]+).*;.*\bextra *== *["']([\w-]+)["']""")
"""A package that an extra brings, as package metadata have it."""
_COLLECTIONS = ("all", "dev")
"""Extras that bring what others bring, and what only developers need."""


def versions() -> str:
    """A line for the program, one for Python, one for each extra that is installed; last, those that are not."""
    found = {name: [_installed(package) for package in packages] for name, packages in extras(_required()).items()}
    whole = {name: [text for text in texts if text] for name, texts in found.items() if all(texts)}
    lines = [
        f"exprgrad {__version__}",
        f"Python {platform.python_version()} ({platform.system()} {platform.machine()})",
    ]
    lines += [f"{name}: {', '.join(texts)}" for name, texts in whole.items()]
    lacking = [name for name in found if name not in whole]
    return "\n".join([*lines, *([f"not installed: {', '.join(lacking)}"] if lacking else [])])


def extras(requirements: Iterable[str]) -> dict[str, list[str]]:
    """The packages that each extra brings, without those that it has from another extra."""
    found: dict[str, list[str]] = {}
    for package, extra in _parsed(requirements):
        if extra not in _COLLECTIONS and package != "exprgrad":
            found.setdefault(extra, []).append(package)
    return {name: sorted(found[name]) for name in sorted(found)}


def _parsed(requirements: Iterable[str]) -> Iterator[tuple[str, str]]:
    for text in requirements:
        if match := _REQUIREMENT.match(text):
            yield match[1], match[2]


def _required() -> list[str]:
    """What the metadata of the installed package name; nothing where it runs without being installed."""
    try:
        return requires("exprgrad") or []
    except PackageNotFoundError:
        return []


def _installed(package: str) -> str:
    """A package with its version; empty where it is not installed."""
    try:
        return f"{package} {version(package)}"
    except PackageNotFoundError:
        return ""
