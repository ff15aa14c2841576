"""Options as data: each is a row, declared once, that commands take; and how the help shows them, in sections."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple, TypeVar

import click

from exprgrad.errors import UsageError
from exprgrad.text.spelling import did_you_mean

C = TypeVar("C", bound=Callable[..., Any])

COMPUTE, INPUT, OUTPUT = "What to compute", "Input", "Output"
DATA, READING, CLUSTER = "Data", "How data files are read", "Cluster"
VARIABLES, OTHER = "Variables of the expression", "Options"
_SECTIONS = (COMPUTE, INPUT, VARIABLES, OUTPUT, DATA, READING, CLUSTER, OTHER)
"""The headings of the help, in their order."""


class Option(click.Option):
    """An option under a heading of the help, which says its default in words where it has `otherwise`."""

    def __init__(self, names: list[str], *, heading: str = OTHER, otherwise: str = "", **settings: Any) -> None:
        super().__init__(names, **settings)
        self.heading = heading
        self.otherwise = otherwise

    def get_help_record(self, ctx: click.Context) -> tuple[str, str]:
        more = [f"one of {self.names}"] if self.names else []
        more += [f"default: {self.said_default}"] if self.said_default else []
        return self.get_help_spec(ctx), f"{self.help}  [{'; '.join(more)}]" if more else self.help or ""

    @property
    def names(self) -> str:
        """The values that there are, where the help does not show them beside the option."""
        listed = isinstance(self.type, click.Choice) and self.metavar is not None
        return ", ".join(self.type.choices) if listed and isinstance(self.type, click.Choice) else ""

    @property
    def said_default(self) -> str:
        """The value where none is given; empty where there is none to be told."""
        plain = isinstance(self.default, str | int | float) and not self.is_flag
        return self.otherwise or (str(self.default) if plain else "")


class Whole(click.ParamType[int]):
    """A whole number, from one on, and perhaps up to one."""

    name = "whole number"

    def __init__(self, least: int = 0, most: int | None = None) -> None:
        self.least, self.most = least, most

    def get_metavar(self, param: click.Parameter, ctx: click.Context) -> str:
        return "N"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Raises UsageError, with the numbers that there are."""
        try:
            number = int(value)
        except ValueError:
            number = None
        if number is not None and self.least <= number and (self.most is None or number <= self.most):
            return number
        from exprgrad.cli.line.mistakes import whole_number

        option = max(param.opts, key=len) if param is not None else "this"
        numbers = f"from {self.least} on" if self.most is None else f"from {self.least} to {self.most}"
        hint = "" if number is not None else whole_number(value)
        raise UsageError(f"{option} takes a whole number {numbers}, not {value!r}", hint=hint)


class Row(NamedTuple):
    """An option, and the field that it gives."""

    flags: tuple[str, ...]
    field: str
    how: Mapping[str, Any]
    """How it is declared: keywords of `Option`."""
    read: Callable[[Any, str], Any] | None
    """Makes the field from the option's value and its flag; None where the value is the field."""

    def take(self, options: dict[str, Any]) -> Any:
        """The field, taken out of a command's options. Raises UsageError for a value that makes no sense."""
        value = options.pop(self.field)
        return value if self.read is None else self.read(value, self.flags[-1])

    def otherwise(self, text: str) -> Row:
        """The same option in a command where something else is meant without it."""
        return self._replace(how={**self.how, "otherwise": text})


def row(*flags: str, field: str = "", read: Callable[[Any, str], Any] | None = None, **how: Any) -> Row:
    """A row. Unless a field is given, it has the name of the option."""
    return Row(flags, field or flags[-1].removeprefix("--").replace("-", "_"), how, read)


def take(*rows: Row) -> Callable[[C], C]:
    """Give a command these options, which come to it as keywords called as their fields."""

    def decorate(command: C) -> C:
        for each in reversed(rows):
            how: dict[str, Any] = {"cls": Option, **each.how}
            command = click.option(*each.flags, each.field, **how)(command)
        return command

    return decorate


def flag_of(field: str) -> str:
    """The option of a field that has its name."""
    return f"--{field.replace('_', '-')}"


def by_heading(params: Iterable[click.Parameter]) -> dict[str, list[click.Option]]:
    """The options of a command by the headings under which the help shows them."""
    found: dict[str, list[click.Option]] = {heading: [] for heading in _SECTIONS}
    for param in (param for param in params if isinstance(param, click.Option)):
        found.setdefault(getattr(param, "heading", OTHER), []).append(param)
    found[OUTPUT].sort(key=_place)
    return {heading: options for heading, options in found.items() if options}


_FIRST, _LAST = ("output", "format", "digits", "header"), ("quiet", "verbose")


def _place(option: click.Option) -> int:
    """Where an option stands in the section of the output: what all commands have stands at the same place."""
    if option.name in _FIRST:
        return _FIRST.index(option.name)
    return len(_FIRST) + (option.name in _LAST)


class SectionedCommand(click.Command):
    """A command whose help shows its options in sections."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Raises UsageError for an option that there is not, with the one that is meant."""
        line = list(args)
        try:
            return super().parse_args(ctx, args)
        except click.NoSuchOption as error:
            name = error.option_name.removeprefix("--")
            if name == error.option_name:
                raise  # a short one
            from exprgrad.cli.line.mistakes import option

            after = iter(line)
            found = next((arg for arg in after if arg.partition("=")[0] == error.option_name), "")
            value = found.partition("=")[2] or next(after, "")
            listed = f"see {ctx.command_path} --help"
            hint = option(self, name, value) or did_you_mean(name, self.long_options(), listed, "--{}")
            raise UsageError(f"no such option --{name}", hint=hint) from None

    def long_options(self) -> list[str]:
        """The names of the command's own options."""
        return [name.removeprefix("--") for param in self.params for name in param.opts if name.startswith("--")]

    def records(self, ctx: click.Context) -> Iterator[tuple[str, list[tuple[str, str]]]]:
        """The sections: a heading, and its options with what they mean."""
        for heading, options in by_heading(self.get_params(ctx)).items():
            found = [record for option in options if (record := option.get_help_record(ctx)) is not None]
            yield heading, found

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        for heading, records in self.records(ctx):
            with formatter.section(heading):
                formatter.write_dl(records)
