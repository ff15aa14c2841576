"""What completes the value of each option: a name, names with commas between, or a name and a value for it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import click
from click.shell_completion import CompletionItem

from exprgrad.cli.completion.names import columns, differentiated, intermediates, parameters, variables

Words = Callable[[click.Context], Iterable[str]]
"""The words that are offered."""
Values = Callable[[click.Context, str], Iterable[str]]
"""The values that are offered for what is typed so far."""


def _optimizers(ctx: click.Context) -> list[str]:
    from exprgrad.jobs.train.optimizers.choice import names

    return names()


def _schedules(ctx: click.Context) -> list[str]:
    from exprgrad.jobs.train.optimizers.schedules import SCHEDULES

    return list(SCHEDULES)


def _formats(ctx: click.Context) -> list[str]:
    from exprgrad.data.formats.registry import FORMATS

    return list(FORMATS)


def _units(ctx: click.Context) -> list[str]:
    from exprgrad.data.choices import UNITS

    return list(UNITS)


def _listed(*words: str) -> Words:
    return lambda ctx: words


def one(words: Words) -> Values:
    """One of the words."""
    return lambda ctx, typed: words(ctx)


def many(words: Words, end: str = "") -> Values:
    """Some of the words, with commas between; each with an `end`."""

    def complete(ctx: click.Context, typed: str) -> list[str]:
        before, comma, _ = typed.rpartition(",")
        taken = {word.partition("=")[0].strip() for word in before.split(",")}
        return [f"{before}{comma}{word}{end}" for word in words(ctx) if word not in taken]

    return complete


def _nothing(ctx: click.Context) -> list[str]:
    return [""]


def pair(keys: Words, values: Words = _nothing) -> Values:
    """NAME=VALUE: the names first, and the values once it is known which name is meant."""

    def complete(ctx: click.Context, typed: str) -> list[str]:
        known, (name, equals, _) = list(keys(ctx)), typed.partition("=")
        meant = [name] if equals else [key for key in known if key.startswith(name)]
        offered = values(ctx) if len(meant) == 1 else [""]
        return [f"{key}={value}" for key in meant for value in offered]

    return complete


VALUES: dict[str, Values] = {
    "--optimizer": one(_optimizers),
    "--schedule": one(_schedules),
    "--sigma": one(columns),
    "--weights": one(columns),
    "--sigma-x": pair(columns, columns),
    "--sigma-xy": pair(columns, columns),
    "--by": many(columns),
    "--tie": pair(parameters),
    "--prior": pair(parameters),
    "--share": many(parameters),
    "--results": many(intermediates),
    "--correlate": many(variables),
    "--trials": one(columns),
    "--likelihood": one(_listed("gauss", "poisson", "binomial", "bernoulli", "student", "laplace")),
    "--column": pair(parameters, columns),
    "--time": pair(columns, _units),
    "--params": many(parameters),
    "--fix": many(parameters),
    "--bound": pair(parameters),
    "--param": one(parameters),
    "--gradient": one(differentiated),
    "--wrt": many(differentiated),
    "--jvp": many(variables, "="),
    "--set": pair(variables),
    "--add": many(intermediates),
    "--u": many(variables, "="),
    "--target": one(_listed("u=", "U=")),
    "--columns": many(variables),
    "--data-format": one(_formats),
    "--delimiter": one(_listed("tab", "blanks", "comma", "semicolon", "bar", "colon")),
    "--decimal": one(_listed("point", "comma")),
    "--thousands": one(_listed("comma", "point", "blank", "apostrophe")),
    "--encoding": one(_listed("utf-8", "utf-16", "latin-1", "cp1252", "mac-roman", "shift_jis", "gbk")),
    "--missing": many(_listed("NA", "-", "***", "null")),
    "--cluster": one(_listed("local", "tls://")),
    "--memory": one(_listed("256MB", "1GB", "4GB", "16GB")),
}
"""By option. Options with choices, files and languages complete themselves."""


class _Completed(click.ParamType[Any]):
    """A type of values, with what completes them."""

    def __init__(self, kind: click.ParamType[Any], values: Values) -> None:
        self.name = kind.name
        self.kind = kind
        self.values = values

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        return self.kind.convert(value, param, ctx)

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        found = dict.fromkeys(value for value in self.values(ctx, incomplete) if value.startswith(incomplete))
        return [CompletionItem(value) for value in found if value != incomplete or not value.endswith("=")]


def attach(command: click.Command) -> None:
    """Give the options of a command what completes them."""
    for param in command.params:
        values = next((VALUES[name] for name in param.opts if name in VALUES), None)
        if values is not None and not isinstance(param.type, _Completed):
            param.type = _Completed(param.type, values)
