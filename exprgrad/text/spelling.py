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
"""The most names that a message lists."""


def its_variables(names: Iterable[str]) -> str:
    """The variables of an expression, as a hint lists them."""
    first = list(islice(names, _LISTED + 1))
    listed = [*first[:_LISTED], "…"] if len(first) > _LISTED else first
    return f"its variables: {', '.join(listed)}" if listed else "it has none"


def did_you_mean(word: str, candidates: list[str], otherwise: str = "", template: str = "{}") -> str:
    """A hint with the nearest candidate, written into a template such as `--{}`; without one, the other hint."""
    guess = nearest(word, candidates)
    return f"did you mean {template.format(guess)}?" if guess else otherwise
