"""The page on options: each one once, with what it means and the commands that have it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import click

from exprgrad.cli.app import COMMANDS, app
from exprgrad.cli.options.option import Option, by_heading

_PAGE = """# Options

Every option of every command. A name means the same everywhere; commands differ in what an option is without a value
(its default, in parentheses beside the command), and in the formats that they know. This page is written by
`python -m docs.generate` from the options themselves, and a test compares them.

In each command on an expression, every variable is an option, too: `--NAME VALUE`. One that is named like an option is
bound with `-s NAME=VALUE`.

{sections}

## Formats by command

What `--format` takes. Without it the suffix of the file says the format: `-o out.csv`, `-o r.json`, `-o loss.py`,
`-o graph.svg`.

| command | formats |
|---|---|
{formats}
"""
_EVERY = {
    frozenset[str](): "every command",
    frozenset(["functions"]): "every command but functions",
    frozenset(["columns", "functions"]): "every command on an expression",
}
"""What many commands are called, by those that are left out."""


class Entry(NamedTuple):
    """An option, and the commands that have it with what they do without it."""

    option: Option
    commands: dict[str, str]


def page() -> str:
    """The whole page."""
    context = click.Context(app)
    commands = {name: app.get_command(context, name) for name in COMMANDS}
    found: dict[str, dict[str, Entry]] = {}
    formats = []
    for name, command in commands.items():
        assert command is not None
        for heading, options in by_heading(command.params).items():
            for option in (option for option in options if isinstance(option, Option)):
                entry = found.setdefault(heading, {}).setdefault(option.opts[-1], Entry(option, {}))
                entry.commands[name] = option.said_default
                if option.name == "format" and option.names:
                    formats.append(f"| {name} | {', '.join(f'`{one}`' for one in option.names.split(', '))} |")
    sections = (f"## {heading}\n\n{''.join(_table(entries, context))}" for heading, entries in found.items())
    return _PAGE.format(sections="\n".join(sections).rstrip(), formats="\n".join(formats))


def _table(entries: dict[str, Entry], context: click.Context) -> Iterator[str]:
    yield "| option | means | commands |\n|---|---|---|\n"
    for entry in entries.values():
        spelled, _ = entry.option.get_help_record(context)
        cells = (f"`{spelled}`", (entry.option.help or "").replace("*", "\\*"), _commands(entry.commands))
        yield f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |\n"


def _commands(defaults: dict[str, str]) -> str:
    """The commands, those with the same default together."""
    groups: dict[str, list[str]] = {}
    for name, default in defaults.items():
        groups.setdefault(default, []).append(name)
    missing = frozenset(COMMANDS.keys() - defaults.keys())
    texts = {default: ", ".join(names) for default, names in groups.items()}
    if len(groups) == 1:
        texts = {default: _EVERY.get(missing, text) for default, text in texts.items()}
    return "; ".join(f"{text} ({default})" if default else text for default, text in texts.items())
