"""Bindings: from `--a 3`, `-s a=3` and `--bind FILE` to numbers by name."""

from __future__ import annotations

import math
import sys
from collections.abc import Iterable, Mapping

from exprgrad.errors import DataError, ExpressionError, UsageError
from exprgrad.graph.lower import constant
from exprgrad.syntax import parse

_JSON_NUMBERS = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}


def number(text: str, option: str) -> float:
    """The value of a constant expression such as 3, -2e-3 or pi/2."""
    if not text.strip():
        raise UsageError(f"{option} needs a value")
    try:
        value = constant(parse(text, option))
    except ExpressionError as error:
        if "," in text or ":" in text:
            raise UsageError(f"{option} takes one number, not {text!r}") from None
        raise error
    if value is None:
        raise UsageError(f"{option} takes a number such as 3, -2e-3 or pi/2, not {text!r}")
    return value


def assignments(settings: Iterable[str], option: str = "-s") -> dict[str, float]:
    """The numbers by name in texts such as `a=3`."""
    bindings: dict[str, float] = {}
    for setting in settings:
        name, equals, text = setting.partition("=")
        name = name.strip()
        if not equals or not name.isidentifier():
            raise UsageError(f"{option} takes NAME=VALUE, not {setting!r}")
        if name in bindings:
            raise UsageError(f"{option} gives {name} twice")
        bindings[name] = number(text, f"{option} {name}")
    return bindings


def from_file(file: str) -> dict[str, float]:
    """The bindings in a JSON or (by its suffix) TOML file, or in JSON on standard input (`-`): one object
    of names and numbers."""
    try:
        if file == "-" and sys.stdin is not None:
            data = sys.stdin.buffer.read()
        else:
            with open(file, "rb") as stream:
                data = stream.read()
    except OSError as error:
        raise DataError(f"cannot read {file}: {error.strerror}") from None
    content = _parse(file, data)
    if not isinstance(content, Mapping):
        raise DataError(f"{file} does not hold names with their values")
    return {name: _value(file, name, value) for name, value in content.items()}


def _parse(file: str, data: bytes) -> object:
    import json
    import tomllib

    language = "TOML" if file.endswith(".toml") else "JSON"
    try:
        text = data.decode("utf-8-sig")
        return tomllib.loads(text) if language == "TOML" else json.loads(text, object_pairs_hook=_object)
    except (json.JSONDecodeError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise DataError(f"{file} is not valid {language}: {error}") from None
    except (ValueError, RecursionError):  # numbers of thousands of digits, nesting of thousands of levels
        raise DataError(f"{file} is not a plain object of names and numbers") from None


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    names = [name for name, _ in pairs]
    for name in names:
        if names.count(name) > 1:
            raise DataError(f"the file of bindings gives {name} twice")
    return dict(pairs)


def _value(file: str, name: str, value: object) -> float:
    if isinstance(value, str):
        return _JSON_NUMBERS[value] if value in _JSON_NUMBERS else number(value, f"{name} in {file}")
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise DataError(f"{name} in {file} is no number")
    try:
        result = float(value)
    except OverflowError:
        result = math.inf
    if math.isinf(result):
        raise DataError(f"{name} in {file} is too large for binary64", hint='write "Infinity"')
    return result
