"""What a variable goes through, from a text: `2.5`, `1,2,3`, `1:3:0.1`, `1:3`, `1.0±0.1`, `normal(1, 0.1)`."""

from __future__ import annotations

from collections.abc import Callable
from math import isfinite

from exprgrad.columns.ranges import stepped
from exprgrad.distributions.read import WORDS, is_uncertain, uncertain
from exprgrad.distributions.scan import Piece
from exprgrad.errors import UsageError
from exprgrad.functions.table import find
from exprgrad.jobs.sweep.axes import Axis, interval, listed


def axis(text: str, option: str, load: Callable[[str, str], list[float]] | None = None) -> float | Axis:
    """What a text gives: a number, which is held, or an axis. `load` reads the readings of `@FILE`, given the name of
    the file and the option. Raises UsageError, which points to what is wrong."""
    whole = Piece.of(text, option)
    if is_distribution(whole.text) or (whole.text.startswith("@") and load is not None):
        found = uncertain(text, option, load)
        return found.value if found.is_exact else Axis(option, uncertain=found)
    items = whole.split()
    if len(items) > 1:
        return listed(option, [*map(_number, items[:-1] if not items[-1].text else items)])
    ends = whole.split(":") if "?" not in whole.text else [whole]
    if len(ends) > 3:
        raise whole.error("a range is written FIRST:LAST:STEP", f"as {option} 1:3:0.1")
    if len(ends) == 1:
        return _number(whole)
    numbers = [_number(end) for end in ends]
    if len(numbers) == 2:
        return interval(option, *numbers)
    steps = stepped(option, numbers, [end.text for end in ends])
    if len(steps) < 2:
        raise UsageError(f"{option}: the range {whole.text} has one number alone", hint="give a smaller step")
    return Axis(option, steps, ranged=True)


def is_distribution(text: str) -> bool:
    """Whether a text is written as a distribution or a value with an uncertainty, well or not."""
    name, call, _ = text.partition("(")
    misspelt = bool(call) and name.strip().isidentifier() and not find(name.strip())
    return misspelt or is_uncertain(text) or name.strip() in WORDS


def _number(piece: Piece) -> float:
    """A number; read fast where it is a plain literal."""
    if piece.text.lstrip("-+ ")[:1].isdigit():
        try:
            if isfinite(found := float(piece.text)):
                return found
        except ValueError:
            pass
    return piece.number()
