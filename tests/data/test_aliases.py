"""Each header that no variable can have gets one name that a variable can have, and that no other column has."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exprgrad.data.aliases import Names
from exprgrad.syntax import parse

ALIASES = {
    "Temp (°C)": "Temp_C",
    "pos.x": "pos_x",
    "2theta": "_2theta",
    "time [s]": "time_s",
    " y": "y",
    "x²": "x2",
    "µ (m/s)": "µ_m_s",
    "Größe (mm)": "Größe_mm",
    "℃": "C",
    "in": "in_",
    "%": "c1",
    "": "c1",
    "__a (b)__": "__a_b",
    "a-b": "a_b",
    "5": "_5",
}


@pytest.mark.parametrize(("header", "alias"), ALIASES.items())
def test_alias(header: str, alias: str) -> None:
    assert Names([header]).aliases == {alias: header}


@pytest.mark.parametrize("header", ["x", "x_1", "Größe", "_", "param_"])
def test_a_legal_header_has_none(header: str) -> None:
    assert Names([header]).aliases == {}


@pytest.mark.parametrize(
    ("header", "aliases"),
    [
        (["T (C)", "T [C]", "T_C"], {"T_C_2": "T (C)", "T_C_3": "T [C]"}),
        (["a b", "a b", "c d"], {"c_d": "c d"}),
        (["", "c1"], {"c1_2": ""}),
    ],
)
def test_no_alias_is_taken_twice(header: list[str], aliases: dict[str, str]) -> None:
    assert Names(header).aliases == aliases


@given(st.lists(st.text(max_size=6), max_size=8))
def test_aliases_are_legal_and_of_one_column_each(header: list[str]) -> None:
    names = Names(header)
    assert not set(names.aliases) & set(header)
    for alias, column in names.aliases.items():
        assert alias.isidentifier()
        assert header.count(column) == 1
        assert names.find(alias) == column
    illegal = [column for column in header if not column.isidentifier() and header.count(column) == 1]
    assert set(illegal) <= set(names.alias_of)


@given(st.text(max_size=6))
def test_an_alias_is_a_name_of_the_language(header: str) -> None:
    for alias in Names([header]).aliases:
        parse(f"{alias} + 1", "")


def test_columns_by_position() -> None:
    names = Names(["1", "a b", "c"])
    assert [names.chosen(text) for text in ("1", "2", "3", "4", "0", "a_b", "a b")] == [
        "1",
        "a b",
        "c",
        "4",
        "0",
        "a b",
        "a b",
    ]


def test_a_message_says_both() -> None:
    names = Names(["x", "Temp (°C)", *"abcdefghijkl"])
    assert names.listed() == 'x, "Temp (°C)" (Temp_C), a, b, c, d, e, f, g, h, i, j, …'
    assert names.hint("temp") == 'the data have a column "Temp (°C)": --column "temp=Temp_C"'
    assert names.hint("X") == 'did you mean x? (or --column "X=x")'
