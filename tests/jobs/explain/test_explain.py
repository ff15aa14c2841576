"""What is not explained: too many steps, columns, and variables without a value."""

from __future__ import annotations

import pytest

from exprgrad import LimitError, UsageError, parse


def test_what_is_refused() -> None:
    with pytest.raises(LimitError, match=r"up to 5 steps to explain: the limit is 4"):
        parse("x*y").explain({"x": 1, "y": 2}, limit=4)
    with pytest.raises(UsageError, match=r"x is a column of 2; give one of them: x=1$"):
        parse("x*y").explain({"x": [1, 2], "y": 2})
    with pytest.raises(UsageError, match="no value for y"):
        parse("x*y").explain({"x": 1})
