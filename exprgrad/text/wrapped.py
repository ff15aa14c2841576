"""A message over the lines of a terminal, broken between words."""

from __future__ import annotations

import re
import textwrap

_TOGETHER = re.compile(r"""--[\w-]+ (?:"[^"]*"|'[^']*'|\S+)|"[^"]*"|'[^']*'""")
"""What is typed as it stands: an option with its value, and what is in quotes."""
_COMMAND = re.compile(r"\bexprgrad [a-z…]| \| |\bpip install\b")
"""A command, which is to be copied in one piece."""
_BLANK = "\0"


def wrapped(prefix: str, text: str, width: int) -> str:
    """A line behind its prefix, over lines of so many characters; what is to be copied is not divided."""
    line = prefix + text
    if len(line) <= width or _COMMAND.search(text):
        return line
    bound = _TOGETHER.sub(lambda match: match[0].replace(" ", _BLANK), line)
    lines = textwrap.wrap(bound, max(width, 20), subsequent_indent="  ", break_long_words=False, break_on_hyphens=False)
    return "\n".join(lines).replace(_BLANK, " ")
