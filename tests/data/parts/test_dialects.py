"""Where a text in any dialect is divided makes no difference, to its rows and to what is said of a bad one."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import example, given, settings
from hypothesis import strategies as st

from exprgrad.data.text.dialect import Dialect, Layout
from tests.data.layouts import laid_out
from tests.data.parts.test_divide import BIG, outcome

DIALECTS = [
    Dialect(" "),
    Dialect(" ", comment="#"),
    Dialect(" ", decimal=",", comment="//"),
    Dialect(",", comment="#"),
    Dialect(",", comment="#", labels=True, totals=True),
    Dialect(";", decimal=",", thousands=".", trailing=True),
    Dialect(";", comment="%", trailing=True, encoding="latin-1"),
    Dialect("|", missing=("-9",), comment="!"),
    Dialect("\t", percent=True),
    Dialect(",", encoding="utf-16"),
]
PIECES = ["1", "Total", "2,5", "-9", " ", "\t", "a", '"', '"a b"', "#", "#N/A", "//", "/", "%", "!", "\udce9", ""]
ENDS = ["\n", "\r\n", "\r"]


@st.composite
def texts(draw: st.DrawFn) -> tuple[Dialect, bytes]:
    """A text that may be one of the dialect: mostly rows of two fields."""
    dialect = draw(st.sampled_from(DIALECTS))
    end = draw(st.sampled_from(ENDS))
    piece = st.sampled_from([*PIECES, dialect.delimiter])
    field = st.sampled_from(["1", "2", "NA", '"3"', '"a\n"', '"a"" "', f'"{dialect.comment}{end}b"', "#NA"])
    row = st.tuples(st.sampled_from(["", "", " "]), field, field).map(lambda row: dialect.delimiter.join(row[1:]))
    comment = st.lists(piece, max_size=4).map(lambda pieces: dialect.comment + "".join(pieces))
    line = row | row | comment | st.lists(piece, max_size=5).map("".join)
    text = end.join(draw(st.lists(line, max_size=8))) + draw(st.sampled_from(["", end]))
    if dialect.encoding == "utf-16":
        return dialect, text.replace("\udce9", "é").encode("utf-16")
    return dialect, text.encode("utf-8", "surrogateescape")


@settings(max_examples=200)
@given(
    texts(),
    st.sampled_from(["error", "skip", "nan"]),
    st.booleans(),
    st.booleans(),
    st.integers(1, 40),
    st.integers(1, 40),
    st.sampled_from([20, BIG]),
)
@example((DIALECTS[1], b"1 2\n# it's 5\" long\n3 4\n#N/A 6\n"), "nan", True, True, 1, 1, BIG)
@example((DIALECTS[2], b'1 2\n //"\n3 4\n  // "\n/ "\n//\n'), "nan", True, True, 1, 3, BIG)
def test_any_division_is_the_whole(
    drawn: tuple[Dialect, bytes], nulls: str, whole: bool, texts: bool, part: int, batch: int, longest: int
) -> None:
    dialect, content = drawn
    with tempfile.TemporaryDirectory() as folder, laid_out(Layout(dialect, ("x", "y"), 0)):
        path = Path(folder, "d.csv")
        path.write_bytes(content or b"\n")
        # The first batch shows the types of columns.
        undivided = outcome(path, nulls, whole, texts, BIG, batch if whole else BIG, longest)
        assert outcome(path, nulls, whole, texts, part, batch, longest) == undivided
