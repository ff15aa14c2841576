"""What a user says about data files, by keywords of Python or options of the command line: checked, and their names."""

from __future__ import annotations

import codecs
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypedDict

from exprgrad.data.formats.registry import format_named
from exprgrad.data.read_options import FROM_THE_FILE, TIME_UNITS, ReadOptions
from exprgrad.data.text.dialect import BLANKS
from exprgrad.errors import UsageError
from exprgrad.text.elsewhere import keyword_hint
from exprgrad.text.spelling import did_you_mean


class Choices(TypedDict, total=False):
    """The keywords, as type checkers know them. What is left out, or None, is worked out from the file."""

    data_format: str | None
    delimiter: str | None
    decimal: str | None
    thousands: str | None
    percent: bool | None
    comment: str | None
    skip_lines: int | None
    names: Iterable[str] | None
    header: bool | None
    missing: Iterable[str] | None
    encoding: str | None
    time: Mapping[str, str] | None
    sheet: str | None


class Reading(Choices, total=False):
    """These, and what `exprgrad.read` takes beside them."""

    nulls: str | None
    query: str | None


UNITS = {TIME_UNITS[unit]: unit for unit in ("s", "ms", "us", "ns", "min", "h", "d")}
"""What times can be counted in, the usual units first."""
_UNITS = {**UNITS, **{word.removesuffix("s"): unit for word, unit in UNITS.items()}, **{u: u for u in UNITS.values()}}
_DELIMITERS = {"tab": "\t", "\\t": "\t", "blank": BLANKS, "blanks": BLANKS, "space": BLANKS, "spaces": BLANKS}
_DELIMITERS |= {"comma": ",", "semicolon": ";", "bar": "|", "pipe": "|", "colon": ":"}
_DECIMALS = {"point": ".", "dot": ".", "comma": ","}
_THOUSANDS = {"blank": " ", "space": " ", "apostrophe": "'", **_DECIMALS}
_OTHER = {".": ",", ",": "."}
"""The decimal mark where this one groups digits."""
_ENCODINGS = ["utf-8", "utf-16", "latin-1", "cp1252", "windows-1252", "iso-8859-15", "mac-roman", "shift_jis", "gbk"]


def read_options(said: Mapping[str, Any], form: Callable[[str], str] = lambda name: name) -> ReadOptions:
    """What is said under the names of `Choices`. `form` makes what messages call a name. Raises UsageError for a wrong
    value, and for a name that is none of these."""
    fields: dict[str, Any] = {}
    for name, value in said.items():
        check = _CHECKS.get(name)
        if check is None:
            raise unknown(name)
        if value is not None:
            fields[_FIELDS.get(name, name)] = check(form(name), value)
    options = FROM_THE_FILE._replace(**fields)
    if options.thousands in _OTHER and options.decimal is None:
        return options._replace(decimal=_OTHER[options.thousands])
    if options.thousands and options.thousands == options.decimal:
        what = f"{form('thousands')} and {form('decimal')} are both {options.thousands!r}"
        raise UsageError(what, hint="of 1.234,5 they are . and ,")
    return options


def unknown(name: str, known: Iterable[str] = ()) -> UsageError:
    """The error of a keyword that is none; `known` are others that could be meant."""
    hint = keyword_hint(name, [*known, *KEYWORDS], f"how files are read is said by {', '.join(KEYWORDS)}")
    return UsageError(f"there is no keyword {name}", hint=hint)


def _delimiter(name: str, value: Any) -> str:
    text = _DELIMITERS.get(value, value) if isinstance(value, str) else ""
    if (
        len(text) == 1
        and text.isascii()
        and (text.isprintable() or text == "\t")
        and not (text.isalnum() or text == '"')
    ):
        return text
    hint = did_you_mean(str(value), list(_DELIMITERS), f"for example {name} ';'")
    raise UsageError(f"{name} takes one character, tab or blanks, not {value!r}", hint=hint)


