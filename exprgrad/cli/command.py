"""A command on an expression, whose variables become options of the command."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from typing import Any, TypeVar

import click

from exprgrad.api import Expression, parse
from exprgrad.cli import bindings, source
from exprgrad.cli.app import SETTINGS
from exprgrad.cli.output import output_options
from exprgrad.errors import ExprgradError, UsageError, nearest

C = TypeVar("C", bound=Callable[..., Any])

_EXPRESSION = "exprgrad.expression"
_BINDINGS = "exprgrad.bindings"
_PREFIX = "variable_"


class ExpressionCommand(click.Command):
    """Reads the expression first, then parses the line with an option for each variable it has."""

    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        params = super().get_params(ctx)
        expression: Expression | None = ctx.meta.get(_EXPRESSION)
        if expression is None:
            return params
        taken = {name for param in params for name in param.opts}
        names = [name for name in _bindable(expression) if f"--{name}" not in taken]
        wanted = ctx.meta.get("exprgrad.wanted")
        if wanted is not None:  # a large expression has more variables than a line has options
            names = [name for name in names if name in wanted]
        return [*params, *(_variable(name) for name in names)]

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        line = _Line(self, ctx, args)
        if line.asks_for_help or ctx.resilient_parsing:
            if line.expression is not None or line.file not in (None, "-"):
                with suppress(ExprgradError):  # help and completion go on without the variables
                    ctx.meta[_EXPRESSION] = parse(*source.read(line.expression, line.file) or ("",))
            return super().parse_args(ctx, line.args)
        program = source.read(line.expression, line.file) or (self.missing(ctx, line.unknown), "")
        expression = ctx.meta[_EXPRESSION] = parse(*program)
        names = _bindable(expression)
        for option in line.unknown:
            if option not in names:
                raise self.no_such_option(ctx, option, names)
        if line.dangling:
            raise UsageError(f"{line.dangling} needs a value", hint=f"write {line.dangling} VALUE")
        ctx.meta["exprgrad.wanted"] = set(line.unknown)
        try:
            return super().parse_args(ctx, line.args)
        except click.UsageError as error:
            hint = _collision(self, names)
            if hint and "extra argument" in error.message:
                raise click.UsageError(f"{error.message.rstrip('.')}; {hint}", ctx) from None
            raise

    def missing(self, ctx: click.Context, unknown: list[str]) -> str:
        """The program to run when none is given."""
        for option in unknown:  # its value was perhaps meant as the expression
            error = self.no_such_option(ctx, option, [])
            if "did you mean" in error.hint:
                raise error
        raise UsageError(f'there is no expression; for example: {ctx.command_path} "a*b+c" --a 3 --b 2 --c 5')

    def no_such_option(self, ctx: click.Context, option: str, variables: list[str]) -> UsageError:
        """The error of a misspelt option: never taken for a variable."""
        options = [name.removeprefix("--") for param in self.params for name in param.opts if name.startswith("--")]
        guess = nearest(option, [*variables, *options])
        expression: Expression | None = ctx.meta.get(_EXPRESSION)
        if expression is not None and option in expression.model.intermediates:
            hint = f"{option} is computed by the expression"
        elif guess:
            hint = f"did you mean --{guess}?"
        elif variables:
            hint = f"variables of the expression: {', '.join(variables[:20])}"
        else:
            hint = "the expression has no variables" if expression else f"see {ctx.command_path} --help"
        return UsageError(f"no such option --{option}", hint=hint)

    def invoke(self, ctx: click.Context) -> Any:
        expression: Expression = ctx.meta[_EXPRESSION]
        params = {k: v for k, v in ctx.params.items() if not k.startswith(_PREFIX)}
        given = {k.removeprefix(_PREFIX): v for k, v in ctx.params.items() if k.startswith(_PREFIX) and v is not None}
        for name in ("expression", "file"):
            params.pop(name, None)
        values = bindings.assignments(params.pop("settings"))
        for name, text in given.items():
            if name in values:
                raise UsageError(f"{name} is bound twice: by --{name} and by -s")
            values[name] = bindings.number(text, f"--{name}")
        from_files: dict[str, float] = {}
        for file in params.pop("bind"):
            from_files.update(bindings.from_file(file))
        used = set(_bindable(expression))
        values = {**{name: value for name, value in from_files.items() if name in used}, **values}
        assert self.callback is not None
        try:
            return ctx.invoke(self.callback, expression, values, **params)
        except UsageError as error:
            hint = _collision(self, [name for name in _bindable(expression) if name not in values])
            if hint and error.message.startswith("no value"):
                raise UsageError(error.message, hint=hint) from None
            raise


class _Line:
    """A first look at the line: the expression, the file, and options the command does not know.

    It knows no variables yet, so it takes each unknown option to have a value, as variables have.
    An expression that starts with a minus is told from options, and set apart from them by `--`.
    """

    def __init__(self, command: click.Command, ctx: click.Context, args: list[str]) -> None:
        self.expression: str | None = None
        self.file: str | None = None
        self.unknown: list[str] = []
        self.dangling = ""
        """An option that lacks its value."""
        self.asks_for_help = False
        self.known = {name: param for param in command.get_params(ctx) for name in param.opts}
        self.seen: set[str] = set()
        self.options: list[str] = []
        positional: list[str] = []
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
            "-o": value.isalpha(),
            "-f": os.path.exists(value),
        }
        if short not in self.known or not meant.get(short if value else "", False):
            return "", None  # -sin(x), -f*2, -q^2 are expressions
        return short, value or None

    def option(self, arg: str, name: str, value: str | None, rest: list[str]) -> None:
        """Take an option, with its value from the rest of the line where it has one."""
        param = self.known.get(name)
        self.options.append(arg)
        if name in ("-h", "--help"):
            self.asks_for_help = True
            return
        if param is None:
            self.unknown.append(name[2:])
        flag = isinstance(param, click.Option) and param.is_flag
        repeatable = isinstance(param, click.Option) and (param.multiple or (flag and param.name != "output"))
        key = (param and param.name) or name
        if key in self.seen and not repeatable:
            raise UsageError(f"{name} is given twice")
        self.seen.add(key)
        if not flag and value is None:
            if not rest or _is_long(rest[0]):
                self.dangling = self.dangling or name
            else:
                value = rest.pop(0)
                self.options.append(value)
        if key == "file":
            self.file = value


def _is_long(arg: str) -> bool:
    """Whether an argument looks like `--name`."""
    return arg.startswith("--") and arg[2:3].isidentifier()


def _bindable(expression: Expression) -> list[str]:
    """Names that can be bound: variables, declared ones, constants that the expression names."""
    model = expression.model
    return list(dict.fromkeys([*expression.variables, *model.defaults, *sorted(model.constants)]))


def _collision(command: click.Command, names: list[str]) -> str:
    """How to bind a variable that has the name of an option."""
    options = {option for param in command.params for option in param.opts}
    for name in names:
        if f"--{name}" in options:
            return f"--{name} is an option of this command: bind the variable with -s {name}=VALUE"
    return ""


def _variable(name: str) -> click.Option:
    return click.Option([f"--{name}", f"{_PREFIX}{name}"], metavar="VALUE", help=f"The variable {name}.")


def expression_command(
    name: str, *formats: str, cls: type[ExpressionCommand] = ExpressionCommand
) -> Callable[[C], click.Command]:
    """Make a function (expression, bindings, **options) a command with the options all of them share."""

    def decorate(function: C) -> click.Command:
        shared = [
            click.argument("expression", required=False),
            click.option(
                "-f",
                "--file",
                type=click.Path(),
                metavar="FILE",
                help="Read the expression from a file; - is standard input.",
            ),
            click.option("-s", "--set", "settings", multiple=True, metavar="NAME=VALUE", help="Bind a variable."),
            click.option(
                "--bind",
                type=click.Path(),
                multiple=True,
                metavar="FILE",
                help="Bind variables from a JSON or TOML file.",
            ),
            output_options(*formats),
            click.option("-q", "--quiet", is_flag=True, help="Write no notes to stderr."),
        ]
        callback: Any = function
        for option in reversed(shared):
            callback = option(callback)
        return click.command(name, cls=cls, context_settings=SETTINGS)(callback)

    return decorate
