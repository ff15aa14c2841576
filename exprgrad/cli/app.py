"""The group of commands, each imported when it is called."""

from __future__ import annotations

from importlib import import_module
from typing import Any, NamedTuple

import click

from exprgrad.errors import UsageError
from exprgrad.text.spelling import did_you_mean


class Row(NamedTuple):
    """A command: the file `exprgrad/cli/commands/NAME.py` has it as `command`."""

    example: str
    """A line to type."""
    shows: str
    """What that line shows."""
    more: tuple[tuple[str, str], ...] = ()
    """More such lines."""


COMMANDS = {
    "eval": Row(
        'eval "a*b+c" --a 3 --b 2 --c 5',
        "values and derivatives",
        (('eval "a*b+c" --a 3', "the same, with b and c as symbols"),),
    ),
    "diff": Row('diff "x^2*sin(x)"', "derivatives as expressions"),
    "check": Row('check "tanh(x)" --x 20', "derivatives against high precision"),
    "explain": Row('explain "(a*b+c)*d" --a 3 --b 2 --c 5 --d 5', "both passes, step by step"),
    "graph": Row('graph "a*b+c" -o graph.html', "its graph as a drawing"),
    "plot": Row('plot "sin(x)/x" --x 0:20', "curves on the terminal or in a file"),
    "train": Row('train "(w-2)^2" --w 0 --params w', "gradient descent"),
    "fit": Row('fit "y ~ a*x + b" --data in.csv', "least squares, with standard errors"),
    "predict": Row("predict fit.json --x 0:10:0.1", "a saved fit at new rows, with its limits"),
    "compare": Row('compare "y ~ a*x" "y ~ a*x + b" --data in.csv', "F tests, AICc, weights of evidence"),
    "uncertainty": Row(
        'uncertainty "x^2*y" --x 1.0±0.1 --y "2.03(5)"', "how sure a result is, and which input to improve"
    ),
    "sensitivity": Row(
        'sensitivity "x*y + z" --x 1±0.1 --y "uniform(0, 1)" --z 2±1', "which input matters, alone and with others"
    ),
    "map": Row('map "w*x" --w 3 --data in.csv', "values and derivatives for rows of data"),
    "sweep": Row('sweep "x*y" --x 1:3:0.1 --y 2,3,4', "all of some ranges, or a design; heat maps and tornadoes"),
    "columns": Row("columns in.csv", "what a data file holds"),
    "export": Row('export "a*x^2" --format c', "value and gradient as source of another language"),
    "functions": Row("functions gelu", "what the language knows of a function"),
    "help": Row("help fit", "how a command is used"),
}
"""The commands, in the order of the help."""
SETTINGS = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


class _Commands(click.Group):
    """Commands by name: `eval` is `command` of `exprgrad.cli.commands.eval`."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command = import_module(f"exprgrad.cli.commands.{cmd_name}").command
        assert isinstance(command, click.Command)
        return command

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Raises UsageError for an option before the command, with the place where it goes."""
        line = list(args)
        try:
            return super().parse_args(ctx, args)
        except click.NoSuchOption as error:
            name = error.option_name
            command = next((arg for arg in line if arg in COMMANDS), None)
            if command is None:
                hint = did_you_mean(name.removeprefix("--"), ["help", "version"], "see exprgrad --help", "--{}")
                raise UsageError(f"no such option {name}", hint=hint) from None
            hint = f"write exprgrad {command} … {name}"
            raise UsageError(f"{name} stands before the command, and options go behind it", hint=hint) from None

    def invoke(self, ctx: click.Context) -> Any:
        from exprgrad.cli.config.place import place

        if (file := place()) is not None:
            from exprgrad.cli.config.file import apply

            apply(ctx, file, COMMANDS)
        return super().invoke(ctx)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args[0] not in COMMANDS and not ctx.resilient_parsing:
            from exprgrad.cli.line.mistakes import command

            hint = command(args[0]) or did_you_mean(args[0], list(COMMANDS), f"commands: {', '.join(COMMANDS)}")
            raise UsageError(f"no such command {args[0]!r}", hint=hint)
        return super().resolve_command(ctx, args)


def _help() -> str:
    """What the group says of itself, with the lines of its commands."""
    lines = [line for row in COMMANDS.values() for line in ((row.example, row.shows), *row.more)]
    listed = (f"{f'exprgrad {example}   ':<44}{shows}" for example, shows in lines)
    summary = "Values, exact derivatives and training of expressions."
    return "\n".join(
        [summary, "", "\b", *listed, "", "Alone, on a terminal, it opens a session that answers each line."]
    )


@click.command(cls=_Commands, context_settings=SETTINGS, help=_help())
@click.option(
    "-V",
    "--version",
    is_flag=True,
    expose_value=False,
    is_eager=True,
    callback=lambda ctx, _, wished: _version(ctx) if wished else None,
    help="Show the versions of the program, of Python and of the extras.",
)
def app() -> None:
    """The command `exprgrad`."""


def _version(ctx: click.Context) -> None:
    if ctx.resilient_parsing:
        return
    from exprgrad.cli.output import emit
    from exprgrad.cli.versions import versions

    emit(versions() + "\n")
    ctx.exit()
