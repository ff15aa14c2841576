"""Uncertain values from texts: `1.000±0.002`, `2.006(5)`, `uniform(0, 1)`, `readings(5.01, 5.02)`, a plain number."""

from __future__ import annotations

import re
from collections.abc import Callable
from math import inf, isfinite

from exprgrad.distributions.distribution import Distribution
from exprgrad.distributions.kind import Kind
from exprgrad.distributions.scan import Piece
from exprgrad.distributions.table import KINDS
from exprgrad.distributions.uncertain import Uncertain, drawn, normal, observed
from exprgrad.functions.table import find
from exprgrad.text.spelling import did_you_mean

READINGS, TRUNCATED, DOF, FACTOR = "readings", "truncated", "dof", "k"
WORDS = (*KINDS, READINGS, TRUNCATED)
"""What a value may begin with that is no constant."""

_PLUS_MINUS = re.compile(r"±|\+/?[-−–]|\\pm\b")
_CONCISE = re.compile(
    r"(?P<sign>[-+−]?)(?P<value>\d+(?:\.(?:\d{3} (?=\d))*\d*)?|\.\d+)\s?"
    r"\((?P<digits>[^()]*)\)\s?(?P<power>[eE][-+]?\d+)?"
)
_SCALED = re.compile(r"\((?P<inner>.*)\)\s?[eE](?P<power>[-+]?\d+)")
_CALL = re.compile(r"(?P<name>[^\W\d]\w*)\s*\(")
_LEAST = 1e-9
"""The least probability that is left of a truncated distribution."""


def uncertain(text: str, option: str, load: Callable[[str, str], list[float]] | None = None) -> Uncertain:
    """The value that a text gives. `load` reads the readings of `@FILE`, given the name of the file and the option.

    Raises UsageError, which points to what is wrong.
    """
    whole = Piece.of(text, option)
    if whole.text.startswith("@") and load is not None:
        return _observed(whole, load(whole.text[1:].strip(), option))
    value, *more = whole.split() or [whole]
    if more and not all("=" in piece.text for piece in more):
        if _PLUS_MINUS.search(value.text) or _CONCISE.fullmatch(value.text):
            raise more[0].error(f"behind an uncertainty stands {DOF}=N or {FACTOR}=N")
        raise whole.error("one number, and not a list", f"readings are written {READINGS}({text.strip()})")
    dof, factor = _qualities(more)
    if call := _CALL.match(value.text):
        if call["name"] in WORDS and _closes(value.text, call.end()):
            if more:
                raise more[0].error("this belongs into the parentheses")
            return _called(call["name"], value.part(call.end(), len(value.text) - 1), value)
        if not find(call["name"]) and _closes(value.text, call.end()):
            name = value.part(0, len(call["name"]))
            hint = did_you_mean(name.text, list(WORDS), f"distributions: {', '.join(WORDS)}")
            raise name.error(f"there is no distribution {name.text!r}", hint)
    found = _written(value)
    if found is None and "?" not in value.text and len(ends := value.split(":")) == 2:
        between = ", ".join(end.text for end in ends)
        raise whole.error("one value, and not a range", f"uniform({between}) is a value that may be anywhere between")
    if found is None:
        if more:
            raise more[0].error("a number without an uncertainty is exact")
        return Uncertain(value.number("the value"))
    estimate, error = found
    if not (isfinite(estimate) and isfinite(error)):
        raise value.error("the number is too large for binary64")
    return normal(estimate, error / factor, dof)


def is_uncertain(text: str) -> bool:
    """Whether a text is written as a value with an uncertainty, well or not."""
    plain = text.strip()
    call = _CALL.match(plain)
    named = bool(call) and call["name"] in WORDS and not (find(call["name"]) and "=" not in plain) if call else False
    return named or bool(_PLUS_MINUS.search(plain) or _CONCISE.fullmatch(plain))


def _written(piece: Piece) -> tuple[float, float] | None:
    """The estimate and the uncertainty of `1.0±0.1`, `1.0±3%`, `1.00(5)`, and of `(1.0±0.1)e3`; None of a number."""
    if scaled := _SCALED.fullmatch(piece.text):
        inner = _written(piece.part(1, scaled.end("inner")))
        power = float(f"1e{scaled['power']}")
        return inner and (inner[0] * power, inner[1] * power)
    if sign := _PLUS_MINUS.search(piece.text):
        value = piece.part(0, sign.start()).number("the value")
        spread = piece.part(sign.end())
        relative = spread.text.endswith("%")
        error = (spread.part(0, len(spread.text) - 1) if relative else spread).number("the uncertainty")
        if error < 0:
            raise spread.error("an uncertainty is negative", f"write ±{spread.text.lstrip('-')}")
        if relative and value == 0:
            raise spread.error("a fraction of 0 is no uncertainty", "give it in the unit of the value, as 0±0.1")
        return value, error * abs(value) / 100 if relative else error
    if concise := _CONCISE.fullmatch(piece.text):
        return _digits(piece, concise)
    return None


