"""The configuration of a user: read, checked, and made the defaults of the commands."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

import click

from exprgrad.cli.config.digits import PREFERRED
from exprgrad.cli.config.keys import KEYS
from exprgrad.cli.config.place import VARIABLE
from exprgrad.errors import UsageError
from exprgrad.text.spelling import did_you_mean

_MOST = 1_000_000
"""Bytes of a file that is meant."""
_META = "exprgrad.configuration"
"""Where the context of a command has it."""


class Configuration(NamedTuple):
    """What a file says."""

    file: str
    values: Mapping[str, Any]

    def __str__(self) -> str:
        said = ", ".join(f"{name} = {_written(value)}" for name, value in self.values.items())
        return f"{said or 'nothing'} from {self.file}"


def apply(ctx: click.Context, file: str, commands: Iterable[str]) -> None:
    """Make what a file says the defaults of the commands. Raises UsageError for what it says wrongly."""
    found = read(file)
    defaults = {KEYS[name].parameter: value for name, value in found.values.items() if KEYS[name].parameter}
    ctx.default_map = dict.fromkeys(commands, defaults)
    ctx.meta[_META] = found
    ctx.meta[PREFERRED] = found.values.get("digits")
    colours = found.values.get("colours", found.values.get("colors", "auto"))
    if colours != "auto" and not {"NO_COLOR", "FORCE_COLOR"} & os.environ.keys():
        os.environ["NO_COLOR" if colours == "never" else "FORCE_COLOR"] = "1"


def configured() -> Configuration | None:
    """The configuration of the command that runs, if there is one."""
    context = click.get_current_context(silent=True)
    found: Configuration | None = context.meta.get(_META) if context is not None else None
    return found


def read(file: str) -> Configuration:
    """What a file says. Raises UsageError with the line of what is wrong."""
    try:
        with open(file, "rb") as stream:
            data = stream.read(_MOST + 1)
    except OSError as error:
        hint = f"{VARIABLE}=off leaves it out"
        raise UsageError(f"cannot read the configuration {file}: {error.strerror}", hint=hint) from None
    if len(data) > _MOST:
        raise UsageError(f"{file} is no configuration: it has over {_MOST:,} bytes")
    try:
        text = data.decode("utf-8-sig")
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _fault(file, text, error) from None
    except (ValueError, RecursionError):
        raise UsageError(f"{file} is no TOML in UTF-8", hint="write lines such as digits = 4") from None
    values: dict[str, Any] = {}
    for name, value in _items(content):
        key = KEYS.get(name)
        where = f"{file}{_line(text, name)}"
        if key is None:
            raise UsageError(f"{where}: there is no key {name}", hint=_meant(name))
        if not key.fits(value):
            last = name.rpartition(".")[2]
            raise UsageError(
                f"{where}: {name} is {key.wants}, not {_written(value)}", hint=f"write {last} = {key.example}"
            )
        values[name] = value
    return Configuration(file, values)


def _items(content: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """The keys with their values, those of tables too."""
    tables = {name.partition(".")[0] for name in KEYS if "." in name}
    for name, value in content.items():
        if isinstance(value, Mapping) and name in tables and not prefix:
            yield from _items(value, f"{name}.")
        else:
            yield prefix + name, value


def _meant(name: str) -> str:
    """The key that a misspelt one most likely means; one of another table, too."""
    listed = f"the keys are {', '.join(KEYS)}"
    same = [key for key in KEYS if key.rpartition(".")[2] == name.rpartition(".")[2]]
    return f"did you mean {same[0]}?" if same else did_you_mean(name, list(KEYS), listed)


def _line(text: str, name: str) -> str:
    """In which line a key stands, as a message says it; empty where it is written in a way that is not looked for."""
    table, _, key = name.rpartition(".")
    within = re.search(rf"^[ \t]*\[\s*{re.escape(table)}\s*\]", text, re.MULTILINE) if table else None
    start = within.end() if within else 0
    full = rf"[\"']?{re.escape(key if within else name)}[\"']?"
    found = re.compile(rf"^[ \t]*(?:{full}\s*[=.]|\[+\s*{full})", re.MULTILINE).search(text, start)
    return f", line {text.count(chr(10), 0, found.end()) + 1}" if found else ""


def _fault(file: str, text: str, error: tomllib.TOMLDecodeError) -> UsageError:
    """The error of what is no TOML: its line, and what TOML wants there."""
    message = re.sub(r" \(at (?:line (\d+), column \d+|end of document)\)$", "", str(error))
    place = re.search(r"at line (\d+)", str(error))
    line = int(place[1]) if place else text.count("\n") + (not text.endswith("\n"))
    return UsageError(
        f"{file}, line {line}: this is no TOML: {message[:1].lower()}{message[1:]}",
        hint="write KEY = VALUE, as digits = 4; texts stand in quotes",
    )


def _written(value: Any) -> str:
    """A value as TOML has it."""
    if isinstance(value, bool):
        return str(value).lower()
    return f'"{value}"' if isinstance(value, str) else str(value)
