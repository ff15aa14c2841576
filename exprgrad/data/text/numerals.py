"""Numbers as files write them: texts to float64 by the dialect, and to the plain texts of the same numbers.

Each step is one over a whole array. The digits go to pyarrow as they are, so a number is rounded once however it is
written: `0.1D+02` is 0.1E+02, `5,3 %` is 5.3e-2.
"""

from __future__ import annotations

import re

import numpy as np
import pyarrow as pa  # type: ignore[import-untyped]
from numpy.typing import NDArray

from exprgrad.data import compute as pc
from exprgrad.data.text.dialect import Dialect
from exprgrad.data.text.words import NANS, NULLS

_CSV = r"^[+-]?[0-9]*\.?[0-9]+(?:[eE][+-]?[0-9]+)?$|^[+-]?[0-9]+\.(?:[eE][+-]?[0-9]+)?$"
_STARS = r"^\*+$"
_SIGN = r"[+\-\x{2212}]"
"""The third is the minus sign of typesetters."""
_WORD = r"^[+-]?(?i:inf(inity)?|nan)$"
_TRUE, _FALSE = ["true", "True", "TRUE"], ["false", "False", "FALSE"]
_OTHERS = {" ": "\u00a0\u2009\u202f", "'": "\u2019"}
"""What stands for a mark of thousands, too."""


class Numerals:
    """How the numbers of a dialect are written."""

    def __init__(self, dialect: Dialect) -> None:
        self._decimal = dialect.decimal
        self._marks = [*_OTHERS.get(dialect.thousands, ""), dialect.thousands] if dialect.thousands else []
        self._percent = dialect.percent
        mark, point = (f"[{re.escape(''.join(chars))}]" for chars in (self._marks or ["\0"], self._decimal))
        whole = rf"(?:[0-9]{{1,3}}(?:{mark}[0-9]{{3}})+|[0-9]+)" if self._marks else "[0-9]+"
        percent = r"|[ \t\x{a0}]*%" if self._percent else ""
        ends = rf"(?:[eEdDqQ]{_SIGN}?[0-9]+{percent})?"
        self._number = rf"^{_SIGN}?(?:{whole}(?:{point}[0-9]*)?|{point}[0-9]+){ends}$"
        self.nulls = list(dict.fromkeys([*NULLS, *dialect.missing]))
        """What fields say that hold no value."""
        self.no_values = [word for word in self.nulls if word not in NANS or word in dialect.missing]
        """The same without the words for nan, which is a float."""
        self._numbers = self._missing_numbers(dialect.missing)

    def floats(self, texts: pa.Array) -> tuple[pa.Array, NDArray[np.bool_] | None]:
        """The numbers as float64, null where a text says that there is none; and which texts are no numbers, if any."""
        texts = self.present(texts)
        plain, good = self._rewritten(texts, texts)
        if not good.all():
            for words, digit in ((_TRUE, "1"), (_FALSE, "0")):
                found = pc.is_in(texts, pa.array(words))
                plain = pc.if_else(found, digit, plain)
                good |= np.asarray(found)
            good |= np.asarray(pc.match_substring_regex(texts, _WORD).fill_null(True))
            if not good.all():
                return None, ~good
        return self.without_missing(plain.cast(pa.float64())), None

    def without_missing(self, values: pa.Array) -> pa.Array:
        """The numbers, null for those that the user calls missing."""
        if self._numbers is None or not pc.any(found := pc.is_in(values, self._numbers)).as_py():
            return values
        return pc.if_else(found, None, values)

    def plain(self, texts: pa.Array) -> pa.Array:
        """The texts; those that are numbers of the dialect as in CSV."""
        return self._rewritten(pc.ascii_trim(texts, " \t"), texts)[0]

    def in_csv(self, texts: pa.Array) -> pa.Array:
        """The same; a text in which there is nothing to change keeps the blanks around it."""
        trimmed = pc.ascii_trim(texts, " \t")
        plain = self._rewritten(trimmed, texts)[0]
        return pc.if_else(pc.equal(plain, trimmed), texts, plain)

    def present(self, texts: pa.Array) -> pa.Array:
        """The texts without the blanks around them, null where there is no value."""
        texts = pc.ascii_trim(texts, " \t")
        missing = pc.or_(pc.is_in(texts, pa.array(self.nulls)), pc.match_substring_regex(texts, _STARS))
        return pc.if_else(missing, None, texts) if pc.any(missing).as_py() else texts

    def is_present(self, text: str | None) -> bool:
        """Whether a text holds a value."""
        shown = (text or "").strip(" \t")
        return bool(shown.strip("*")) and shown not in self.nulls

    def changed(self, texts: pa.Array) -> NDArray[np.bool_]:
        """Which texts would be numbers in a CSV and are none here, as 1.234 where the decimal mark is a comma; none in
        a column of words."""
        texts = self.present(texts)
        if self._decimal == "." or not pc.any(csv := pc.match_substring_regex(texts, _CSV)).as_py():
            return np.zeros(len(texts), np.bool_)
        here = pc.match_substring_regex(texts, self._number)
        found = np.asarray(pc.and_not(csv, here).fill_null(False))
        words = pc.sum(pc.invert(pc.or_(csv, here))).as_py()
        return found if found.sum() > words else np.zeros(len(texts), np.bool_)

    def is_number(self, text: str) -> bool:
        """Whether a text is a number of the dialect."""
        return bool(pc.match_substring_regex(pa.array([text.strip(" \t")]), self._number)[0].as_py())

    def _missing_numbers(self, words: tuple[str, ...]) -> pa.Array:
        """What the user calls missing that is a number, None if nothing is: then so is the same number however it is
        written."""
        if not words:
            return None
        texts = pa.array(words, pa.string())
        found, good = self._rewritten(texts, texts)
        return found.filter(pa.array(good)).cast(pa.float64()) if good.any() else None

    def _rewritten(self, texts: pa.Array, others: pa.Array) -> tuple[pa.Array, NDArray[np.bool_]]:
        """The numbers among the texts as in CSV, the `others` in place of the rest; and which are numbers, or null."""
        good = pc.match_substring_regex(texts, self._number).fill_null(True)
        for mark in self._marks:
            texts = pc.replace_substring(texts, mark, "")
        if self._decimal != ".":
            texts = pc.replace_substring(texts, self._decimal, ".")
        texts = _replaced(texts, "\u2212", "-")
        texts = _replaced(texts, r"[dDqQ]([+-]?[0-9]+)$", r"E\1")
        if self._percent:
            texts = _replaced(texts, r"[ \t\x{a0}]*%$", "e-2")
        return (texts if pc.all(good).as_py() else pc.if_else(good, texts, others)), np.array(good)


def _replaced(texts: pa.Array, pattern: str, by: str) -> pa.Array:
    found = pc.any(pc.match_substring_regex(texts, pattern)).as_py()
    return pc.replace_substring_regex(texts, pattern, by) if found else texts
