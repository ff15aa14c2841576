"""The lines of NDJSON one by one, by Python: what pyarrow refuses, or must not see, is read or explained here."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pyarrow as pa  # type: ignore[import-untyped]

from exprgrad.data.faults import CONVERT, MisfitError, not_a_number, quoted
from exprgrad.data.formats.kinds import JSON, REFUSALS
from exprgrad.data.formats.nested import Path

_WORDS = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}
_TEXT = re.compile(rb'"(?:[^"\\]|\\.)*+"')
_TOKEN = re.compile(rb'("(?:[^"\\]|\\.)*+")(\s*+:)?|[\[{\]}]')
_UNFIT = (*REFUSALS, OverflowError, TypeError, UnicodeError)
DEEPEST = 60
"""Lists and objects within each other, a row being the first: pyarrow ends the process over some ten thousand, and
writes no more than 64."""


def all_objects(text: bytes) -> list[dict[str, Any]]:
    """The objects of the lines. Raises MisfitError for a line that is not one."""
    objects, misfit = objects_of(text)
    if misfit:
        raise misfit
    return objects


def objects_of(text: bytes) -> tuple[list[dict[str, Any]], MisfitError | None]:
    """The objects of the lines up to one that is not an object, and what is wrong with that one. Numbers are floats or
    ints, as they are written."""
    objects: list[dict[str, Any]] = []
    for line in text.split(b"\n"):
        if not line.strip():
            continue
        try:
            if (deep := too_deep(line)) >= 0:
                return objects, MisfitError(len(objects), f"nested more than {DEEPEST} deep", _column(line, deep))
            row = json.loads(line.decode("utf-8"), parse_int=integer)
        except UnicodeDecodeError as error:
            return objects, MisfitError(len(objects), "not UTF-8", _column(line, error.start), CONVERT)
        except json.JSONDecodeError as error:
            return objects, MisfitError(len(objects), f"invalid JSON at character {error.pos + 1}: {error.msg}")
        except ValueError:
            return objects, MisfitError(len(objects), "invalid JSON")
        if not isinstance(row, dict):
            return objects, MisfitError(len(objects), "not a JSON object")
        if b"\\u" in line and (odd := next((key for key in row if not _is_text(key)), None)) is not None:
            return objects, MisfitError(len(objects), "no Unicode text, half of a surrogate pair", odd)
        objects.append(row)
    return objects, None


def _column(line: bytes, place: int) -> str | None:
    """The key of the row at a byte of its line: the byte is in the key or in its value."""
    depth, found = 0, None
    for token in _TOKEN.finditer(line):
        if token.start() > place:
            break
        if token[0] in b"[{":
            depth += 1
        elif token[0] in b"]}":
            depth -= 1
        elif depth == 1 and token[2]:
            found = token[1]
    if found is None:
        return None
    try:
        return str(json.loads(found))
    except ValueError:
        return found[1:-1].decode("utf-8", "backslashreplace")


def too_deep(line: bytes) -> int:
    """The byte where a line is nested deeper than is read; -1 if there is none."""
    if line.count(b"[") + line.count(b"{") <= DEEPEST:
        return -1
    # What is within quotes counts for nothing.
    characters = np.frombuffer(_TEXT.sub(lambda text: b"." * len(text[0]), line), np.uint8) | 0x20
    depth = np.cumsum((characters == ord("{")).astype(np.int32) - (characters == ord("}")))
    place = int(np.argmax(depth > DEEPEST))
    return place if depth[place] > DEEPEST else -1


def _is_text(key: str) -> bool:
    try:
        key.encode()
    except UnicodeEncodeError:
        return False
    return True


def integer(digits: str) -> int | float:
    """A whole number as pyarrow reads it: the sign of a zero is kept."""
    return -0.0 if digits == "-0" else int(digits)


def unknown_keys(objects: list[dict[str, Any]], known: set[str]) -> Iterator[MisfitError]:
    """The error for the first key that is not known, if there is one."""
    for place, row in enumerate(objects):
        if not row.keys() <= known:
            name = next(key for key in row if key not in known)
            yield MisfitError(place, "the rows before it have no such key", name)
            return


def schema_of(objects: list[dict[str, Any]], plain: bool) -> pa.Schema:
    """The types that objects show. The values of a column of several types become JSON texts; if `plain`, texts among
    them stay as they are."""
    fields = []
    for name in dict.fromkeys(key for row in objects for key in row):
        values = [row.get(name) for row in objects]
        if any(type(value) in (int, float) for value in values):
            values = [_WORDS.get(value, value) if isinstance(value, str) else value for value in values]
        try:
            fields.append(pa.field(name, pa.array(values).type))
        except _UNFIT:
            fields.append(pa.field(name, pa.string(), metadata={b"plain": b""} if plain else JSON))
    return pa.schema(fields)


def as_array(objects: list[dict[str, Any]], field: pa.Field) -> pa.Array:
    """One column of the objects, in its type."""
    name, kind = field.name, field.type
    values = [row.get(name) for row in objects]
    if pa.types.is_floating(kind):
        values = [_number(row, name, value) for row, value in enumerate(values)]
    elif field.metadata:
        as_is = b"plain" in field.metadata
        values = [v if v is None or (as_is and isinstance(v, str)) else json.dumps(v) for v in values]
    try:
        return pa.array(values, kind)
    except _UNFIT:
        raise _mixed(name, values, kind) from None


def paths_in(objects: list[dict[str, Any]], around: Path = ()) -> Iterator[Path]:
    """The fields of records within the objects."""
    for name in dict.fromkeys(key for row in objects for key in row):
        path = (*around, name)
        records = [row[name] for row in objects if isinstance(row.get(name), dict)]
        if records:
            yield from paths_in(records, path)
        elif around:
            yield path


def not_numbers(objects: list[dict[str, Any]], name: str, path: Sequence[str]) -> MisfitError | None:
    """What is wrong with the first field of records in the objects that is not a number or null; None if all are."""
    for row, value in enumerate(objects):
        found: Any = value
        for key in path:
            if found is not None and not isinstance(found, dict):
                return MisfitError(row, f"{quoted(json.dumps(found))} is not an object", name)
            found = None if found is None else found.get(key)
        try:
            _number(row, name, found)
        except MisfitError as misfit:
            return misfit
    return None


def _number(row: int, name: str, value: object) -> float | None:
    if value is None or isinstance(value, float):
        return value
    if isinstance(value, str):
        if value in _WORDS:
            return _WORDS[value]
        raise not_a_number(row, name, value)
    if isinstance(value, int):
        try:
            return float(value)
        except OverflowError:
            return math.inf if value > 0 else -math.inf
    raise MisfitError(row, f"{'a list' if isinstance(value, list) else 'an object'} is not a number", name)


def _mixed(name: str, values: list[Any], kind: pa.DataType) -> MisfitError:
    """The error for the first value that does not fit the type of those before it."""
    for row in range(len(values)):
        try:
            pa.array(values[row : row + 1], kind)
        except _UNFIT:
            if pa.types.is_integer(kind) and not isinstance(values[row], bool):
                _number(row, name, values[row])
            return MisfitError(row, f"{quoted(json.dumps(values[row]))} does not go with the values before it", name)
    return MisfitError(0, "values that do not go together", name)
