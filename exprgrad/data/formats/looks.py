"""What the texts of used columns show beside their numbers: whether they are times, and whether float64 holds them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

import numpy as np
import pyarrow as pa  # type: ignore[import-untyped]

from exprgrad.data import compute as pc
from exprgrad.data.batch import Column, floats, is_beyond
from exprgrad.data.formats.fields import OF_KIND, Fields, Types
from exprgrad.data.formats.kinds import REFUSALS
from exprgrad.data.times import DATE, kind_of_text

_WHOLE = r"^[+-]?[0-9]{16,}$"


def used_types(start: memoryview, fields: Fields, used: Sequence[str], times: Collection[str] = ()) -> Types:
    """The types of the used columns, by position: float64, or times where the first value in the first rows of the file
    is one, or the user says so. So all parts of a file have the same."""
    places = {str(fields.header.index(name)): name for name in used}
    types: Types = dict.fromkeys(places, pa.float64())
    if not places:
        return types
    # pyarrow shows rows of another number of fields as UTF-8, which they may not be.
    rows = memoryview(bytes(fields.plain(start)).decode("utf-8", "replace").encode("utf-8"))
    try:
        columns = fields.untrimmed(rows, dict.fromkeys(places, pa.string()), lambda row: "skip") if len(rows) else {}
    except REFUSALS:
        columns = {}
    for place, name in places.items():
        kind = _kind(columns[place], fields) if place in columns else None
        if kind or name in times:
            types[place] = OF_KIND[kind or DATE]
    return types


def _kind(texts: pa.Array, fields: Fields) -> str | None:
    """The kind of times that the first value is of."""
    return kind_of_text(next(filter(fields.numerals.is_present, texts.to_pylist()), ""))


def rounded_numbers(
    rows: memoryview, fields: Fields, columns: Mapping[str, pa.Array], places: Sequence[str]
) -> Iterator[tuple[str, str]]:
    """The columns of float64 in which a whole number is not what the text says, with the first such text."""
    for place in dict.fromkeys(places):
        column = columns[place]
        if not pa.types.is_floating(column.type) or not is_beyond(column):
            continue
        texts = fields.numerals.plain(fields.read(rows, {place: pa.string()})[place])
        if (text := _first_rounded(texts, floats("", column))) is not None:
            yield fields.header[int(place)], text


def _first_rounded(texts: pa.Array, values: Column) -> str | None:
    """The first text of a whole number that is not the float64 beside it."""
    rows = np.flatnonzero(np.asarray(pc.match_substring_regex(texts, _WHOLE).fill_null(False)))
    for row in rows.tolist():
        text, value = texts[row].as_py(), float(values[row])
        if np.isfinite(value) and int(text) != int(value):
            return str(text)
    return None