def _digits(piece: Piece, found: re.Match[str]) -> tuple[float, float]:
    """The estimate and the uncertainty of `2.006(5)`: the digits in parentheses are the last ones of the number."""
    number, digits = found["value"].replace(" ", ""), found["digits"].strip()
    place = piece.part(found.start("digits"), found.end("digits"))
    sign = "-" if found["sign"] in ("-", "−") else ""
    power = found["power"] or ""
    decimals = len(number.partition(".")[2])
    if not re.fullmatch(r"\d+(?:\.\d+)?", digits):
        what = "an uncertainty is negative" if digits.startswith("-") else f"{digits!r} are no digits"
        raise place.error(what, f"the last digits of {number} stand in parentheses, as {number}(5)")
    if "." in digits:
        if len(digits.partition(".")[2]) != decimals:
            said = f"the uncertainty {digits} does not end at the last digit of {number}"
            raise place.error(said, f"write {sign}{number}{power}±{digits}{power}")
        error = digits
    elif len(digits) > len(number.replace(".", "").lstrip("0") or "0") and len(digits) > max(decimals, 1):
        said = f"{digits} has more digits than {number}, whose last ones it is the uncertainty of"
        raise place.error(said, f"write {sign}{number}{power}±… with the uncertainty that you mean")
    else:
        error = f"{digits}e-{decimals}"
    scale = power.lower().removeprefix("e") or "0"
    mantissa, _, exponent = error.partition("e")
    return float(f"{sign}{number}e{scale}"), float(f"{mantissa}e{int(exponent or 0) + int(scale)}")


def _qualities(pieces: list[Piece]) -> tuple[float, float]:
    """The degrees of freedom and the coverage factor in `dof=9, k=2`."""
    found = {DOF: inf, FACTOR: 1.0}
    for piece in pieces:
        name = piece.text.partition("=")[0]
        if name.strip() not in found:
            raise piece.error(f"behind an uncertainty stands {DOF}=N or {FACTOR}=N")
        found[name.strip()] = _positive(piece.part(len(name) + 1), name.strip())
    return found[DOF], found[FACTOR]


def _positive(piece: Piece, name: str) -> float:
    if name == DOF and piece.text in ("inf", "infinity", "∞"):
        return inf
    value = piece.number(name)
    if not value > 0:
        raise piece.error(f"{name} has to be positive")
    return value


def _called(name: str, inside: Piece, whole: Piece) -> Uncertain:
    """The value of `NAME(…)`."""
    pieces = inside.split()
    if name == READINGS:
        return _observed(whole, [piece.number("a reading") for piece in pieces])
    dof = inf
    if name != "student":
        for piece in [piece for piece in pieces if re.match(rf"{DOF}\s*=", piece.text)]:
            pieces.remove(piece)
            dof = _positive(piece.part(piece.text.index("=") + 1), DOF)
    if name == TRUNCATED:
        return drawn(_finite(_truncated(pieces, whole), whole), dof)
    return drawn(_finite(_distribution(KINDS[name], pieces, whole), whole), dof)


def _observed(piece: Piece, readings: list[float]) -> Uncertain:
    if len(readings) < 2:
        raise piece.error("an uncertainty takes two readings at least", "a number alone is exact; 5.0±0.1 is not")
    return observed(readings)


def _truncated(pieces: list[Piece], whole: Piece) -> Distribution:
    if len(pieces) != 3:
        raise whole.error("truncated takes a distribution and two ends, as truncated(normal(0, 1), -1, 2)")
    inner, low, high = pieces
    call = _CALL.match(inner.text)
    if call is None or call["name"] not in KINDS or not _closes(inner.text, call.end()):
        raise inner.error("what is truncated is a distribution", "as truncated(normal(0, 1), -1, 2)")
    found = _distribution(KINDS[call["name"]], inner.part(call.end(), len(inner.text) - 1).split(), inner)
    ends = [_end(low), _end(high)]
    if not ends[0] < ends[1]:
        raise high.error("the upper end is not above the lower one: the ends are exchanged")
    cut = found._replace(low=ends[0], high=ends[1])
    if not (cut.ends[0] < cut.ends[1] and cut.probability >= _LEAST):
        raise whole.error(f"less than {_LEAST:g} of {inner.text} lies between these ends")
    return cut


def _end(piece: Piece) -> float:
    """An end, which may be infinite."""
    infinite = {"inf": inf, "+inf": inf, "-inf": -inf}
    return infinite[piece.text] if piece.text in infinite else piece.number("the end")


def _distribution(kind: Kind, pieces: list[Piece], whole: Piece) -> Distribution:
    """A kind with the arguments in these pieces, by place or by name."""
    wanted = f"{kind.name} takes {', '.join(kind.arguments)}: {kind.doc}"
    given: dict[str, Piece] = {}
    for k, piece in enumerate(pieces):
        name, equals, _ = piece.text.partition("=")
        if equals:
            piece, name = piece.part(len(name) + 1), name.strip()
        elif k < len(kind.arguments):
            name = kind.arguments[k]
        if name not in kind.arguments or name in given:
            raise piece.error(wanted)
        given[name] = piece
    values = {name: piece.number(name) for name, piece in given.items()}
    defaults = dict(zip(kind.arguments[::-1], kind.defaults[::-1], strict=False))
    if missing := [name for name in kind.arguments if name not in values and name not in defaults]:
        raise whole.error(f"{missing[0]} is missing", wanted)
    arguments = tuple(values.get(name, defaults.get(name, inf)) for name in kind.arguments)
    wrong, what = kind.check(*arguments)
    if wrong:
        raise given.get(wrong, whole).error(f"{wrong} {what}", wanted)
    return Distribution(kind, arguments)


def _finite(found: Distribution, whole: Piece) -> Distribution:
    """The distribution; raises UsageError for one without a mean and a standard deviation among the floats."""
    if not all(map(isfinite, found.estimate())):
        raise whole.error("this distribution has no finite mean and standard deviation")
    return found


def _closes(text: str, start: int) -> bool:
    """Whether the parenthesis before the start is closed by the last character."""
    depth = 1
    for index in range(start, len(text)):
        depth += (text[index] == "(") - (text[index] == ")")
        if depth == 0:
            return index == len(text) - 1
    return False
