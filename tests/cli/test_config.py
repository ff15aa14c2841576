"""A user's own defaults: what they change, what they never change, and what is said about wrong ones."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import pytest

from docs.generate.pages import ROOT
from exprgrad.cli.config.file import read
from exprgrad.cli.config.keys import KEYS
from exprgrad.cli.process import execute
from exprgrad.errors import UsageError
from tests.command import exprgrad

THIRD = ("eval", "x/3", "--x", "2")


def config(text: str | bytes, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A file at its usual place."""
    file = tmp_path / "exprgrad" / "config.toml"
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(text.encode() if isinstance(text, str) else text)
    monkeypatch.delenv("EXPRGRAD_CONFIG", raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    return file


def test_digits_are_those_of_tables_alone(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    config("digits = 3", monkeypatch, tmp_path)
    for args, shown in [
        (("--format", "table"), "0.667 "),
        (("--format", "table", "--digits", "5"), "0.66667 "),
        (("--format", "csv"), "0.6666666666666666"),
        (("--value",), "0.6666666666666666\n"),
        ((), "0.6666666666666666"),
    ]:
        assert execute([*THIRD, *args]) == 0
        assert shown in capfd.readouterr().out, args
    monkeypatch.setenv("EXPRGRAD_CONFIG", "off")
    assert execute([*THIRD, "--format", "table"]) == 0
    assert "0.667 " not in capfd.readouterr().out


def test_epochs_have_them_too(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    config("digits = 3", monkeypatch, tmp_path)
    assert execute(["train", "(w-1/3)^2", "--w", "0", "--params", "w", "--epochs", "1", "--format", "table"]) == 0
    assert " 0.107 " in capfd.readouterr().out


def test_what_it_gave_is_said(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    file = config('threads = 2\nbackend = "interpreter"\n[repl]\nhistory = false', monkeypatch, tmp_path)
    assert execute([*THIRD, "--value", "--verbose"]) == 0
    said = 'the configuration gives threads = 2, backend = "interpreter", repl.history = false from'
    assert capfd.readouterr().err == f"exprgrad: note: {said} {file}\n"
    file.unlink()
    assert execute([*THIRD, "--value", "--verbose"]) == 0
    assert capfd.readouterr().err == f"exprgrad: note: there is no configuration: it would be {file}\n"
    monkeypatch.setenv("EXPRGRAD_CONFIG", "off")
    assert execute([*THIRD, "--value", "--verbose"]) == 0
    assert "turned off by EXPRGRAD_CONFIG" in capfd.readouterr().err


def test_options_have_it_as_their_default(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """The option wins."""
    config('backend = "llvm"', monkeypatch, tmp_path)
    column = ["eval", "mean(x)", "--x", "1,2", "--value"]
    taken: list[str] = []
    monkeypatch.setattr("exprgrad.cli.commands.eval.evaluate", lambda *args: taken.append(args[-1].backend) or _stop())
    for args in ([], ["--backend", "auto"]):
        execute([*column, *args])
    assert taken == ["llvm", "auto"]
    capfd.readouterr()


def _stop() -> None:
    raise UsageError("seen")


@pytest.mark.parametrize(("key", "coloured"), [("always", True), ("never", False), ("auto", False)])
def test_colours(key: str, coloured: bool, tmp_path: Path) -> None:
    (tmp_path / "c.toml").write_text(f'colours = "{key}"')
    environment = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "FORCE_COLOR")}
    environment["EXPRGRAD_CONFIG"] = str(tmp_path / "c.toml")
    done = exprgrad(*THIRD, "--format", "table", env=environment)
    assert ("\x1b[" in done.stdout) is coloured
    assert "\x1b[" not in exprgrad(*THIRD, "--format", "table", env={**environment, "NO_COLOR": "1"}).stdout


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("digit = 3", "line 1: there is no key digit; did you mean digits?"),
        ("\n# x\ndigits = 'four'", 'line 3: digits is a whole number from 1 to 17, not "four"; write digits = 4'),
        ("digits = true", "line 1: digits is a whole number from 1 to 17, not true; write digits = 4"),
        ("digits = 18", "line 1: digits is a whole number from 1 to 17, not 18"),
        ("digits = 4.5", "line 1: digits is a whole number from 1 to 17, not 4.5"),
        ("threads = 0", "line 1: threads is a whole number from 1 to 1024, not 0"),
        ('color = "never"', "line 1: there is no key color; did you mean colors?"),
        ('colours = "blue"', 'line 1: colours is "auto", "always" or "never", not "blue"'),
        ('backend = "gpu"', 'line 1: backend is "auto", '),
        ("memory = 2", 'line 1: memory is a size such as "2GB", not 2'),
        ('memory = "2 cups"', 'line 1: memory is a size such as "2GB", not "2 cups"'),
        ("history = true", "line 1: there is no key history; did you mean repl.history?"),
        ("digits = 3\n[repl]\nhistory = 1", "line 3: repl.history is true or false, not 1; write history = false"),
        ("[repl]\nhistry = true", "line 2: there is no key repl.histry; did you mean repl.history?"),
        ("repl = 1", "line 1: there is no key repl"),
        ("[eval]\norder = 2", "line 1: there is no key eval; the keys are digits, "),
        ("digits = 3\ndigits", "line 2: this is no TOML"),
        ("digits =", "line 1: this is no TOML"),
        ("digits = 3\ndigits = 4", "line 2: this is no TOML"),
        (b"\xff\xfe", "config.toml is no TOML in UTF-8"),
        ("digits = " + "[" * 5000, "is no TOML"),
        ("x" * 1_000_001, "config.toml is no configuration: it has over 1,000,000 bytes"),
    ],
)
def test_a_wrong_one_is_an_error_of_one_line(
    text: str | bytes,
    message: str,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
) -> None:
    file = config(text, monkeypatch, tmp_path)
    assert execute([*THIRD]) == 2
    out, err = capfd.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    assert re.match(f"exprgrad: .*{re.escape(str(file))}", err)
    assert message in err


def test_a_file_that_cannot_be_read_says_how_to_go_on(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("EXPRGRAD_CONFIG", str(tmp_path))
    assert execute([*THIRD]) == 2
    assert "Is a directory; EXPRGRAD_CONFIG=off leaves it out" in capfd.readouterr().err
    monkeypatch.setenv("EXPRGRAD_CONFIG", "/dev/null")
    assert execute([*THIRD]) == 0


def test_a_relative_folder_is_not_taken(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """The configuration of whoever made the folder that one stands in is none of the user's."""
    file = config("digits = 3", monkeypatch, tmp_path)
    monkeypatch.chdir(file.parents[1])
    monkeypatch.setenv("XDG_CONFIG_HOME", "")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    assert execute([*THIRD, "--format", "table"]) == 0
    assert "0.6666666666666666" in capfd.readouterr().out


def test_json_has_all_digits(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    config("digits = 1", monkeypatch, tmp_path)
    assert execute([*THIRD, "--json"]) == 0
    assert json.loads(capfd.readouterr().out)["value"] == 2 / 3


def test_every_example_is_taken(tmp_path: Path) -> None:
    tables = [name for name in KEYS if "." in name]
    lines = [f"{name} = {KEYS[name].example}" for name in KEYS if "." not in name]
    lines += [f"{name} = {KEYS[name].example}" for name in tables]
    file = tmp_path / "c.toml"
    file.write_text("\n".join(lines))
    assert set(read(str(file)).values) == set(KEYS)


def test_the_page_has_every_key() -> None:
    page = (ROOT / "docs" / "terminal.md").read_text("utf-8")
    assert [name for name in KEYS if f"`{name}`" not in page] == []
