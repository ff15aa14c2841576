"""The keywords of `exprgrad.train`: their types say what it takes, and a wrong one comes with a suggestion."""

from __future__ import annotations

import inspect
from typing import Any, get_type_hints

import pytest

import exprgrad
from exprgrad.data.choices import Reading
from exprgrad.errors import UsageError
from exprgrad.jobs.train.options import TrainingOptions, TrainingSettings
from exprgrad.jobs.train.settings import Settings


def test_the_types_are_those_of_the_settings() -> None:
    assert get_type_hints(TrainingSettings) == get_type_hints(Settings)


def keys(kind: Any) -> set[str]:
    return set(kind.__optional_keys__)


def test_the_function_takes_what_the_method_takes() -> None:
    taken = inspect.signature(exprgrad.Expression.train).parameters.values()
    own = {parameter.name for parameter in taken if parameter.kind is parameter.KEYWORD_ONLY}
    assert TrainingOptions.__optional_keys__ == own | {"column", "threads", "backend"} | keys(TrainingSettings) | keys(
        Reading
    )


def test_a_wrong_keyword_comes_with_a_suggestion() -> None:
    with pytest.raises(UsageError, match="train has no keyword epoch; did you mean epochs"):
        exprgrad.train("w^2", {"w": 1.0}, ["w"], epoch=3)
