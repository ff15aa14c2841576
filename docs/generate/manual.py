"""Manual pages, from the help of the commands."""

from __future__ import annotations

from collections.abc import Iterator
from inspect import cleandoc

import click

from exprgrad import __version__
from exprgrad.cli.app import COMMANDS, app
from exprgrad.cli.options.option import SectionedCommand
from exprgrad.errors import ExitCode

ENVIRONMENT = {
    "NO_COLOR": "If set, tables have no colour.",
    "FORCE_COLOR": "If set, they have colour where they do not go to a terminal, too.",
    "EXPRGRAD_CONFIG": "The configuration to read instead of ~/.config/exprgrad/config.toml; off if none.",
    "XDG_CONFIG_HOME": "The folder that has exprgrad/config.toml, by default ~/.config.",
    "EXPRGRAD_DEBUG": "If 1, a bug shows its traceback.",
}


def pages() -> dict[str, str]:
    """A page for the program, and one for each command."""
    context = click.Context(app, info_name="exprgrad", **app.context_settings)
    found = {"docs/man/exprgrad.1": _page(app, context, _commands(context))}
    for name in COMMANDS:
        command = app.get_command(context, name)
        assert command is not None
        own = click.Context(command, info_name=name, parent=context, **command.context_settings)
        found[f"docs/man/exprgrad-{name}.1"] = _page(command, own, ())
    return found


def _page(command: click.Command, context: click.Context, commands: tuple[str, ...]) -> str:
    """NAME, SYNOPSIS, DESCRIPTION, EXAMPLES, OPTIONS and so on, as manual pages have them."""
    title = context.command_path.replace(" ", "-")
    summary, examples, rest = parts(command.help or "")
    arguments = " ".join(command.collect_usage_pieces(context))
    others = [name for name in ("", *COMMANDS) if f"exprgrad-{name}".removesuffix("-") != title]
    lines = [
        f'.TH "{title.upper()}" "1" "" "exprgrad {__version__}" "exprgrad"',
        ".SH NAME",
        f"{_text(title)} \\- {_text(summary.rstrip('.'))}",
        ".SH SYNOPSIS",
        f".B {_text(context.command_path)}",
        _text(arguments),
        ".SH DESCRIPTION",
        _text(summary),
        *(line for paragraph in rest for line in (".PP", _text(paragraph))),
        ".SH EXAMPLES",
        ".EX",
        *map(_text, examples),
        ".EE",
        *_options(command, context),
        *commands,
        ".SH EXIT STATUS",
        *(line for code in ExitCode for line in _item(str(int(code)), f"{code.text[0].upper()}{code.text[1:]}.")),
        ".SH ENVIRONMENT",
        *(line for name, words in ENVIRONMENT.items() for line in _item(name, words)),
        ".SH SEE ALSO",
        ",\n".join(f".BR exprgrad{'-' * bool(name)}{name} (1)" for name in others).replace(" (1),", " (1),"),
    ]
    return "\n".join(lines) + "\n"


def parts(text: str) -> tuple[str, list[str], list[str]]:
    """The first line of a help text, its examples (the block that Click must not wrap), other paragraphs."""
    summary, *blocks = [block.strip("\n") for block in cleandoc(text).split("\n\n")]
    examples: list[str] = []
    rest: list[str] = []
    for block in blocks:
        if block.startswith("\b\n"):
            examples += block.removeprefix("\b\n").splitlines()
        else:
            rest.append(" ".join(block.split()))
    return summary, examples, rest


def _commands(context: click.Context) -> tuple[str, ...]:
    lines = [".SH COMMANDS"]
    for name in COMMANDS:
        command = app.get_command(context, name)
        assert command is not None
        lines += _item(f"exprgrad-{name}(1)", parts(command.help or "")[0])
    return tuple(lines)


def _options(command: click.Command, context: click.Context) -> Iterator[str]:
    """The options, in the sections that the help has."""
    yield ".SH OPTIONS"
    if not isinstance(command, SectionedCommand):
        records = [param.get_help_record(context) for param in command.get_params(context)]
        yield from (line for record in records if record is not None for line in _item(*record))
        return
    for heading, found in command.records(context):
        yield f".SS {_text(heading)}"
        yield from (line for record in found for line in _item(*record))


def _item(head: str, words: str) -> list[str]:
    return [".TP", f".B {_text(head)}", _text(words)]


def _text(text: str) -> str:
    """As roff takes it literally: no minus that becomes a hyphen, no line that is taken for a request."""
    escaped = text.replace("\\", "\\e").replace("-", "\\-").replace("'", "\\(aq").replace("^", "\\(ha")
    escaped = escaped.replace("~", "\\(ti").replace("`", "\\(ga").replace("…", "...")
    return f"\\&{escaped}" if escaped.startswith(".") else escaped
