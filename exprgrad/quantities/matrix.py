"""A matrix of correlations in a file."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping
from math import isfinite
from pathlib import Path
from typing import Any

from exprgrad.data.stores.bounded import read_whole
from exprgrad.errors import DataError, UsageError
from exprgrad.quantities.quantities import Pair, pair

_HOW = "a matrix has the names in its first line, and below it as many lines of numbers"


def matrix_in(file: str, option: str) -> dict[Pair, float]:
    """The coefficients in a file: CSV with the names as its header, and perhaps again in its first column; or JSON, an
    object of objects by name, which may be under the name `correlation`, as in the result of fit."""
    if not Path(file).is_file():
        raise UsageError(f"{option}: there is no file {file}", hint=f"as {option} L,T=0.3, or a file with a matrix")
    try:
        with Path(file).open("rb") as stream:
            text = read_whole(stream, file).decode("utf-8-sig")
        if file.lower().endswith(".json"):
            content = json.loads(text)
            content = content.get("correlation", content) if isinstance(content, dict) else content
            return _checked(file, _of_objects(file, content))
        return _checked(file, _of_lines(file, text))
    except OSError as error:
        raise DataError(f"cannot read {file}: {error.strerror}") from None
    except (UnicodeDecodeError, ValueError) as error:
        raise DataError(f"{file} holds no matrix of correlations: {error}", hint=_HOW) from None


def _of_objects(file: str, content: Any) -> dict[str, dict[str, float]]:
    if not isinstance(content, Mapping) or not all(isinstance(row, Mapping) for row in content.values()):
        raise DataError(f"{file} holds no matrix of correlations", hint='as {"L": {"T": 0.3}}')
    return {str(a): {str(b): float(value) for b, value in row.items()} for a, row in content.items()}


def _of_lines(file: str, text: str) -> dict[str, dict[str, float]]:
    rows = [[cell.strip() for cell in row] for row in csv.reader(text.splitlines()) if any(map(str.strip, row))]
    if len(rows) < 2:
        raise DataError(f"{file} holds no matrix of correlations", hint=_HOW)
    names = [name for name in rows[0] if name]
    if len(rows) - 1 != len(names):
        raise DataError(f"{file} has {len(names)} names and {len(rows) - 1} rows of numbers", hint=_HOW)
    found = {}
    for k, row in enumerate(rows[1:]):
        numbers = row[1:] if len(row) == len(names) + 1 else row
        if len(numbers) != len(names):
            raise DataError(f"{file}: row {k + 2} has {len(numbers)} numbers for {len(names)} names", hint=_HOW)
        if len(row) > len(names) and row[0] != names[k]:
            raise DataError(f"{file}: row {k + 2} is called {row[0]}, and column {k + 1} {names[k]}", hint=_HOW)
        found[names[k]] = dict(zip(names, map(float, numbers), strict=True))
    return found


def _checked(file: str, matrix: dict[str, dict[str, float]]) -> dict[Pair, float]:
    """The coefficients; the matrix is symmetric, with ones on its diagonal where it has one."""
    found: dict[Pair, float] = {}
    for a, row in matrix.items():
        for b, value in row.items():
            if not isfinite(value):
                raise DataError(f"{file}: the correlation of {a} and {b} is no number")
            if a == b:
                if value != 1:
                    raise DataError(f"{file}: {a} has a correlation of {value:g} with itself, which is 1")
            elif abs(found.setdefault(pair(a, b), value) - value) > 1e-9:
                raise DataError(f"{file} is not symmetric: {a} and {b} have two correlations")
    return found
