"""What stands behind a value: `dof=9`, `k=2`, `p=0.95`, and the uncertainty itself as `u=0.02` or `U=0.04, k=2`."""

from __future__ import annotations

import re
from math import inf
from typing import NamedTuple

from exprgrad.distributions.distribution import coverage_factor
from exprgrad.distributions.scan import Piece

DOF = "dof"
NAMES = (DOF, "k", "p", "u", "U")
_NAMED = re.compile(rf"(?:{'|'.join(NAMES)})\s*=(?!=)")
_BRACKETED = re.compile(rf"(?<=[\w.%)])\s*\((?=\s*{_NAMED.pattern})")
_BLANK = re.compile(rf"\s+(?={_NAMED.pattern})")
_WANTED = "behind an uncertainty stands dof=N, k=N or p=P, and behind a number u=SIZE or U=SIZE, k=N"


class Qualities(NamedTuple):
    """The pieces by name."""

    pieces: dict[str, Piece]

    @classmethod
    def of(cls, pieces: list[Piece]) -> Qualities:
        """Raises UsageError for other names, for one that comes twice, and for those that exclude each other."""
        found: dict[str, Piece] = {}
        for piece in pieces:
            name = piece.text.partition("=")[0]
            if name.strip() not in NAMES or name.strip() in found:
                raise piece.error(_WANTED)
            found[name.strip()] = piece.part(len(name) + 1)
        for one, other in (("k", "p"), ("u", "U"), ("u", "k"), ("u", "p")):
            if one in found and other in found:
                raise found[other].error(
                    f"{one} and {other} exclude each other", f"{_MEANING[one]}, and {_MEANING[other]}"
                )
        return cls(found)

    @property
    def dof(self) -> float:
        return positive(self.pieces[DOF], DOF) if DOF in self.pieces else inf

    @property
    def factor(self) -> float:
        """What an expanded uncertainty is divided by."""
        if "k" in self.pieces:
            return positive(self.pieces["k"], "k")
        return coverage_factor(self._coverage(self.pieces["p"]), self.dof) if "p" in self.pieces else 1.0

    @property
    def size(self) -> Piece | None:
        """The uncertainty. Raises UsageError for an expanded one without its factor."""
        expanded = self.pieces.get("U")
        if expanded is not None and not {"k", "p"} & self.pieces.keys():
            raise expanded.error("an expanded uncertainty comes with its factor", f"as U={expanded.text}, k=2")
        return self.pieces.get("u", expanded)

    @staticmethod
    def _coverage(piece: Piece) -> float:
        percent = piece.text.endswith("%")
        p = piece.part(0, len(piece.text) - percent).number("p") / (100 if percent else 1)
        if not 0 < p < 1:
            raise piece.error("p is the probability of the interval, between 0 and 1", "as p=0.95 or p=95%")
        return p


_MEANING = {
    "k": "k is the coverage factor",
    "p": "p is the probability of the interval",
    "u": "u is the standard uncertainty",
    "U": "U is the expanded uncertainty",
}


def parts(whole: Piece) -> list[Piece]:
    """A value, and what stands behind it after a comma, after a blank, or in parentheses."""
    text = whole.text
    bracketed = _BRACKETED.search(text)
    if (
        bracketed
        and text.endswith(")")
        and text.count("(", 0, bracketed.start()) == text.count(")", 0, bracketed.start())
    ):
        inner = whole.part(bracketed.end(), len(text) - 1)
        return [*parts(whole.part(0, bracketed.start())), *inner.split()]
    return [part for piece in whole.split() for part in _at_blanks(piece)]


def is_quality(piece: Piece) -> bool:
    return bool(_NAMED.match(piece.text)) and ";" not in piece.text


def positive(piece: Piece, name: str) -> float:
    """A number above 0. Raises UsageError for another."""
    if name == DOF and piece.text in ("inf", "infinity", "∞"):
        return inf
    value = piece.number(name)
    if not value > 0:
        raise piece.error(f"{name} has to be positive")
    return value


def _at_blanks(piece: Piece) -> list[Piece]:
    text, found, first = piece.text, [], 0
    for blank in _BLANK.finditer(text):
        if text.count("(", 0, blank.start()) == text.count(")", 0, blank.start()):
            found.append(piece.part(first, blank.start()))
            first = blank.end()
    return [*found, piece.part(first)]
