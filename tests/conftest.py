"""Hypothesis draws the same examples on every run: a failure in CI is a failure at home. Tests that need a program
are skipped without it. No test reads the configuration of the developer."""

import os
import sys

import pytest
from hypothesis import HealthCheck, settings

from tests.tools import files, lacking

settings.register_profile(
    "exprgrad",
    max_examples=60,  # the whole suite has twelve minutes on two cores
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    database=None,
)
settings.load_profile("exprgrad")
os.environ["EXPRGRAD_CONFIG"] = "off"
os.environ.pop("COLUMNS", None)  # where tests run side by side, each has that of the terminal
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # else each command that a test starts compiles the modules again
sys.dont_write_bytecode = False


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    tools = [tool for mark in item.iter_markers("needs") for tool in mark.args]
    if tools and str(item.path.resolve()) not in files():
        pytest.fail(f"tests/tools.py does not see that tests in {item.path.name} need a program")
    if words := lacking(tools):
        pytest.skip(words)
