"""A first look at a command line, before the variables of its expression are known."""

from __future__ import annotations

import os

import click

from exprgrad.cli.line.optional import ValueOrNothing
from exprgrad.errors import UsageError
from exprgrad.render.formats import ENV, FORMATS, LATEX, MARKDOWN


class Line:
    """The expression, the file, and the options that the command does not know.

    Each unknown option is taken to have a value, as variables have. An expression may start with a minus, and is told
    from options here; in `args`, the line for Click, it stands behind `--`.
    """

    def __init__(self, command: click.Command, ctx: click.Context, args: list[str]) -> None:
        self.expression: str | None = None
        self.file: str | None = None
        self.unknown: dict[str, str] = {}
        """The options that the command does not know, with their values."""
        self.dangling = ""
        """An option that lacks its value."""
        self.asks_for_help = False
        self.data_piped = False
        """Whether standard input is said to hold data."""
        self.known = {name: param for param in command.get_params(ctx) for name in param.opts}
        self.seen: set[str] = set()
        self.options: list[str] = []
        self.positional = positional = list[str]()
        rest = list(args)
        while rest:
            arg = rest.pop(0)
            if arg == "--":
                positional += rest
                break
            name, value = self.split(arg)
            if name:
                self.option(arg, name, value, rest)
            else:
                positional.append(arg)
        if positional:
            self.expression = positional[0]
        self.args = [*self.options, "--", *positional] if positional else self.options

    def split(self, arg: str) -> tuple[str, str | None]:
        """An option's name, and the value if one is attached; no name for an expression."""
        if _is_long(arg):
            name, equals, value = arg.partition("=")
            return name, value if equals else None
        short, value = arg[:2], arg[2:].removeprefix("=")
        meant = {
            "": True,
            "-s": "=" in value and value.partition("=")[0].isidentifier(),
            "-o": _is_file(arg[2:]),
            "-f": os.path.exists(value),
        }
        if short not in self.known or not meant.get(short if value else "", False):
            return "", None  # -sin(x), -f*2, -q^2 are expressions
        return short, value or None

    def option(self, arg: str, name: str, value: str | None, rest: list[str]) -> None:
        """Take an option, with its value from the rest of the line where it has one."""
        param = self.known.get(name)
        self.options += [name, value] if value is not None and not _is_long(arg) else [arg]
        if name in ("-h", "--help"):
            self.asks_for_help = True
            return
        flag = isinstance(param, click.Option) and param.is_flag
        repeatable = isinstance(param, click.Option) and (param.multiple or (flag and param.name != "format"))
        key = (param and param.name) or name
        if key in self.seen and not repeatable:
            raise UsageError(f"{name} is given twice")
        self.seen.add(key)
        if isinstance(param, ValueOrNothing):
            flag = not (rest and param.takes(rest[0]))
        if not flag and value is None:
            if not rest or _is_long(rest[0]):
                self.dangling = self.dangling or name
            else:
                value = rest.pop(0)
                self.options.append(value)
        if param is None:
            self.unknown[name[2:]] = value or ""
        if key == "file":
            self.file = value
        if key == "data_files" and value == "-":
            self.data_piped = True

    def forget_dangling(self) -> None:
        """Leave out the option that lacks its value: it is the one that is being typed."""
        if self.dangling in self.args:
            del self.args[len(self.args) - 1 - self.args[::-1].index(self.dangling)]


def _is_long(arg: str) -> bool:
    """Whether an argument looks like `--name`."""
    return arg.startswith("--") and arg[2:3].isidentifier()


def _is_file(text: str) -> bool:
    """Whether what is attached to -o names a file, or a format as it once did: -ofit.csv, -o=fit, -ojson. Others are
    expressions, such as -o*2."""
    suffix = os.path.splitext(text)[1].removeprefix(".")
    return text.startswith("=") or suffix.isalpha() or text in (*FORMATS, ENV, LATEX, MARKDOWN)
