"""Which files the paths of a command mean: patterns, folders of parts and URLs."""

from __future__ import annotations

import os
from collections.abc import Iterable
from glob import glob

from exprgrad.data.parts.folder import files_at
from exprgrad.data.stores import schemes
from exprgrad.data.stores.urls import is_url, on_this_machine
from exprgrad.errors import DataError
from exprgrad.text.escapes import visible


def matching(paths: Iterable[str]) -> list[str]:
    """The files that paths mean: a pattern such as `day-*.csv` means what matches it, sorted, a folder its parts.

    What is the very name of a file is neither a pattern nor a URL. Raises DataError for a pattern that nothing matches.
    """
    found: list[str] = []
    for path in map(on_this_machine, paths):
        if is_url(path):
            found += schemes.matching(path)
            continue
        if path == "-" or not any(character in path for character in "*?[") or os.path.lexists(path):
            found += files_at(path)
            continue
        files = sorted(glob(path, recursive=True))
        if not files:
            raise DataError(f"no file matches {visible(path)}")
        found += [file for name in files for file in files_at(name)]
    return found
