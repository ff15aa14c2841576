"""Lines that are meant for commands but lack the colon: `quit`, `help(sin)`, `plot sin(z) --z 0:9`."""

from __future__ import annotations

import re
from collections.abc import Collection

ALIASES = {"exit": "quit", "q": "quit", "bye": "quit", "?": "help", "h": "help"}
"""What other programs call the commands of a session."""
_ALONE = {"quit", "exit", "q", "bye", "help", "names", "functions"}
"""What is a command where nothing stands behind it: nobody asks for the derivative of exit with respect to exit."""
_CALL = re.compile(r"(\w+)\s*\(\s*([\w:]*)\s*\)")
_HELP = re.compile(r"\?\s*([\w:]*)|(\w+)\s*\?{1,2}")
_WORDS = re.compile(r"(?:exprgrad\s+)?([^\W\d]\w*)\s+(.*)", re.DOTALL)
_GOES_ON = re.compile(r"[*/^%=<>!?:,;)~|&(]|[-+](?:[\s(]|$)|(?:and|or)\b")
"""What goes on with an expression whose first word is a variable: an operator, or the operands of a function."""
_OPTION = re.compile(r"(?<!\S)(?:--[^\W\d]|-[ofs]\s+[^\s*/^%+)-]|-[qh](?:\s+-|\s*$))")
"""Where an option begins; `a -s*b` and `a - q` have none."""


def meant(line: str, commands: Collection[str], taken: Collection[str]) -> str:
    """The line with its colon, if it is meant for one of the commands. A name that is `taken` by the user is what the
    user made it."""
    text = line.strip().rstrip(";").rstrip()
    if help_on := _HELP.fullmatch(text):
        return f":help {help_on[1] or help_on[2] or ''}".rstrip()
    if text in _ALONE:
        return line if text in taken else f":{text}"
    if (call := _CALL.fullmatch(text)) and call[1] in {"quit", "exit", "help"} - set(taken):
        return f":{call[1]} {call[2]}".rstrip()
    words = _WORDS.fullmatch(text)
    if words and words[1] in {*commands, "help"} - set(taken) and not _GOES_ON.match(words[2]):
        return f":{words[1]} {words[2]}"
    return line


def parted(text: str) -> tuple[str, str]:
    """The expression of a command, which needs no quotes here, and its options: `y ~ a*x + b` of
    `y ~ a*x + b --data d.csv`. There is no such expression where the text begins with a quote or an option."""
    option = _OPTION.search(text)
    end = len(text) if option is None else option.start()
    head = text[:end].strip()
    return ("", text) if not head or head[0] in "\"'" else (head, text[end:])
