"""Where a result goes, and in which format: the options of every command that has a result, and what they lead to."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterable, Mapping
from functools import wraps
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import click

from exprgrad.cli.config.digits import digits_of
from exprgrad.cli.options.files import OutputFile, check_folder
from exprgrad.cli.options.option import OUTPUT, Whole, row, take
from exprgrad.cli.output import deliver, emit, to_terminal
from exprgrad.errors import UsageError
from exprgrad.render.formats import ENV, FORMATS, LATEX, MARKDOWN, render
from exprgrad.text.escapes import visible

if TYPE_CHECKING:
    from exprgrad.render.formats import Result

C = TypeVar("C", bound=Callable[..., Any])

_SYNONYMS = {"ndjson": "jsonl", "jsonlines": "jsonl", "text": "plain", "txt": "plain", "tsv": "plain", "lines": "plain"}
_SYNONYMS |= {"tex": LATEX, "md": MARKDOWN, "shell": ENV, "sh": ENV}
SUFFIXES = {"json": "json", "jsonl": "jsonl", "ndjson": "jsonl", "csv": "csv", "tex": LATEX, "env": ENV, "sh": ENV}
SUFFIXES |= {"md": MARKDOWN}
SUFFIXES |= dict.fromkeys(("txt", "tsv", "tab", "dat", "out", "log"), "plain")
"""The formats of results by the suffixes of files."""


class FormatName(click.Choice[str]):
    """The name of a format; a synonym of it is taken, too."""

    def __init__(self, names: Iterable[str], synonyms: Mapping[str, str] = _SYNONYMS) -> None:
        super().__init__(list(names))
        self.synonyms = {other: name for other, name in synonyms.items() if name in self.choices}

    def named(self, value: str) -> str | None:
        """The format of this name; None if there is none."""
        plain = value.lower()
        plain = self.synonyms.get(plain, plain)
        return plain if plain in self.choices else None

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        if (found := self.named(value)) is not None:
            return found
        from exprgrad.text.spelling import did_you_mean

        if os.path.splitext(value)[1]:
            hint = f"to write this file, give --output {visible(value)}"
            raise UsageError(f"{visible(value)} is a file, and --format takes a name", hint=hint)
        listed = f"the formats here are {', '.join(self.choices)}"
        raise UsageError(f"there is no format {visible(value)!r}", hint=did_you_mean(value, list(self.choices), listed))


def _a_file(ctx: click.Context, param: click.Parameter, value: str) -> str:
    """The name of a file. Raises UsageError for that of a format, which stood here once, as it does elsewhere."""
    if not value:
        raise UsageError("--output takes the name of a file")
    if ctx.resilient_parsing:
        return value
    kinds = next(each.type for each in ctx.command.params if each.name == "format")
    assert isinstance(kinds, FormatName)
    name = kinds.named(value)
    if name is None and value.lower() not in {*FORMATS, ENV, LATEX, MARKDOWN}:
        return value
    hint = f"write --format {name}" if name else f"the formats here are {', '.join(kinds.choices)}"
    raise UsageError(
        f"{value} is a format, and --output takes a file", hint=f"{hint}; a file of this name is ./{value}"
    )


TARGET = row(
    "-o",
    "--output",
    heading=OUTPUT,
    type=OutputFile(),
    default="-",
    callback=_a_file,
    otherwise="standard output, which is -",
    metavar="FILE",
    help="Write the result to this file, once all of it is there.",
)
JSON = row("--json", field="format", heading=OUTPUT, flag_value="json", help="Short for --format json.")
DIGITS = row(
    "--digits",
    heading=OUTPUT,
    type=Whole(1, 17),
    otherwise="6 on a terminal, all elsewhere; JSON has always all",
    help="Significant digits shown.",
)
HEADER = row("--header", heading=OUTPUT, is_flag=True, help="Write a header line before plain lines.")
QUIET = row("-q", "--quiet", heading=OUTPUT, is_flag=True, help="Write no notes to stderr.")
EXPLAIN = row(
    "--explain",
    heading=OUTPUT,
    is_flag=True,
    help="Say how the numbers were found: by which method, or by which clause of which document.",
)


def _say_configuration(ctx: click.Context, param: click.Parameter, wished: bool) -> None:
    if wished:
        from exprgrad.cli.config.verbose import say

        say(ctx)


VERBOSE = row(
    "--verbose",
    heading=OUTPUT,
    is_flag=True,
    expose_value=False,
    callback=_say_configuration,
    help="Say on stderr which defaults come from the configuration.",
)
"""The command itself is told nothing of it."""
VALUE = row(
    "--value",
    field="value_only",
    heading=OUTPUT,
    is_flag=True,
    help="Print the value alone: in train the loss, in fit the sum of squared residuals.",
)
GRADIENT = row(
    "--gradient",
    field="gradient_of",
    heading=OUTPUT,
    metavar="NAME",
    help="Print the derivative with respect to NAME alone.",
)
PARAM = row(
    "--param", field="param_of", heading=OUTPUT, metavar="NAME", help="Print the value of the parameter NAME alone."
)


def file_and_format(kinds: FormatName, otherwise: str) -> Callable[[C], C]:
    """The options --output, --format and, where that is one of the formats, --json; given to the command as `output`
    and `format`."""
    chosen = row(
        "--format",
        heading=OUTPUT,
        type=kinds,
        metavar="NAME",
        otherwise=otherwise,
        help="The format of the result.",
    )
    short = JSON._replace(
        how={**JSON.how, "type": kinds}
    )  # Click converts the value of a field for each of its options
    return take(TARGET, chosen, *([short] if "json" in kinds.choices else []))


class Output(NamedTuple):
    """Where a result goes, and how it is shown."""

    target: str
    """A file; "-" for standard output."""
    said: str | None
    """The format that the line asks for, by name or by the suffix of the file; None where neither says one."""
    digits: int | None
    header: bool
    named: bool
    """Whether the line names the format."""

    @property
    def format(self) -> str:
        """The format asked for, or the one that fits where the output goes."""
        return self.said or ("table" if self.on_terminal else "plain")

    @property
    def on_terminal(self) -> bool:
        """Whether a person sees the result at once."""
        return self.target == "-" and to_terminal()

    @property
    def is_table(self) -> bool:
        """Whether the result is a table on standard output, where no other format was asked for."""
        return self.target == "-" and self.said in (None, "table")

    def check_folder(self) -> None:
        """Before a long run: raises OutputError where the file could not be written at its end."""
        if self.target != "-":
            check_folder(self.target)

    def show(self, result: Result) -> None:
        """Write a result."""
        self.write(self.text(result))

    def text(self, result: Result, *, follows: bool = False) -> str:
        """A result in its format; it `follows` other rows that have been written."""
        digits = digits_of(self.format, self.digits)
        return render(result, self.format, digits, header=self.header, follows=follows, to_file=self.target != "-")

    def write(self, text: str) -> None:
        """Write a text where the result goes."""
        if self.target == "-":
            emit(text)
        else:
            deliver(text, self.target)

    def check_one_number(self, value_only: bool, gradient_of: str | None = None, param_of: str | None = None) -> bool:
        """Whether one bare number is asked for. Raises UsageError if more than that is."""
        wishes = {"--value": value_only, "--gradient": gradient_of is not None, "--param": param_of is not None}
        asked = [option for option, wished in wishes.items() if wished]
        if len(asked) > 1:
            raise UsageError(f"{' and '.join(asked)} each print one number: give one of them")
        if asked and (self.named or self.said not in (None, "plain")):
            raise UsageError(f"{asked[0]} prints a bare number: leave out the format {self.said}")
        return bool(asked)


def result_options(*more: str, digits: bool = True) -> Callable[[C], C]:
    """The options of a command that shows a result, given to it as `output`; `more` are formats of its own."""
    names = [*FORMATS, *more]

    def decorate(command: C) -> C:
        @wraps(command)
        def call(*args: Any, output: str, format: str | None, header: bool, **options: Any) -> Any:  # noqa: A002
            rows = options.get("predict") is not None  # then the suffix is that of a table, which its writer reads
            said = format or (None if rows else format_by_suffix(output, SUFFIXES, names))
            shown = Output(output, said, options.pop("digits", None), header, format is not None)
            return command(*args, output=shown, **options)

        kind = file_and_format(
            FormatName(names), "by the suffix of FILE, else a table on a terminal, plain lines elsewhere"
        )
        return kind(take(*([DIGITS] if digits else []), HEADER)(call))  # type: ignore[return-value]

    return decorate


def format_by_suffix(target: str, suffixes: Mapping[str, str], names: Collection[str]) -> str | None:
    """The format that the suffix of a file says; None for standard output and for a name without suffix. Raises
    UsageError for a suffix that says none of these."""
    suffix = os.path.splitext(target)[1].lower().removeprefix(".") if target != "-" else ""
    found = suffixes.get(suffix)
    if suffix and found not in names:
        raise no_format(target, names)
    return found


def no_format(target: str, names: Iterable[str]) -> UsageError:
    """The error of a file whose name tells none of these formats."""
    return UsageError(f"the name {visible(target)} tells no format", hint=f"give --format: {', '.join(names)}")
