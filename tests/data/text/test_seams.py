"""What a look at a part of a text shows: the example of `exprgrad.data.text.seams`, and how neighbours compose."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from exprgrad.data.text.seams import CLOSED, EMPTY, INSIDE, OUTSIDE, Seam, seam

TEXT = st.text(st.sampled_from('a",\n\r'), min_size=1, max_size=12).map(str.encode)


def looked_at(before: bytes, text: bytes, delimiter: str | None = ",") -> Seam:
    """The seam of a text after a byte."""
    return seam(bytearray(before + text), delimiter)


def test_the_example_of_the_docstring() -> None:
    text = b'b\nc",d\ne'
    c, e = text.index(b"c"), text.index(b"e")
    found = looked_at(b"?", text)
    assert found == Seam(len(text), (OUTSIDE, OUTSIDE, OUTSIDE), (c, e, c))
    before = looked_at(b"\n", b'x,"y')
    assert (before.left[OUTSIDE], before.row[OUTSIDE]) == (INSIDE, 0)
    assert looked_at(b"?", b',"y').then(found).row[OUTSIDE] == 3 + e


def test_without_quotes_a_row_begins_after_each_newline() -> None:
    assert looked_at(b"x", b'"a\nb', None).row == (3, 3, 3)


@given(st.sampled_from([b"a", b'"', b",", b"\n"]), TEXT, TEXT)
def test_neighbours_together_are_the_whole(before: bytes, left: bytes, right: bytes) -> None:
    whole = looked_at(before, left + right)
    both = looked_at(before, left).then(looked_at((before + left)[-1:], right))
    states = [OUTSIDE, INSIDE] if before != b'"' else [INSIDE, CLOSED]
    assert both.size == whole.size
    assert [both.left[state] for state in states] == [whole.left[state] for state in states]
    assert EMPTY.then(whole) == whole
