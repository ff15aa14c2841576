"""The keywords of `exprgrad.train`: their types say what it takes, and a wrong one comes with a suggestion."""

from __future__ import annotations

import inspect
import subprocess
import sys
from pathlib import Path
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


def test_a_type_checker_knows_the_keywords(tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(
        "import exprgrad\n"
        'exprgrad.train("w^2", {"w": 1.0}, ["w"], epochs=3, l2=0.5)\n'
        'exprgrad.train("w^2", w=1.0, parameters=["w"], epochs=3)\n'
        'exprgrad.parse("w^2").train({"w": 1.0}, ["w"], epoch=3)\n'
        'exprgrad.parse("w^2").train({"w": 1.0}, ["w"], epochs="3")\n'
    )
    done = subprocess.run([sys.executable, "-m", "mypy", str(program)], capture_output=True, text=True, check=False)
    errors = [line.partition(":")[2] for line in done.stdout.splitlines() if ": error: " in line]
    assert errors == [
        '4: error: Unexpected keyword argument "epoch" for "train" of "Expression"; did you mean "epochs"?  [call-arg]',
        '5: error: Argument "epochs" to "train" of "Expression" has incompatible type "str";'
        ' expected "int"  [arg-type]',
    ]
