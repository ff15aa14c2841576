"""The file of a fit, as a line names it."""

from __future__ import annotations

import sys
from contextlib import nullcontext
from typing import TYPE_CHECKING

from exprgrad.errors import UsageError
from exprgrad.text.escapes import visible

if TYPE_CHECKING:
    from exprgrad.jobs.fit.after.saved import Saved


def load(text: str, name: str = "") -> Saved:
    """The fit in a file, which `text` names ("-" is standard input); or, with a name, in `text` itself. Raises
    DataError for what is no fit, UsageError for a file that cannot be read."""
    from exprgrad.jobs.fit.after.saved import of_stream, of_text

    if name:
        return of_text(text, visible(name))
    if text != "-":
        return of_stream(lambda: open(text, "rb"), visible(text))
    if (stdin := sys.stdin) is None:
        raise UsageError("standard input is closed")
    return of_stream(lambda: nullcontext(stdin.buffer), "standard input")
