"""Keywords of the Python API: what a wrong one most likely meant."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from exprgrad.errors import KeywordError
from exprgrad.text.elsewhere import elsewhere
from exprgrad.text.spelling import nearest

_STARTS = ("p0", "x0", "start", "starts", "guess", "initial", "initial_guess", "init_params", "beta0", "theta0")


def unknown(
    function: str, name: str, known: Collection[str], variables: Iterable[str] = (), parameters: Iterable[str] = ()
) -> KeywordError:
    """The error of a keyword that a function does not have, in one line that says which one is meant. Keywords may be
    `variables` of an expression, too; `parameters` are those of them that could have a start."""
    names = list(variables)
    what = f"{function} has no keyword {name}"
    if name in _STARTS and (free := list(parameters)):
        return KeywordError(what, hint=f"starts are keywords of their own, as {free[0]}=1")
    guess = _synonym(name, known) or nearest(name, [*names, *known])
    if guess is not None:
        return KeywordError(what, hint=f"did you mean {guess}?")
    hint = f"it has {', '.join(list(known)[:_LISTED])}{', …' if len(known) > _LISTED else ''}"
    if names:
        hint = f"the variables of the expression are {', '.join(names[:_LISTED])}; {hint}"
    return KeywordError(what, hint=hint)


_LISTED = 12
"""How many names a message lists."""


def _synonym(name: str, known: Collection[str]) -> str | None:
    """The keyword that other programs call so."""
    ours = (option.replace("-", "_") for option in elsewhere(name.lower().replace("_", "-")))
    return next((keyword for keyword in ours if keyword in known), None)
