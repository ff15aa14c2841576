"""Options whose value may be left out, such as `--plot` and `--plot FILE`."""

from __future__ import annotations

from typing import Any

import click


class OptionalValue(click.Option):
    """What follows it is its value only if it looks like one: here, if it is a whole number."""

    def __init__(self, names: list[str], *, otherwise: Any, **settings: Any) -> None:
        """`otherwise` is the value where none is given."""
        super().__init__(names, is_flag=False, flag_value=otherwise, **settings)

    def takes(self, text: str) -> bool:
        """Whether a text that follows is the value."""
        return text.isdecimal()
