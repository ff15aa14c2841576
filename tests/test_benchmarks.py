"""The benchmarks can be started: each module is imported, and the files that it names exist."""

import importlib
from pathlib import Path

import pytest

import benchmarks

MODULES = sorted(path.stem for path in Path(benchmarks.__file__).parent.glob("*.py") if path.stem != "__init__")


@pytest.mark.parametrize("name", MODULES)
def test_what_a_benchmark_names_is_there(name: str) -> None:
    module = importlib.import_module(f"benchmarks.{name}")
    missing = [value for value in vars(module).values() if isinstance(value, Path) and not value.exists()]
    assert not missing
