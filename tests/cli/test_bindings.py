"""Files of bindings, in time and memory that go with their size."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest

from exprgrad.cli.line.bindfile import from_file
from exprgrad.errors import DataError

MANY = {f"v{k}": float(k) for k in range(60_000)}


@pytest.mark.parametrize(
    ("name", "text"),
    [("b.json", json.dumps(MANY)), ("b.toml", "".join(f"{name} = {value}\n" for name, value in MANY.items()))],
    ids=["json", "toml"],
)
def test_many_names(name: str, text: str, tmp_path: Path) -> None:
    file = tmp_path / name
    file.write_text(text)
    assert from_file(str(file)) == MANY


def test_a_name_that_comes_twice_among_many(tmp_path: Path) -> None:
    file = tmp_path / "b.json"
    file.write_text(json.dumps(MANY)[:-1] + ', "v7": 1}')
    with pytest.raises(DataError, match=r"^the file of bindings gives v7 twice$"):
        from_file(str(file))


DEEP = ".".join(["a"] * 20_000)


@pytest.mark.parametrize(
    "text",
    [
        f"{DEEP} = 1",
        f"[{DEEP}]\nx = 1",
        f"[[ {DEEP} ]]",
        f"x = {{ {DEEP} = 1 }}",
        f"x = [1, {{ {DEEP.replace('.', ' . ')} = 1 }}]",
        DEEP.replace("a", '"a,\\"#"') + " = 1",
        DEEP.replace("a", "'a='") + " = 1",
        f"x = '''\n'''\n{DEEP} = 1",
        f'x = "#" # """\n{DEEP} = 1',
    ],
    ids=range(9),
)
def test_a_key_of_many_parts_is_refused_before_it_is_parsed(text: str, tmp_path: Path) -> None:
    """tomllib takes 1.6 GB for it."""
    file = tmp_path / "b.toml"
    file.write_text(text)
    with pytest.raises(DataError, match="it has keys of over 64 parts"):
        from_file(str(file))


@pytest.mark.parametrize(
    "text",
    [
        f"# {DEEP}\nx = 1",
        f"x = [{', '.join(['1.5'] * 1000)}] # {DEEP}\ny = 2",
        f"{'#' * 100}\n# {'.' * 100}\n# {'. ' * 100}\nx = 1 # {'a ' * 100}",
        "x = 0.5\r\ny = [1.5,\n # 1.5\n 2.5]",
    ],
    ids=range(4),
)
def test_dots_elsewhere_are_none_of_keys(text: str, tmp_path: Path) -> None:
    file = tmp_path / "b.toml"
    file.write_text(text)
    assert from_file(str(file)) == tomllib.loads(text)
