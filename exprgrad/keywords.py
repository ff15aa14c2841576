"""Keywords of the Python API: what a wrong one most likely meant."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from exprgrad.errors import KeywordError
from exprgrad.text.elsewhere import STARTS, elsewhere
from exprgrad.text.spelling import nearest


def unknown(
    function: str, name: str, known: Collection[str], variables: Iterable[str] = (), parameters: Iterable[str] = ()
) -> KeywordError:
    """The error of a keyword that a function does not have, in one line that says which one is meant. Keywords may be
    `variables` of an expression, too; `parameters` are those of them that could have a start."""
    names = list(variables)
    what = f"{function} has no keyword {name}"
    if name.replace("_", "-") in STARTS.split() and (free := list(parameters)):
        return KeywordError(what, hint=f"starts are keywords of their own, as {free[0]}=1")
    guess = _synonym(name, known) or nearest(name, [*names, *known])
    if guess is not None:
        return KeywordError(what, hint=f"did you mean {guess}?")
    hint = f"it has {', '.join(list(known)[:_LISTED])}{', …' if len(known) > _LISTED else ''}"
    if names:
        hint = f"the variables of the expression are {', '.join(names[:_LISTED])}; {hint}"
    return KeywordError(what, hint=hint)


def misplaced(function: str, places: int, more: Sequence[Any]) -> KeywordError:
    """The error of arguments beyond those that go by their `places`, such as a fit after the data: values are
    keywords."""
    arguments = "1 argument" if places == 1 else f"{places} arguments"
    hint = next(filter(None, map(spread, more)), "") or "give what follows by its name, as a=1"
    return KeywordError(f"{function} takes at most {arguments} by place, not {places + len(more)}", hint=hint)


def spread(value: Any) -> str:
    """How values that stand where none are taken become keywords: those of a dict, the parameters of a fit or a run.
    Empty for what has none."""
    if isinstance(value, Mapping):
        return "values are keywords: **values"
    if not isinstance(getattr(value, "parameters", None), Mapping):
        return ""
    called = "fit" if type(value).__name__ == "Fit" else "run"
    more = f", **{called}.fixed" if getattr(value, "fixed", None) else ""
    return f"its parameters are keywords: **{called}.parameters{more}"


_LISTED = 12
"""How many names a message lists."""


def _synonym(name: str, known: Collection[str]) -> str | None:
    """The keyword that other programs call so."""
    ours = (option.replace("-", "_") for option in elsewhere(name.lower().replace("_", "-")))
    return next((keyword for keyword in ours if keyword in known), None)
