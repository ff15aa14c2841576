"""Options of the command line as keywords of Python, for messages that both show: `--nulls skip` is `nulls="skip"`."""

from __future__ import annotations

import re

_OPTION = re.compile(
    r"""(?<![\w-])--(?P<name>[a-z][\w-]*)(?:[ =](?P<value>"[^"]*"|'[^']*'|[^\s;,()]+(?:,[^\s;,()]+)*|,(?=\s|$)))?"""
)
_WORDS = frozenset(
    "or if and is are was says to keeps reads takes has must makes with at which that where for of on in it".split()
)
"""Words that go on with the sentence, and are no values."""
_FLAGS = {
    "no-header": "header=False",
    "header-row": "header=True",
    "percent": "percent=True",
}
_LISTS = ("params", "fix", "wrt")
"""Options whose values are names."""
_SHELL = re.compile(r"exprgrad (?:…|[a-z]+ )|\bjq\b|--(?:help|cluster|to=|convert-to|format=lzma)")
"""What is to be typed into a shell stays as it is."""


def as_keywords(text: str) -> str:
    """The text with keywords in the place of options."""
    return text if "--" not in text or _SHELL.search(text) else _OPTION.sub(_keyword, text)


def _keyword(match: re.Match[str]) -> str:
    option, value = match["name"], match["value"]
    if option in _FLAGS:
        return _FLAGS[option] + (f" {value}" if value else "")
    name = option.replace("-", "_")
    if value is None:
        return name
    if value in _WORDS:
        return f"{name} {value}"
    bare = value[1:-1] if value[0] in "\"'" else value
    variable, equals, header = bare.partition("=")
    if option in ("column", "time") and equals:
        return f"{name}={{{variable!r}: {header!r}}}"
    if option in _LISTS:
        return f"{name}=[{', '.join(map(_quoted, bare.split(',')))}]"
    if "," in bare and all(map(_IS_NUMBER, bare.split(","))):
        return f"{name}=[{bare.replace(',', ', ')}]"
    first, colon, last = bare.partition(":")
    if colon and _IS_NUMBER(first) and _IS_NUMBER(last):
        return f"{name}=({first}, {last})"
    return f"{name}={_quoted(bare) if value == bare else repr(bare)}"


_IS_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?").fullmatch


def _quoted(text: str) -> str:
    """A value as Python writes it; what stands for one, in capitals, as it is."""
    if _IS_NUMBER(text) or (text.isupper() and len(text) > 1):
        return text
    return f'"{text}"' if '"' not in text else repr(text)
