"""An option whose value may be left out, `--plot` or `--plot FILE`."""

from __future__ import annotations

import os
from typing import Any

from exprgrad.cli.options.option import Option


class FileOrNothing(Option):
    """An option with the name of a file or without; what follows it is that name only if it looks like one, so that
    `fit --plot "y ~ a*x"` takes the formula for a formula."""

    def __init__(self, names: list[str], *, left_out: Any, **settings: Any) -> None:
        """`left_out` is the value where no file is named."""
        super().__init__(names, is_flag=False, flag_value=left_out, **settings)

    def takes(self, text: str) -> bool:
        """Whether a text is meant as a file: no expression of the language ends like this."""
        suffix = os.path.splitext(text)[1].removeprefix(".")
        return text == "-" or (suffix.isalpha() and len(suffix) > 2)
