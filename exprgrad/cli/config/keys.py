"""What a configuration may say: a row for each key."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from exprgrad.backends.registry import AUTO, BACKENDS
from exprgrad.cli.options.memory import size
from exprgrad.errors import UsageError


class Key(NamedTuple):
    """A key, and what it takes."""

    fits: Callable[[Any], bool]
    wants: str
    """What a value is, for the message about one that does not fit."""
    example: str
    """A value as it is written."""
    says: str
    """What it decides."""
    parameter: str = ""
    """The parameter of commands that has it as its default."""


def _whole(low: int, high: int) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, int) and not isinstance(value, bool) and low <= value <= high


def _among(*words: str) -> Callable[[Any], bool]:
    return lambda value: value in words


def _is_size(value: Any) -> bool:
    if not isinstance(value, str):
        return False
    try:
        return size(value) >= 0
    except UsageError:
        return False


_BACKENDS = (AUTO, *BACKENDS)
_COLOURS = Key(
    _among("auto", "always", "never"),
    '"auto", "always" or "never"',
    '"never"',
    "whether tables and plots have colours; NO_COLOR and FORCE_COLOR win",
)
KEYS = {
    "digits": Key(_whole(1, 17), "a whole number from 1 to 17", "4", "significant digits in tables, as --digits"),
    "colours": _COLOURS,
    "colors": _COLOURS._replace(says="the same"),
    "threads": Key(
        _whole(1, 1024), "a whole number from 1 to 1024", "2", "threads for columns, as --threads", "data_threads"
    ),
    "backend": Key(
        _among(*_BACKENDS),
        " or ".join([", ".join(f'"{name}"' for name in _BACKENDS[:-1]), f'"{_BACKENDS[-1]}"']),
        '"auto"',
        "what computes over columns, as --backend",
        "data_backend",
    ),
    "memory": Key(
        _is_size, 'a size such as "2GB"', '"2GB"', "columns that are held between passes, as --memory", "memory"
    ),
    "repl.history": Key(
        lambda value: isinstance(value, bool), "true or false", "false", "whether `exprgrad` alone keeps its history"
    ),
}
"""By name; what stands before a point is the table of TOML that has the key."""
