"""Numbers as JSON (RFC 8259) can hold them."""

from __future__ import annotations

from collections.abc import Mapping
from math import isfinite
from typing import Any

from exprgrad.columns.values import Value
from exprgrad.text.numbers import word

Document = dict[str, Any]


def number(value: Value) -> Value:
    """A number as JSON has it: non-finite ones as the strings NaN, Infinity and -Infinity. A column as a list."""
    if not isinstance(value, float | str):
        return [number(float(item)) for item in value]  # type: ignore[misc]
    if isinstance(value, str) or isfinite(value):
        return value
    return word(value)


def numbers(values: Mapping[str, Value]) -> dict[str, Value]:
    """A mapping with its values as JSON has them."""
    return {name: number(value) for name, value in values.items()}


def finite(value: Any) -> Any:
    """Nested tuples and mappings with their numbers as JSON has them."""
    if isinstance(value, dict):
        return {name: finite(item) for name, item in value.items()}
    if isinstance(value, tuple):
        return [finite(item) for item in value]
    return number(value) if isinstance(value, float) else value
