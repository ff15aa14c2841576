"""The types of the columns of a text, as their first rows show them."""

from __future__ import annotations

import pyarrow as pa  # type: ignore[import-untyped]

from exprgrad.data import compute as pc

REFUSALS = (
    pa.ArrowInvalid,
    pa.ArrowTypeError,
    pa.ArrowKeyError,
    pa.ArrowIndexError,
    pa.ArrowCapacityError,
    pa.ArrowNotImplementedError,
)
"""The errors of pyarrow that are about values which do not fit. Others, of memory above all, are not."""

_WHOLE = r"^-?(0|[1-9][0-9]*)$"
_NUMBER = r"^([+-]?(0|[1-9][0-9]*)(\.[0-9]*)?([eE][+-]?[0-9]+)?|[+-]?\.[0-9]+([eE][+-]?[0-9]+)?|nan|NaN|[+-]?inf)$"
JSON = {b"json": b""}
"""Metadata of a field whose texts are JSON, as its values have several types."""


def kind_of(texts: pa.Array, nulls: list[str]) -> pa.DataType:
    """int64 or float64 if all fields are plain numbers, else text: digits that begin with a 0 are a code, not a number.

    Fields that are one of `nulls` do not count. A whole number that int64 does not hold to its last digit is a text.
    """
    values = texts.filter(pc.invert(pc.is_in(texts, pa.array(nulls))))
    if not len(values) or not pc.all(pc.match_substring_regex(values, _NUMBER)).as_py():
        return pa.string()
    if not pc.all(pc.match_substring_regex(values, _WHOLE)).as_py():
        return pa.float64()
    try:
        values.cast(pa.int64())
    except pa.ArrowInvalid:
        return pa.string()
    return pa.int64() if not pc.any(pc.equal(values, "-0")).as_py() else pa.float64()


def fits_floats(texts: pa.Array, nulls: list[str]) -> bool:
    """Whether all fields are numbers of at most 15 digits, which float64 keeps: written again, they are the same."""
    values = texts.filter(pc.invert(pc.is_in(texts, pa.array(nulls))))
    whole = pc.replace_substring_regex(pc.utf8_ltrim(values, characters="+-"), r"[^0-9].*$", "")
    digits = pc.utf8_length(whole)
    plain = pc.all(pc.match_substring_regex(values, _NUMBER)).as_py() is not False
    return plain and not pc.any(pc.greater(digits, 15)).as_py()


def texts_for_times(kind: pa.DataType) -> pa.DataType:
    """The type with texts in place of timestamps, which JSON does not have: pyarrow takes some texts for them."""
    if pa.types.is_timestamp(kind) or pa.types.is_null(kind):
        return pa.string()
    if pa.types.is_list(kind):
        return pa.list_(texts_for_times(kind.value_type))
    if pa.types.is_struct(kind):
        return pa.struct([pa.field(field.name, texts_for_times(field.type)) for field in kind])
    return kind
