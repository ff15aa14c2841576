"""A command on an expression, whose variables become options of the command."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from typing import Any, TypeVar

import click

from exprgrad.cli.app import SETTINGS
from exprgrad.cli.line import bindings, source
from exprgrad.cli.line.look import Line
from exprgrad.cli.options.files import check_files
from exprgrad.cli.options.input import BIND, PROGRAM, SET, VARIABLE
from exprgrad.cli.options.option import INPUT, VARIABLES, Option, SectionedCommand, take
from exprgrad.cli.options.reading import is_of_reading
from exprgrad.cli.options.results import QUIET, VERBOSE, result_options
from exprgrad.errors import ExprgradError, UnboundError, UsageError
from exprgrad.expression import Expression, parse
from exprgrad.text.spelling import did_you_mean, nearest

C = TypeVar("C", bound=Callable[..., Any])
V = TypeVar("V")

_EXPRESSION = "exprgrad.expression"
_WANTED = "exprgrad.wanted"
_NO_DATA = "exprgrad.no_data"
_PREFIX = "variable_"
NUMBER = "a number such as 3, -2e-3 or pi/2"
VALUES = f"{NUMBER}, a list (1,2,3) or a range (0:6:0.5): the last two are columns, one number a row"
"""What the help says that a variable can be bound to."""


def expression_of(ctx: click.Context) -> Expression | None:
    """The expression of a line that is parsed, or of one that is not finished yet, if it has one."""
    found: Expression | None = ctx.meta.get(_EXPRESSION)
    return found


class ExpressionCommand(SectionedCommand):
    """Reads the expression first, then parses the line with an option for each variable it has."""

    read = staticmethod(bindings.binding)
    """Makes a value of the text of a variable's option, and of the name of this option."""

    formula = False
    """Whether it takes a formula, `response ~ model`."""
    takes_piped_data = False
    """Whether standard input is data where the line names none."""
    values = NUMBER
    """What the help says that a variable can be bound to."""

    def bindable(self, ctx: click.Context, expression: Expression) -> list[str]:
        """Names that can be bound."""
        return list(expression.lowered.bindable)

    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        params = super().get_params(ctx)
        if ctx.meta.get(_NO_DATA):
            params = [param for param in params if not is_of_reading(param)]
        expression = expression_of(ctx)
        if expression is None:
            return params
        taken = {name for param in params for name in param.opts}
        names = [name for name in self.bindable(ctx, expression) if f"--{name}" not in taken]
        wanted = ctx.meta.get(_WANTED)
        if wanted is not None:  # a large expression has more variables than a line has options
            names = [name for name in names if name in wanted]
        return [*params, *(_variable(name) for name in names)]

    def records(self, ctx: click.Context) -> Iterator[tuple[str, list[tuple[str, str]]]]:
        """The sections; the input says that variables are options."""
        for heading, records in super().records(ctx):
            more = [("--NAME VALUE", VARIABLE.format(self.values))] if heading == INPUT else []
            yield heading, [*more, *records]

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        named = any(arg == "--data" or arg.startswith("--data=") for arg in args)
        if not (named or self.takes_piped_data or {"-h", "--help"} & set(args) or ctx.resilient_parsing):
            ctx.meta[_NO_DATA] = True  # so that --time binds a variable of this name
        line = Line(self, ctx, args)
        if line.asks_for_help or ctx.resilient_parsing:
            if line.expression is not None or line.file not in (None, "-"):
                with suppress(ExprgradError):  # help and completion go on without the variables
                    ctx.meta[_EXPRESSION] = self.parse(*source.read(line.expression, line.file) or ("", ""))
            if ctx.resilient_parsing:
                line.forget_dangling()
            rest = super().parse_args(ctx, line.args)
            if not ctx.resilient_parsing:  # Click has shown no help: it took --help for the value of an option
                raise UsageError(f"{line.dangling or 'an option'} needs a value")
            return rest
        if line.data_piped and line.expression is None and line.file in (None, "-"):
            raise UsageError("standard input holds the data", hint="give the expression as an argument or with -f FILE")
        if line.expression is not None and line.file is not None:
            from exprgrad.cli.line import mistakes

            hint = mistakes.argument(self, [line.expression, line.file])
            raise UsageError("the expression is given twice: as an argument and with -f", hint=hint)
        program = source.read(line.expression, line.file) or (self.missing(ctx, line.unknown), "")
        try:
            expression = ctx.meta[_EXPRESSION] = self.parse(*program)
        except ExprgradError as error:
            self.check_arguments(line)
            from exprgrad.cli.line import mistakes

            error.hint = mistakes.quoted_column(error) or error.hint
            raise
        names = self.bindable(ctx, expression)
        for option, value in line.unknown.items():
            if option not in names:
                raise self.no_such_option(ctx, option, names, value)
        if line.dangling:
            raise UsageError(f"{line.dangling} needs a value", hint=f"write {line.dangling} VALUE")
        ctx.meta[_WANTED] = set(line.unknown)
        try:
            return super().parse_args(ctx, line.args)
        except click.UsageError as error:
            if "extra argument" in error.message:
                self.check_arguments(line, names)
            raise

    def parse(self, text: str, name: str) -> Expression:
        return parse(text, name, formula=self.formula)

    def check_arguments(self, line: Line, names: Sequence[str] = ()) -> None:
        """Raise UsageError if it can be said what was meant by arguments beside the expression."""
        from exprgrad.cli.line import mistakes

        arguments = line.positional
        if len(arguments) == 1 and (error := mistakes.no_expression(self, arguments[0])):
            raise error
        hint = mistakes.result_file(self, line.options, arguments)
        if self.read is bindings.interval and names:
            hint = hint or mistakes.second_end(line.unknown, arguments)
        hint = hint or _collision(self, names) or (mistakes.argument(self, arguments, names) if arguments[1:] else "")
        if len(arguments) > 1 and hint:
            plural = "s" if len(arguments) > 2 else ""
            raise UsageError(f"got unexpected extra argument{plural} ({' '.join(arguments[1:])})", hint=hint)

    def missing(self, ctx: click.Context, unknown: Iterable[str]) -> str:
        """The program to run when none is given."""
        for option in unknown:
            if nearest(option, self.long_options()):  # misspelt, perhaps: then the expression was taken for its value
                raise self.no_such_option(ctx, option, [])
        raise UsageError(f'there is no expression; for example: {ctx.command_path} "a*b+c" --a 3 --b 2 --c 5')

    def no_such_option(self, ctx: click.Context, option: str, variables: list[str], value: str = "") -> UsageError:
        """The error of an option that is neither one of the command nor a variable."""
        from exprgrad.cli.line import mistakes

        expression = expression_of(ctx)
        if any(f"--{option}" in param.opts for param in self.params):
            return UsageError(f"--{option} says how data are read", hint="name them: --data FILE")
        if expression is not None and option in expression.model.intermediates:
            hint = f"{option} is computed by the expression"
        else:
            listed = f"variables of the expression: {', '.join(variables[:20])}"
            none = "the expression has no variables" if expression else f"see {ctx.command_path} --help"
            known = [*variables, *self.long_options()]
            near = mistakes.option(self, option, value)
            hint = near or did_you_mean(option, known, listed if variables else none, "--{}")
        return UsageError(f"no such option --{option}", hint=hint)

    def invoke(self, ctx: click.Context) -> Any:
        expression: Expression = ctx.meta[_EXPRESSION]
        check_files(ctx, standard_input=expression.model.source.name == source.STANDARD_INPUT)
        own = {key: value for key, value in ctx.params.items() if not key.startswith(_PREFIX)}
        values = self.bound(ctx, self.bindable(ctx, expression), own.pop("settings"), own.pop("bind"))
        del own["expression"], own["file"]
        assert self.callback is not None
        try:
            return ctx.invoke(self.callback, expression, values, **own)
        except UnboundError as error:
            from exprgrad.cli.line import mistakes

            hint = _collision(self, error.names) or error.hint or f"give --{error.names[0]} VALUE"
            meant = mistakes.unbound(error.names)
            raise UsageError(error.message, hint=f"{hint}; {meant}" if meant else hint) from None
        except UsageError as error:
            from exprgrad.cli.line import mistakes

            texts = {key.removeprefix(_PREFIX): text for key, text in ctx.params.items() if key.startswith(_PREFIX)}
            if hint := mistakes.decimal({name: text for name, text in texts.items() if text}, error.message):
                raise UsageError(error.message, hint=hint) from None
            raise

    def bound(
        self, ctx: click.Context, names: list[str], settings: Iterable[str], files: Iterable[str]
    ) -> dict[str, bindings.Binding]:
        """The bindings of the line. They win over those in files, which may also have names that nothing here uses."""
        values = texts_given(ctx, bindings.assigned(settings, "-s", self.read), self.read)
        shared: dict[str, bindings.Binding] = {}
        for file in files:
            from exprgrad.cli.line.bindfile import from_file

            shared |= from_file(file)
        known = set(names)
        return {name: value for name, value in shared.items() if name in known} | values


