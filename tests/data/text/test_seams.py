"""What a look at a part of a text shows: the example of `exprgrad.data.text.seams`, and how neighbours compose."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from exprgrad.data.text.seams import CLOSED, COMMENT, EMPTY, INSIDE, OUTSIDE, Seam, seam

TEXT = st.text(st.sampled_from('a",\n\r# '), min_size=1, max_size=12).map(str.encode)


def looked_at(before: bytes, text: bytes, delimiter: str | None = ",", comment: str = "", ahead: bytes = b"") -> Seam:
    """The seam of a text after a byte."""
    return seam(bytearray(before + text), delimiter, comment, ahead)


def test_the_example_of_the_docstring() -> None:
    text = b'b\nc",d\ne'
    c, e = text.index(b"c"), text.index(b"e")
    found = looked_at(b"?", text)
    assert (found.size, found.left[:COMMENT]) == (len(text), (OUTSIDE, OUTSIDE, OUTSIDE))
    assert found.row[:COMMENT] == (c, e, c)
    before = looked_at(b"\n", b'x,"y')
    assert (before.left[OUTSIDE], before.row[OUTSIDE]) == (INSIDE, 0)
    assert looked_at(b"?", b',"y').then(found).row[OUTSIDE] == 3 + e


def test_in_a_comment_no_quote_counts() -> None:
    text = b'b\n# it\'s 5" long\nc,"\n'
    found = looked_at(b"?", text, comment="#")
    assert found.left == (INSIDE,) * 4
    assert found.row[COMMENT] == 2
    assert looked_at(b"?", b"b\n", comment="#", ahead=b" #").left[OUTSIDE] == COMMENT
    assert looked_at(b"?", b"b\n", comment="#", ahead=b"#N/A,").left[OUTSIDE] == OUTSIDE


def test_without_quotes_a_row_begins_after_each_newline() -> None:
    assert set(looked_at(b"x", b'"a\nb', None).row) == {3}


@given(st.sampled_from([b"a", b'"', b",", b"\n"]), TEXT, TEXT, st.sampled_from(", "), st.sampled_from(["", "#"]))
@example(b"a", b"\n", b"#", ",", "#")
def test_neighbours_together_are_the_whole(
    before: bytes, left: bytes, right: bytes, delimiter: str, comment: str
) -> None:
    whole = looked_at(before, left + right, delimiter, comment)
    both = looked_at(before, left, delimiter, comment, right).then(
        looked_at((before + left)[-1:], right, delimiter, comment)
    )
    states = [OUTSIDE, INSIDE] if before != b'"' else [INSIDE, CLOSED]
    states += [COMMENT] if comment and before != b"\n" else []
    assert both.size == whole.size
    assert [both.left[state] for state in states] == [whole.left[state] for state in states]
    assert EMPTY.then(whole) == whole
