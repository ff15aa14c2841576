"""Whether a field is a unit of measurement, such as `s`, `[mV]`, `kg/m^3`, `°C` or `a.u.`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

_BRACKETS = re.compile(r"[(\[{<].*[)\]}>]", re.DOTALL)
_BASE = (
    "m|g|s|A|K|mol|cd|rad|sr|Hz|N|Pa|J|W|C|V|F|Ω|Ω|ohm|Ohm|S|Wb|T|H|lm|lx|Bq|Gy|Sv|kat"
    "|eV|l|L|bar|u|Da|M|cal|B|bit|byte|b|G|Torr|torr|mmHg|psi|Wh|Ah|VA|P|St|gal|Gal|sps|S/s|dyn|erg|pc|Jy|Ci"
)
_WHOLE = (
    "%|‰|ppm|ppb|ppt|°|deg|degree|degrees|degC|degF|°C|°F|℃|℉|min|h|hr|hrs|hour|hours|d|day|days|week|weeks|month|months"
    "|year|years|yr|sec|secs|second|seconds|ms|msec|usec|minute|minutes|counts|count|cts|cps|cpm|rpm|a\\.?u\\.?|arb\\.?"
    "|arb\\.? ?u(?:nits?)?\\.?|dB|dBm|dBV|dBc|pH|Å|Angstrom|angstrom|in|inch|ft|mi|mph|kt|lb|lbs|oz|atm|ha|pixel|px"
    "|points|pts|rel\\.? units?|none|unitless|dimensionless|1|-|#|USD|EUR|GBP|\\$|€|£|volts?|amps?|amperes?|ohms?"
    "|meters?|metres?|kelvins?|celsius|watts?|joules?|pascals?|newtons?|grams?|hertz|radians?"
)
_PREFIX = "(?:da|[QRYZEPTGMkhdcmuµμnpfazyrq])?"
_POWER = r"(?:\s?\^\s?\{?[+-]?\d+(?:/\d+)?\}?|\*\*[+-]?\d+|[+\-−]?\d|[⁺⁻]?[⁰¹²³⁴-⁹]+|sqrt)?"
_UNIT = rf"(?:{_PREFIX}(?:{_BASE})|{_WHOLE}|√Hz|sqrt\({_PREFIX}Hz\))\.?{_POWER}"
_GROUP = rf"\(?{_UNIT}(?:\s?[*·⋅.×\s]\s?{_UNIT})*\)?"
_FORMAT = re.compile(r"\d{1,4}[sndSND]")
_RULE = re.compile(r"[-=_]{3,}|:?-{2,}:?")


def are_units(fields: Sequence[str]) -> bool:
    """Whether all fields are units, in brackets or known, or empty; one at least is none of the words for nothing."""
    shown = [field.strip() for field in fields]
    return any(field not in ("", "-", "1", "none", "#") for field in shown) and all(map(_is_unit, shown))


def _is_unit(field: str) -> bool:
    return not field or (len(field) < 40 and bool(_BRACKETS.fullmatch(field) or _product().fullmatch(field)))


@cache
def _product() -> re.Pattern[str]:
    """Compiled where a field may be a unit, as that takes 8 ms."""
    return re.compile(rf"(?:1\s?/\s?)?{_GROUP}(?:\s?/\s?{_GROUP})*|10\^-?\d+ {_GROUP}")


def are_formats(fields: Sequence[str]) -> bool:
    """Whether all fields say how wide a column is and of which type, as USGS writes under its names: `5s 15s 14n`."""
    return all(_FORMAT.fullmatch(field.strip()) for field in fields)


def is_rule(fields: Sequence[str]) -> bool:
    """Whether the fields make a line that is drawn under a header."""
    shown = [field.strip() for field in fields]
    return any(shown) and all(not field or _RULE.fullmatch(field) for field in shown)
