"""What a misspelt word most likely meant."""

from __future__ import annotations


def nearest(word: str, candidates: list[str]) -> str | None:
    """The candidate a misspelt word most likely meant, if any comes near."""
    from difflib import get_close_matches

    if len(word) > 64:
        return None
    matches = get_close_matches(word, candidates, n=1, cutoff=0.6)
    return matches[0] if matches else None


def did_you_mean(word: str, candidates: list[str], otherwise: str = "", form: str = "{}") -> str:
    """A hint with the nearest candidate, written in a form such as `--{}`; without one, the other hint."""
    guess = nearest(word, candidates)
    return f"did you mean {form.format(guess)}?" if guess else otherwise
