"""How a value stands with its uncertainty: `1.000±0.002`, `12.5±3%`, `2.006(5)`, `(1.2±0.1)×10^-6`.

A minus may be the sign of mathematics (U+2212), as in texts that are pasted from certificates.
"""

from __future__ import annotations

import re

from exprgrad.distributions.scan import FRACTIONS, Piece
from exprgrad.functions.table import CONSTANTS
from exprgrad.text.numbers import format_number

PLUS_MINUS = re.compile(r"±|\+/?[-−–]|\\pm\b")
_MINUS = "[-−]"
_RAISED = str.maketrans("⁻⁺⁰¹²³⁴⁵⁶⁷⁸⁹−", "-+0123456789-")
_PLACES = r"\d+(?:\.(?:\d{3} (?=\d))*\d*)?|\.\d+"
_POWER = (
    rf"\s?[eE](?P<exponent>(?:\+|{_MINUS})?\d+)"
    rf"|\s*[×x*·⋅]\s*1[eE](?P<of_one>(?:\+|{_MINUS})?\d+)"
    rf"|(?:\s*[×x*·⋅]\s*|\s+)10\s*(?:(?:\^|\*\*)\s*\(?(?P<to>(?:\+|{_MINUS})?\d+)\)?|(?P<raised>[⁻⁺]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+))"
)
_CONCISE = re.compile(
    rf"(?P<sign>[-+−]?)(?P<value>{_PLACES})\s?\((?P<digits>[^()]*)\)(?P<power>{_POWER})?",
)
_SCALED = re.compile(rf"\((?P<inner>.*)\)(?P<power>{_POWER})?")
_PLAIN = rf"(?:{_PLACES})(?:[eE][-+−]?\d+)?"
_LOPSIDED = re.compile(
    rf"(?P<value>[-+−]?{_PLAIN})\s*\(?(?:(?<=[\s(])\+(?P<up>{_PLAIN})[\s/,]*{_MINUS}(?P<down>{_PLAIN})"
    rf"|(?<=[\s(]){_MINUS}(?P<low>{_PLAIN})[\s/,]*\+(?P<high>{_PLAIN}))\)?"
)
_COMMAS = re.compile(r"[-+−]?\d+,\d+(?:\s*(?:±|\+/?-)\s*\d+,\d+|\s?\(\d+\))(?P<rest>.*)")
_THOUSANDS = re.compile(r"[-+−]?\d{1,3}(?:,\d{3})+(?!\d)(?:\.\d+)?")
_UNIT = re.compile(r"(?P<number>.*[\d.)%])\s*(?P<unit>(?![eE]\d)[^\W\d_][^\s,;=()±+−-]*)")


def written(piece: Piece) -> tuple[float, float] | None:
    """The estimate and the uncertainty; None of a number. Raises UsageError, which points to what is wrong."""
    text = piece.text
    if lopsided := _LOPSIDED.fullmatch(text):
        raise _lopsided(piece, lopsided)
    if (scaled := _SCALED.fullmatch(text)) and closes(text, 1, scaled.end("inner")):
        inner = written(piece.part(1, scaled.end("inner")))
        power = float(f"1e{_exponent(scaled)}")
        return inner and (inner[0] * power, inner[1] * power)
    if concise := _CONCISE.fullmatch(text):
        return _digits(piece, concise)
    if (unit := _UNIT.fullmatch(text)) and is_written(unit["number"]) and unit["unit"] not in {*CONSTANTS, *FRACTIONS}:
        place = piece.part(unit.start("unit"))
        raise place.error("a unit is not read", "write the numbers alone, in units that fit the expression")
    if sign := PLUS_MINUS.search(text):
        value = piece.part(0, sign.start()).number("the value")
        return value, size(piece.part(sign.end()), value)
    return None


def is_written(text: str) -> bool:
    """Whether a text is a value with its uncertainty, well written or not."""
    scaled = _SCALED.fullmatch(text)
    return bool(PLUS_MINUS.search(text) or _CONCISE.fullmatch(text) or (scaled and is_written(scaled["inner"])))


