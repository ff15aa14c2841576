"""The file of a fit, as a line names it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from exprgrad.errors import DataError, UsageError
from exprgrad.text.escapes import visible

if TYPE_CHECKING:
    from exprgrad.jobs.fit.after.saved import Saved


def load(text: str, name: str = "") -> Saved:
    """The fit in a file, which `text` names ("-" is standard input); or, with a name, in `text` itself. Raises
    DataError for what is no fit, UsageError for a file that cannot be read."""
    from exprgrad.data.stores.bounded import read_whole
    from exprgrad.jobs.fit.after.saved import of_text

    if name:
        return of_text(text, visible(name))
    shown = "standard input" if text == "-" else visible(text)
    try:
        if text == "-":
            if sys.stdin is None:
                raise UsageError("standard input is closed")
            data = read_whole(sys.stdin.buffer, shown)
        else:
            with open(text, "rb") as stream:
                data = read_whole(stream, shown)
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is no name of a file"
        hint = "a saved fit is what exprgrad fit … --json > fit.json writes"
        raise UsageError(f"cannot read {shown}: {why}", hint=hint) from None
    try:
        return of_text(data.decode("utf-8-sig"), shown)
    except UnicodeDecodeError:
        raise DataError(f"{shown} is not UTF-8") from None
