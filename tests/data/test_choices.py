"""What a user says about files: taken as it is meant, or refused with what to say instead."""

from __future__ import annotations

from typing import Any

import pytest

from exprgrad.cli.options.reading import flag_of
from exprgrad.data.choices import KEYWORDS, Reading, read_options
from exprgrad.data.read_options import FROM_THE_FILE
from exprgrad.errors import UsageError


@pytest.mark.parametrize(
    ("said", "field", "value"),
    [
        ({"delimiter": ";"}, "delimiter", ";"),
        ({"delimiter": "tab"}, "delimiter", "\t"),
        ({"delimiter": "\\t"}, "delimiter", "\t"),
        ({"delimiter": "\t"}, "delimiter", "\t"),
        ({"delimiter": "blanks"}, "delimiter", " "),
        ({"delimiter": "blank"}, "delimiter", " "),
        ({"delimiter": " "}, "delimiter", " "),
        ({"delimiter": "|"}, "delimiter", "|"),
        ({"delimiter": None}, "delimiter", None),
        ({"decimal": ","}, "decimal", ","),
        ({"decimal": "comma"}, "decimal", ","),
        ({"thousands": "."}, "decimal", ","),
        ({"thousands": ","}, "decimal", "."),
        ({"thousands": "'"}, "decimal", None),
        ({"percent": True}, "percent", True),
        ({"comment": ""}, "comment", ""),
        ({"comment": "//"}, "comment", "//"),
        ({"skip_lines": 3}, "skip_lines", 3),
        ({"names": "a, b"}, "names", ("a", "b")),
        ({"names": ["a,b", "c"]}, "names", ("a,b", "c")),
        ({"header": False}, "header", False),
        ({"missing": "NA,***,-,"}, "missing", ("NA", "***", "-")),
        ({"encoding": "Windows-1252"}, "encoding", "Windows-1252"),
        ({"time": {"date": "d", "at": "seconds"}}, "times", (("date", "d"), ("at", "s"))),
        ({"sheet": "Data"}, "sheet", "Data"),
        ({"data_format": "tsv"}, "format", "tsv"),
    ],
)
def test_taken(said: dict[str, Any], field: str, value: object) -> None:
    assert getattr(read_options(said), field) == value


def test_nothing_said() -> None:
    assert read_options({}) == read_options(dict.fromkeys(KEYWORDS[:-2])) == FROM_THE_FILE


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ({"delimiter": ";;"}, "--delimiter takes one character, tab or blanks, not ';;'; for example --delimiter ';'"),
        ({"delimiter": "semicoln"}, "did you mean semicolon?"),
        ({"delimiter": "5"}, "--delimiter takes one character"),
        ({"delimiter": '"'}, "--delimiter takes one character"),
        ({"delimiter": "§"}, "--delimiter takes one character"),
        ({"delimiter": ""}, "--delimiter takes one character"),
        ({"delimiter": 5}, "--delimiter takes one character"),
        ({"decimal": ";"}, "--decimal takes '.' or ',', not ';'"),
        ({"decimal": ["."]}, "--decimal takes '.' or ','"),
        ({"thousands": "x"}, "--thousands takes"),
        ({"thousands": ",", "decimal": ","}, "--thousands and --decimal are both ','; of 1.234,5 they are . and ,"),
        ({"percent": 1}, "--percent is True or False, not 1"),
        ({"comment": "a\nb"}, "--comment takes a text of one line"),
        ({"skip_lines": -1}, "--skip-lines takes how many lines, from 0 on, not -1"),
        ({"skip_lines": 1.5}, "--skip-lines takes how many lines"),
        ({"names": "a,,b"}, "--names takes the names of all columns, separated by commas, not 'a,,b'"),
        ({"names": "a,b,a"}, "--names gives 'a' twice"),
        ({"names": 5}, "--names takes words in a list, not 5"),
        ({"names": ["a", 5]}, "--names takes a text of one line in UTF-8, not 5"),
        ({"encoding": "latin2x"}, "--encoding takes the name of a character encoding, not 'latin2x'; did you mean"),
        ({"encoding": "base64"}, "--encoding takes the name of a character encoding"),
        ({"encoding": "a\0"}, "--encoding takes the name of a character encoding"),
        ({"time": "date"}, "--time takes units by the headers of columns"),
        ({"time": {"date": "weeks"}}, "--time: times are not counted in 'weeks'; give one of seconds, "),
        ({"data_format": "cvs"}, "no such data format: cvs; give csv, "),
        ({"delimeter": ";"}, "exprgrad.read has no keyword delimeter; did you mean delimiter?"),
    ],
)
def test_refused(said: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError) as caught:
        read_options(said, flag_of)
    assert str(caught.value).startswith(message) or str(caught.value).endswith(message)


def test_type_checkers_know_the_keywords() -> None:
    assert [*Reading.__annotations__] == list(KEYWORDS)