def size(piece: Piece, value: float) -> float:
    """An uncertainty: a number, or a part of the value in %, ppm or ppb."""
    plain, divisor = piece.fraction() or (piece, 0.0)
    error = plain.number("the uncertainty")
    if error < 0:
        raise piece.error("an uncertainty is negative", f"write ±{piece.text.lstrip('-−')}")
    if not divisor:
        return error
    if value == 0:
        raise piece.error("a fraction of 0 is no uncertainty", "give it in the unit of the value, as 0±0.1")
    return error * abs(value) / divisor


def with_decimal_commas(text: str) -> str:
    """The same with decimal points, if a value and its uncertainty are written with commas: "" otherwise."""
    found = _COMMAS.fullmatch(text)
    return re.sub(r"(?<=\d),(?=\d)", ".", text) if found and "," not in found["rest"] else ""


def without_thousands(text: str) -> str:
    """The same without the commas that set thousands apart, if a value with its uncertainty has some; "" otherwise."""
    found = _THOUSANDS.match(text)
    return found[0].replace(",", "") + text[found.end() :] if found and is_written(text[found.end() - 1 :]) else ""


def closes(text: str, start: int, end: int | None = None) -> bool:
    """Whether the parenthesis before the start is closed at the end: by the last character, if none is given."""
    depth, last = 1, len(text) - 1 if end is None else end
    for index in range(start, len(text)):
        depth += (text[index] == "(") - (text[index] == ")")
        if depth == 0:
            return index == last
    return False


def _exponent(found: re.Match[str]) -> int:
    """The power of ten behind a number."""
    written_so = (found[name] for name in ("exponent", "of_one", "to", "raised"))
    return int(next((text for text in written_so if text), "0").translate(_RAISED))


def _digits(piece: Piece, found: re.Match[str]) -> tuple[float, float]:
    """The estimate and the uncertainty of `2.006(5)`: the digits in parentheses are the last ones of the number."""
    number, digits = found["value"].replace(" ", ""), found["digits"].strip()
    place = piece.part(found.start("digits"), found.end("digits"))
    sign = "-" if found["sign"] in ("-", "−") else ""
    scale = _exponent(found)
    power = f"e{scale}" if scale else ""
    decimals = len(number.partition(".")[2])
    if not re.fullmatch(r"\d+(?:\.\d+)?", digits):
        what = "an uncertainty is negative" if re.match(_MINUS, digits) else f"{digits!r} are no digits"
        raise place.error(what, f"the last digits of {number} stand in parentheses, as {number}(5)")
    if "." in digits:
        if len(digits.partition(".")[2]) != decimals:
            said = f"the uncertainty {digits} does not end at the last digit of {number}"
            raise place.error(said, f"write {sign}{number}{power}±{digits}{power}")
        return float(f"{sign}{number}e{scale}"), float(f"{digits}e{scale}")
    if len(digits) > len(number.replace(".", "").lstrip("0") or "0") and len(digits) > max(decimals, 1):
        said = f"{digits} has more digits than {number}, whose last ones it is the uncertainty of"
        raise place.error(said, f"write {sign}{number}{power}±… with the uncertainty that you mean")
    return float(f"{sign}{number}e{scale}"), float(f"{digits}e{scale - decimals}")


def _lopsided(piece: Piece, found: re.Match[str]) -> Exception:
    """The error of `1.00 +0.02 -0.01`, which would otherwise be the number 1.01."""
    value, up, down = (
        float(text.replace("−", "-").replace(" ", ""))
        for text in (found["value"], found["up"] or found["high"], found["down"] or found["low"])
    )
    if "(" in piece.text:
        return piece.error("an uncertainty is one number, the same on both sides", "limits are uniform(LOW, HIGH)")
    low, high = (format_number(float(f"{end:.12g}")) for end in (value - down, value + up))
    hint = f"limits are uniform({low}, {high}), or triangular({low}, {high}, {format_number(value)})"
    return piece.error("an uncertainty is one number, the same on both sides", hint)
