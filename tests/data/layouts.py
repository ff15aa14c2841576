"""Files read in a given layout, whatever their first lines show."""

from __future__ import annotations

from typing import Any
from unittest import mock

from exprgrad.data.formats import delimited
from exprgrad.data.text.dialect import Layout


def laid_out(layout: Layout) -> Any:
    """Within it each delimited text has this layout."""
    return mock.patch.object(delimited, "worked_out", return_value=layout)