def texts_given(ctx: click.Context, settings: dict[str, V], read: Callable[[str, str], V]) -> dict[str, V]:
    """The values of the variables' own options, beside those that -s gives. Raises UsageError for one given by both."""
    values = dict(settings)
    for key, text in ctx.params.items():
        name = key.removeprefix(_PREFIX)
        if key == name or text is None:
            continue
        if name in values:
            raise UsageError(f"{name} is bound twice: by --{name} and by -s")
        values[name] = read(text, f"--{name}")
    return values


def texts_of(ctx: click.Context) -> dict[str, str]:
    """The texts that variables are bound to on the line."""
    found = dict(item.split("=", 1) for item in ctx.params.get("settings", ()))
    given = {key.removeprefix(_PREFIX): text for key, text in ctx.params.items() if key.startswith(_PREFIX)}
    return found | {name: text for name, text in given.items() if text is not None}


def _collision(command: click.Command, names: Sequence[str]) -> str:
    """How to bind a variable that has the name of an option."""
    options = {option for param in command.params for option in param.opts}
    for name in names:
        if f"--{name}" in options:
            return f"--{name} is an option of this command: bind the variable with -s {name}=VALUE"
    return ""


def _variable(name: str) -> click.Option:
    names = [f"--{name}", f"{_PREFIX}{name}"]
    return Option(names, heading=VARIABLES, metavar="VALUE", help=f"The variable {name}.")


def expression_command(
    name: str, *formats: str, cls: type[ExpressionCommand] = ExpressionCommand, shown: bool = True
) -> Callable[[C], click.Command]:
    """Make a function (expression, bindings, **options) a command, with the options that all commands on
    expressions have. If its result is `shown`, these include those of `result_options`, given to it as `output`:
    `formats` are those that this command alone has."""

    def decorate(function: C) -> click.Command:
        callback: Any = take(QUIET, VERBOSE)(function)
        callback = result_options(*formats)(callback) if shown else callback
        callback = click.argument("expression", required=False)(take(PROGRAM, SET, BIND)(callback))
        return click.command(name, cls=cls, context_settings=SETTINGS)(callback)

    return decorate
