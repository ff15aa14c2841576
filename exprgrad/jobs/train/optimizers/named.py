"""Texts such as `adam,beta1=0.8`: a name, and after commas settings of what has that name."""

from __future__ import annotations

from math import isfinite

from exprgrad.errors import UsageError
from exprgrad.text.spelling import did_you_mean


def named_settings(text: str, what: str) -> tuple[str, dict[str, float]]:
    """The name and the settings in a text. Raises UsageError for what is not written as NAME=NUMBER."""
    name, *others = (item.strip() for item in text.split(","))
    settings: dict[str, float] = {}
    for item in others:
        key, equals, number = item.partition("=")
        try:
            settings[key.strip()] = float(number)
        except ValueError:
            equals = ""
        if not equals:
            raise UsageError(f"a setting of the {what} is written as NAME=NUMBER, not {item!r}")
    return name, settings


def listed(what: str, name: str, known: list[str]) -> None:
    """Raise UsageError where no such thing has this name."""
    if name not in known:
        raise UsageError(f"there is no {what} {name!r}", hint=did_you_mean(name, known, f"choose {', '.join(known)}"))


def complete(what: str, defaults: dict[str, float], given: dict[str, float]) -> dict[str, float]:
    """The settings that are given, and the defaults of the others. Raises UsageError."""
    for key, value in given.items():
        if key not in defaults:
            hint = did_you_mean(key, list(defaults), f"it has {', '.join(defaults) or 'none'}")
            raise UsageError(f"{what} has no setting {key!r}", hint=hint)
        if not isfinite(value):
            raise UsageError(f"{key} of {what} must be finite, not {value:g}")
    return defaults | given
