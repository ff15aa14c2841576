"""An option whose value may be left out, `--plot` or `--plot FILE`.

What follows it is its value only if it looks like one, so that `fit --plot "y ~ a*x"` takes the formula for a formula.
"""

from __future__ import annotations

import os
import re
from typing import Any

from exprgrad.cli.options.option import Option


class ValueOrNothing(Option):
    """An option with a value or without."""

    def __init__(self, names: list[str], *, left_out: Any, **settings: Any) -> None:
        """`left_out` is the value where none is given."""
        super().__init__(names, is_flag=False, flag_value=left_out, **settings)

    def takes(self, text: str) -> bool:
        """Whether a text is meant as its value."""
        raise NotImplementedError


class FileOrNothing(ValueOrNothing):
    """An option with the name of a file or without."""

    def takes(self, text: str) -> bool:
        """Whether a text is meant as a file: no expression of the language ends like this."""
        suffix = os.path.splitext(text)[1].removeprefix(".")
        return text == "-" or (suffix.isalpha() and len(suffix) > 2)


class PictureOrNothing(FileOrNothing):
    """An option with the name of a file, or with the word `tornado` alone or before one, or without."""

    def takes(self, text: str) -> bool:
        """Whether a text is meant as its value."""
        return super().takes(text) or text.partition(":")[0] == "tornado"


class CountOrNothing(ValueOrNothing):
    """An option with a number or the word `auto`, or without."""

    def takes(self, text: str) -> bool:
        """Whether a text is meant as a number or the word: an expression has a variable."""
        return text == "auto" or re.fullmatch(r"[-+]?[\d_.]+([eE][-+]?\d+)?", text) is not None
