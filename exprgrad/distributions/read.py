"""Uncertain values from texts: `1.000±0.002`, `2.006(5)`, `uniform(0, 1)`, `readings(5.01, 5.02)`, a plain number."""

from __future__ import annotations

import re
from collections.abc import Callable
from math import inf, isfinite

from exprgrad.distributions.distribution import Distribution
from exprgrad.distributions.kind import Kind
from exprgrad.distributions.qualities import DOF, Qualities, is_quality, parts, positive
from exprgrad.distributions.scan import Piece
from exprgrad.distributions.table import KINDS
from exprgrad.distributions.uncertain import Uncertain, drawn, normal, observed
from exprgrad.distributions.written import closes, is_written, size, with_decimal_commas, without_thousands, written
from exprgrad.functions.table import find
from exprgrad.text.spelling import did_you_mean

READINGS, TRUNCATED = "readings", "truncated"
WORDS = (*KINDS, READINGS, TRUNCATED)
"""What a value may begin with that is no constant."""

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
    if points := with_decimal_commas(whole.text):
        raise whole.error("a number has a decimal point, and not a comma", f"write {points}")
    if together := without_thousands(whole.text):
        raise whole.error("thousands are not set apart", f"write {together}")
    value, *more = parts(whole) or [whole]
    if is_quality(value):
        raise value.error("the value is missing", f"as 1.00, {value.text}")
    if more and not all("=" in piece.text for piece in more) and not is_written(value.text):
        raise whole.error("one number, and not a list", f"readings are written {READINGS}({text.strip()})")
    if call := _CALL.match(value.text):
        if call["name"] in WORDS and closes(value.text, call.end()):
            if more:
                raise more[0].error("this belongs into the parentheses")
            return _called(call["name"], value.part(call.end(), len(value.text) - 1), value)
        if not find(call["name"]) and closes(value.text, call.end()):
            name = value.part(0, len(call["name"]))
            hint = did_you_mean(name.text, list(WORDS), f"distributions: {', '.join(WORDS)}")
            raise name.error(f"there is no distribution {name.text!r}", hint)
    return _with_qualities(value, Qualities.of(more), whole)


def is_uncertain(text: str) -> bool:
    """Whether a text is written as a value with an uncertainty, well or not."""
    value, *more = parts(Piece.of(text, "")) or [Piece.of(text, "")]
    call = _CALL.match(value.text)
    named = call is not None and call["name"] in WORDS and not (find(call["name"]) and "=" not in value.text)
    return named or is_written(value.text) or any(is_quality(piece) for piece in more)


def _with_qualities(value: Piece, more: Qualities, whole: Piece) -> Uncertain:
    """A value that is no distribution, with what stands behind it."""
    found, apart = written(value), more.size
    if found is None and "?" not in value.text and len(ends := value.split(":")) == 2:
        between = ", ".join(end.text for end in ends)
        raise whole.error("one value, and not a range", f"uniform({between}) is a value that may be anywhere between")
    if found is None and apart is None:
        for name, piece in more.pieces.items():
            raise piece.error("a number without an uncertainty is exact", f"leave {name} out, or add u=SIZE")
        return Uncertain(value.number("the value"))
    if apart is not None:
        if found is not None:
            raise apart.error("this is a second uncertainty")
        estimate = value.number("the value")
        found = estimate, size(apart, estimate)
    assert found is not None
    estimate, error = found
    if not (isfinite(estimate) and isfinite(error)):
        raise value.error("the number is too large for binary64")
    return normal(estimate, error / more.factor, more.dof)


def _called(name: str, inside: Piece, whole: Piece) -> Uncertain:
    """The value of `NAME(…)`."""
    pieces = inside.split()
    if name == READINGS:
        return _observed(whole, [piece.number("a reading") for piece in pieces])
    dof = inf
    if name != "student":
        for piece in [piece for piece in pieces if re.match(rf"{DOF}\s*=", piece.text)]:
            pieces.remove(piece)
            dof = positive(piece.part(piece.text.index("=") + 1), DOF)
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
    if call is None or call["name"] not in KINDS or not closes(inner.text, call.end()):
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
