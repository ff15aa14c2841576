"""What is said about a run and makes no sense is refused, whatever it is."""

from __future__ import annotations

from typing import Any

import pytest

import exprgrad


@pytest.mark.parametrize(
    ("wishes", "message"),
    [
        ({"lr": "x"}, "lr is a number, not 'x'"),
        ({"lr": None}, "lr is a number, not None"),
        ({"lr": float("nan")}, "the learning rate must be a positive number, not nan"),
        ({"clip_norm": "1"}, "clip_norm is a number, not '1'"),
        ({"tolerance": [0.1]}, "tolerance is a number, not [0.1]"),
        ({"epochs": "many"}, "epochs is a whole number from 0 on, not 'many'"),
        ({"epochs": float("inf")}, "epochs is a whole number from 0 on, not inf"),
        ({"epochs": 1.5}, "epochs is a whole number from 0 on, not 1.5"),
        ({"patience": 1.5}, "patience is a whole number from 1 on, not 1.5"),
        ({"batch_size": float("nan")}, "batch_size is a whole number from 1 on, not nan"),
        ({"optimizer": 3}, "optimizer is a text, not 3"),
        ({"schedule": None}, "schedule is a text, not None"),
        ({"l2": "x"}, "l2 is a number, not 'x'"),
        ({"l2": -1.0}, "the weight of l2 is a number from 0 on, not -1"),
    ],
)
def test_settings_that_are_refused(wishes: dict[str, Any], message: str) -> None:
    with pytest.raises(exprgrad.UsageError) as caught:
        exprgrad.train("(w - 2)^2", {"w": 0.0}, ["w"], **wishes)
    assert str(caught.value) == message
