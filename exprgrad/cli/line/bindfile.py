"""Files of bindings, `--bind FILE`: names with their values, or the JSON of a result that has such."""

from __future__ import annotations

import json
import math
import re
import sys
import tomllib
from collections.abc import Mapping
from typing import TypeGuard

from exprgrad.cli.line.bindings import Binding, number
from exprgrad.data.stores.bounded import read_whole
from exprgrad.errors import DataError
from exprgrad.text.numbers import WORDS

_PARTS = 64
"""The most parts of a TOML key such as `a.b.c`: the memory that tomllib takes grows with the square of their number."""
_KEY = r"""(?:[\w-]++|"(?:[^"\\\n]|\\.)*+"|'[^'\n]*+')"""
_TOML = re.compile(
    r'''"""(?:[^\\]|\\.)*?"""|\'\'\'.*?\'\'\'|#[^\n]*+'''
    rf"|(?P<deep>{_KEY}(?:[ \t]*+\.[ \t]*+{_KEY}){{{_PARTS}}})|{_KEY}|[^\w\-\"'#]++|.",
    re.DOTALL,
)
"""Strings, comments, keys and what is between them."""
_VALUES = ("variables", "fixed", "parameters")
"""Where results have values of variables: eval has the first, train the last, fit the last two."""
_TAKEN = "--bind takes names with numbers, or the JSON of eval, train or fit"


def content_of(file: str) -> Mapping[str, object]:
    """What a JSON or (by its suffix) TOML file has under each name, or JSON on standard input (`-`)."""
    hint = "columns of numbers go into a file for --data"
    try:
        if file == "-" and sys.stdin is not None:
            data = read_whole(sys.stdin.buffer, "standard input", hint)
        else:
            with open(file, "rb") as stream:
                data = read_whole(stream, file, hint)
    except OSError as error:
        raise DataError(f"cannot read {file}: {error.strerror}") from None
    content = _parse(file, data)
    if not isinstance(content, Mapping):
        raise DataError(f"{file} does not hold names with their values", hint=_TAKEN)
    return content


def from_file(file: str) -> dict[str, Binding]:
    """The bindings in a file: one object of names and numbers or lists of numbers, or the result of a command as
    --json writes it."""
    content = content_of(file)
    return {
        name: [_value(file, name, item) for item in value] if isinstance(value, list) else _value(file, name, value)
        for name, value in _named(file, content).items()
    }


def _named(file: str, content: Mapping[str, object]) -> Mapping[str, object]:
    """The names with their values: those of a result, if the file holds one. Only results hold objects."""
    nested = [name for name, value in content.items() if _holds_objects(value)]
    if not nested:
        return content
    if not isinstance(content.get("expression"), str):
        raise DataError(f"{file} is no file of bindings: {nested[0]} is no number", hint=_TAKEN)
    parts = [part for name in _VALUES if isinstance(part := content.get(name), Mapping)]
    if not parts:
        raise DataError(f"{file} is a result that has no values of variables", hint=_TAKEN)
    return {name: value["value"] if _is_estimate(value) else value for part in parts for name, value in part.items()}


def _holds_objects(value: object) -> bool:
    """Whether it is an object of JSON, or a list of some."""
    return isinstance(value, Mapping) or (isinstance(value, list) and any(isinstance(item, Mapping) for item in value))


def _is_estimate(value: object) -> TypeGuard[Mapping[str, object]]:
    """Whether it is a parameter of a fit, with its error."""
    return isinstance(value, Mapping) and "value" in value


def _parse(file: str, data: bytes) -> object:
    language = "TOML" if file.endswith(".toml") else "JSON"
    try:
        text = data.decode("utf-8-sig")
        if language == "TOML" and any(found.lastgroup == "deep" for found in _TOML.finditer(text)):
            raise DataError(f"{file} is not a plain table of names and numbers: it has keys of over {_PARTS} parts")
        return tomllib.loads(text) if language == "TOML" else json.loads(text, object_pairs_hook=_object)
    except (json.JSONDecodeError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise DataError(f"{file} is not valid {language}: {error}") from None
    except (ValueError, RecursionError):  # numbers of thousands of digits, nesting of thousands of levels
        raise DataError(f"{file} is not a plain object of names and numbers") from None


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found: dict[str, object] = {}
    for name, value in pairs:
        if name in found:
            raise DataError(f"the file of bindings gives {name} twice")
        found[name] = value
    return found


def _value(file: str, name: str, value: object) -> float:
    if isinstance(value, str):
        return WORDS[value] if value in WORDS else number(value, f"{name} in {file}")
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise DataError(f"{name} in {file} is no number")
    try:
        result = float(value)
    except OverflowError:
        result = math.inf
    if math.isinf(result):
        raise DataError(f"{name} in {file} is too large for binary64", hint='write "Infinity"')
    return result
