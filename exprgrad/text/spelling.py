"""What a misspelt word most likely meant."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice


def nearest(word: str, candidates: list[str]) -> str | None:
    """The candidate a misspelt word most likely meant, if any comes near."""
    from difflib import get_close_matches

    if len(word) > 64:
        return None
    for candidate in candidates:
        if candidate.casefold() == word.casefold():
            return candidate
    matches = get_close_matches(word, candidates, n=1, cutoff=0.6)
    return matches[0] if matches else None


_LISTED = 20
"""Names that a message lists at the most."""


def its_variables(names: Iterable[str]) -> str:
    """The variables of an expression, as a hint says them."""
    first = list(islice(names, _LISTED + 1))
    return f"its variables: {', '.join([*first[:_LISTED], '…'] if len(first) > _LISTED else first) or 'none'}"


def did_you_mean(word: str, candidates: list[str], otherwise: str = "", form: str = "{}") -> str:
    """A hint with the nearest candidate, written in a form such as `--{}`; without one, the other hint."""
    guess = nearest(word, candidates)
    return f"did you mean {form.format(guess)}?" if guess else otherwise
