"""Arrays of objects as lines: the same objects, or an error; however they are written, damaged, and come in bytes."""

from __future__ import annotations

import io
import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from exprgrad.data.formats.json.lines import ArrayLines
from exprgrad.errors import DataError

TEXTS = st.text(st.sampled_from('a"\\{}[],:\n\ré\U0001f600 '), max_size=6)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
)
ROWS = st.lists(st.dictionaries(TEXTS, VALUES, max_size=3), max_size=4)
DAMAGE = st.tuples(st.floats(0, 1), st.sampled_from([b"", *(bytes([c]) for c in b'[]{},":\\ 1a\n')]))


class Drip:
    """Bytes that come a few at a time."""

    def __init__(self, text: bytes, step: int) -> None:
        self._text = io.BytesIO(text)
        self._step = step

    def readinto(self, buffer: memoryview, /) -> int:
        return self._text.readinto(buffer[: self._step])

    def close(self) -> None:
        pass


def rows_of(text: bytes, step: int) -> Any:
    """The objects of the lines; None where they are refused."""
    try:
        lines = ArrayLines(Drip(text, step), "d.json").read().decode()
        found = [json.loads(line) for line in lines.split("\n") if line.strip()]
    except (DataError, ValueError):
        return None
    return found if all(isinstance(row, dict) for row in found) else None


@given(rows=ROWS, indent=st.sampled_from([None, 0, 2]), ascii_only=st.booleans(), step=st.integers(1, 50))
def test_the_lines_are_the_objects(rows: Any, indent: int | None, ascii_only: bool, step: int) -> None:
    text = json.dumps(rows, indent=indent, ensure_ascii=ascii_only).encode()
    assert rows_of(b"\xef\xbb\xbf" + text, step) == rows


@given(rows=ROWS, damage=st.lists(DAMAGE, min_size=1, max_size=3), step=st.integers(1, 50))
def test_damage_gives_no_other_objects(rows: Any, damage: list[tuple[float, bytes]], step: int) -> None:
    text = json.dumps(rows)
    changed = bytearray(text, "utf-8")
    for place, instead in damage:
        at = int(place * (len(changed) - 1))
        changed[at : at + 1] = instead
    try:
        expected = json.loads(changed.decode())
    except ValueError:
        expected = None
    table = isinstance(expected, list) and all(isinstance(row, dict) for row in expected)
    assert rows_of(bytes(changed), step) == (expected if table else None)
