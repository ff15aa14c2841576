"""Files of bindings, in time and memory that go with their size."""

from __future__ import annotations

import json
import tomllib
from fractions import Fraction
from pathlib import Path

import pytest

from exprgrad.cli.line.bindfile import from_file
from exprgrad.cli.line.bindings import Interval, binding, interval
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


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("0.1:0.4:0.1", 4),
        ("-1:1:0.1", 21),
        ("1:0:-0.1", 11),
        ("0.05:3:0.05", 60),
        ("1e-3:0.1:1e-3", 100),
        ("0.1:9", 9),
        ("0:1:1/7", 8),
        ("0:1e-300:1e-302", 101),
    ],
)
def test_steps_are_those_that_are_written(text: str, count: int) -> None:
    """The k-th number is the float nearest to first + k*step."""
    first, _, step = (*text.split(":"), "1")[:3]
    expected = [float(Fraction(first) + k * Fraction(step)) for k in range(count)]
    assert binding(text, "--x") == expected
    if expected[-1] > expected[0]:
        spread = interval(text, "--x")
        assert isinstance(spread, Interval)
        assert spread.steps == expected or text.count(":") == 1
