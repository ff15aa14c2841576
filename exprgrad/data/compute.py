"""The functions of pyarrow.compute, which is imported when the first of them is called.

That takes as long as reading 25 MB of text, as pyarrow then makes a function of Python for each, with its docstring.
Columns of plain numbers need none of them.
"""

from __future__ import annotations

from typing import Any


def __getattr__(name: str) -> Any:
    import pyarrow.compute  # type: ignore[import-untyped]

    return getattr(pyarrow.compute, name)