def _one_of(words: Mapping[str, str], *marks: str) -> Callable[[str, Any], str]:
    """One of these marks, or the word for one."""

    def check(name: str, value: Any) -> str:
        mark = words.get(value, value) if isinstance(value, str) else None
        if mark not in marks:
            shown = " or ".join(repr(mark) for mark in marks if mark.isascii() and mark)
            raise UsageError(f"{name} takes {shown}, not {value!r}", hint=did_you_mean(str(value), list(words)))
        return str(mark)

    return check


def _text(name: str, value: Any) -> str:
    if not isinstance(value, str) or "\n" in value or "\r" in value or not is_utf8(value):
        raise UsageError(f"{name} takes a text of one line in UTF-8, not {value!r}")
    return value


def is_utf8(text: str) -> bool:
    """Whether all bytes of an argument were UTF-8: others are surrogates."""
    return not any("\ud800" <= character <= "\udfff" for character in text)


def _flag(name: str, value: Any) -> bool:
    if not isinstance(value, bool):
        raise UsageError(f"{name} is True or False, not {value!r}")
    return value


def _count(name: str, value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise UsageError(f"{name} takes how many lines, from 0 on, not {value!r}")
    return value


def _words(name: str, value: Any) -> tuple[str, ...]:
    """Words, in a list or between commas."""
    items = value.split(",") if isinstance(value, str) else value
    if isinstance(items, bytes) or not isinstance(items, Iterable):
        raise UsageError(f"{name} takes words in a list, not {value!r}")
    return tuple(_text(name, item).strip() for item in items)


def _names(name: str, value: Any) -> tuple[str, ...]:
    names = _words(name, value)
    if not all(names):
        raise UsageError(f"{name} takes the names of all columns, separated by commas, not {value!r}")
    for each in names:
        if names.count(each) > 1:
            raise UsageError(f"{name} gives {each!r} twice")
    return names


def _missing(name: str, value: Any) -> tuple[str, ...]:
    return tuple(dict.fromkeys(word for word in _words(name, value) if word))


def _encoding(name: str, value: Any) -> str:
    try:
        known = getattr(codecs.lookup(_text(name, value)), "_is_text_encoding", True)
    except (LookupError, ValueError):
        known = False
    if not known:
        hint = did_you_mean(str(value).lower(), _ENCODINGS, f"for example {name} latin-1, cp1252 or utf-16")
        raise UsageError(f"{name} takes the name of a character encoding, not {value!r}", hint=hint)
    return str(value)


def _times(name: str, value: Any) -> tuple[tuple[str, str], ...]:
    if not isinstance(value, Mapping):
        raise UsageError(f"{name} takes units by the headers of columns, as {{'date': 'days'}}, not {value!r}")
    found = []
    for column, unit in value.items():
        known = _UNITS.get(unit) if isinstance(unit, str) else None
        if known is None:
            hint = did_you_mean(str(unit), list(UNITS), f"give one of {', '.join(UNITS)}")
            raise UsageError(f"{name}: times are not counted in {unit!r}", hint=hint)
        found.append((_text(name, column), known))
    return tuple(found)


def _format(name: str, value: Any) -> str:
    return format_named(_text(name, value)).name


_CHECKS: dict[str, Callable[[str, Any], Any]] = {
    "data_format": _format,
    "delimiter": _delimiter,
    "decimal": _one_of(_DECIMALS, ".", ","),
    "thousands": _one_of(_THOUSANDS, ",", ".", "'", " ", "_", "", "\u2019", "\u00a0", "\u2009", "\u202f"),
    "percent": _flag,
    "comment": _text,
    "skip_lines": _count,
    "names": _names,
    "header": _flag,
    "missing": _missing,
    "encoding": _encoding,
    "time": _times,
    "sheet": _text,
}
"""How the value of each keyword is checked."""
_FIELDS = {"data_format": "format", "time": "times"}
"""The fields of ReadOptions that are called otherwise."""
KEYWORDS = (*_CHECKS, "nulls", "query")
"""All that `exprgrad.read` takes."""
