"""Every result has a module that shows it."""

from importlib import import_module
from pathlib import Path

import pytest

from exprgrad.render import results
from exprgrad.render.results.registry import MODULES, renderer


@pytest.mark.parametrize("place", MODULES)
def test_a_row_names_a_class_and_a_module_that_shows_it(place: str) -> None:
    module, _, name = place.rpartition(".")
    assert isinstance(getattr(import_module(f"exprgrad.{module}"), name), type)
    shown = import_module(f"exprgrad.render.results.{MODULES[place]}")
    assert all(callable(getattr(shown, method)) for method in ("sheets", "document", "lines"))


def test_no_module_is_left_over() -> None:
    folder = Path(results.__path__[0])
    files = {".".join(path.relative_to(folder).with_suffix("").parts) for path in folder.rglob("*.py")}
    assert {name for name in files if not name.endswith("__init__")} - {"registry"} == set(MODULES.values())


def test_what_is_no_result_is_told() -> None:
    with pytest.raises(TypeError, match="no renderer shows"):
        renderer(3)
