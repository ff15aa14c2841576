"""`exprgrad export`: an expression with its derivatives as source in another language."""

from __future__ import annotations

from exprgrad.arguments import separate
from exprgrad.binding import bind_numbers
from exprgrad.cli.line.bindings import Binding, names_of
from exprgrad.cli.line.command import expression_command
from exprgrad.cli.options.compute import COLUMNS, HESSIAN, NAME, WRT
from exprgrad.cli.options.option import COMPUTE, row, take
from exprgrad.cli.options.results import FormatName, file_and_format
from exprgrad.cli.output import deliver
from exprgrad.errors import ExitCode, UsageError
from exprgrad.expression import Expression
from exprgrad.jobs.export.export import export
from exprgrad.jobs.export.languages import LANGUAGES, find, of_file
from exprgrad.text.escapes import visible


class _Language(FormatName):
    """The name of a language; a synonym of it is taken, too."""

    def named(self, value: str) -> str | None:
        found = find(value.lower())
        return found.name if found else None


@expression_command("export", shown=False)
@take(
    WRT.otherwise("all variables that are left"),
    HESSIAN,
    COLUMNS,
    NAME.otherwise("f; in SQL data"),
    row(
        "--main",
        heading=COMPUTE,
        is_flag=True,
        help="With a main program that takes the variables from its command line (c).",
    ),
)
@file_and_format(_Language(LANGUAGES), "by the suffix of FILE")
def command(
    expression: Expression,
    values: dict[str, Binding],
    *,
    output: str,
    format: str | None,  # noqa: A002
    name: str | None,
    wrt: str | None,
    columns: str | None,
    hessian: bool,
    main: bool,
    quiet: bool,
) -> int:
    """Source of a function that returns value and gradient.

    \b
    exprgrad export "a*exp(-b*t)" --main -o decay.c && cc -std=c99 decay.c -lm -o decay
    exprgrad export "gelu(w*x)" -o gelu.mjs
    exprgrad export "a*exp(-b*t)" --format numpy --wrt a,b --name decay
    exprgrad export "mean((w*x-y)^2)" --format jax --columns x,y
    exprgrad export "w*x^2" --w 3 --format sql --name points | duckdb lab.db
    exprgrad export "x^2*sin(y)" --format latex --hessian

    A variable that is given a value becomes a number; the others are what the function takes. The source
    needs nothing else: it has the helpers that keep the digits of softplus, gelu and the like.
    """
    language = format or _language_of(output)
    numbers, lists = separate(values)
    if lists:
        raise UsageError(
            f"{next(iter(lists))} is a list: a function takes its columns", hint="name them with --columns"
        )
    model, inputs = bind_numbers(expression.lowered, numbers)
    text = export(
        model,
        {variable: inputs.numbers[variable] for variable in numbers},
        language,
        name=name,
        wrt=names_of(wrt, "--wrt"),
        columns=names_of(columns, "--columns"),
        hessian=hessian,
        main=main,
    )
    deliver(text, output)
    return ExitCode.DONE


def _language_of(target: str) -> str:
    """The language that the suffix of an output means. Raises UsageError where it means none."""
    if (found := of_file(target)) is not None:
        return found.name
    what = "there is no target language" if target == "-" else f"the name {visible(target)} tells no language"
    raise UsageError(what, hint=f"give --format with one of {', '.join(LANGUAGES)}")
