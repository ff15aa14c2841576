"""Messages over the lines of a terminal."""

from __future__ import annotations

import pytest

from exprgrad.text.wrapped import wrapped

COPIED = "leave it out: grep -v '^END' FILE | exprgrad … --data - and so on, in one piece however long it is"
ROWS = [
    ("note: ", "short", 20, "note: short"),
    ("note: ", "a word that stands at the edge", 20, "note: a word that\n  stands at the edge"),
    ("note: ", "tau is here; --tau 1 makes it one", 24, "note: tau is here;\n  --tau 1 makes it one"),
    ("note: ", 'write it as --column "age=Age in years" there', 24, None),
    ("note: ", "unused averyveryverylongnameofacolumn, b", 20, None),
    ("note: ", COPIED, 30, f"note: {COPIED}"),
]


@pytest.mark.parametrize(("prefix", "text", "width", "expected"), ROWS, ids=[row[1][:20] for row in ROWS])
def test_a_message_is_broken_between_words(prefix: str, text: str, width: int, expected: str | None) -> None:
    found = wrapped(prefix, text, width)
    assert expected is None or found == expected
    assert found.replace("\n ", "") == prefix + text  # nothing is lost, and only blanks are replaced
    for whole in ('--column "age=Age in years"', "averyveryverylongnameofacolumn,"):
        assert whole not in text or whole in found
