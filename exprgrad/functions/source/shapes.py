"""The types of values in the Python subset: numbers, truths, constant tables, and tuples of these."""

from __future__ import annotations

from typing import Any, TypeVar, get_args

from exprgrad.functions.source.description import NUMBER, TABLE, TRUTH, Shape, TranslationError

T = TypeVar("T")


def shape_of(hint: Any) -> Shape:
    """The shape that an annotation says. Raises TranslationError for a type outside of the subset."""
    parts = get_args(hint)
    if Ellipsis in parts:
        return TABLE
    if parts:
        return tuple(shape_of(part) for part in parts)
    if hint not in (float, int, bool):
        raise TranslationError(f"the type {hint}")
    return TRUTH if hint is bool else NUMBER


def leaves(shape: Shape) -> list[str]:
    """The numbers and truths in a shape, from left to right."""
    return [shape] if isinstance(shape, str) else [leaf for part in shape for leaf in leaves(part)]


def nest(shape: Shape, scalars: list[T]) -> Any:
    """The scalars, taken from the front of the list, nested as the shape says."""
    return scalars.pop(0) if isinstance(shape, str) else tuple(nest(part, scalars) for part in shape)
