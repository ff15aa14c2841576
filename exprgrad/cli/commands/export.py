"""`exprgrad export`: an expression with its derivatives as source in another language."""

from __future__ import annotations

import click

from exprgrad.arguments import separate
from exprgrad.binding import bind_numbers
from exprgrad.cli.line.bindings import Binding, names_of
from exprgrad.cli.line.command import expression_command
from exprgrad.cli.options.files import OutputFile
from exprgrad.cli.output import deliver
from exprgrad.errors import ExitCode, UsageError
from exprgrad.expression import Expression
from exprgrad.jobs.export.export import export
from exprgrad.jobs.export.languages import LANGUAGES, find, of_file


class _LanguageName(click.Choice[str]):
    """The name of a language; a synonym of it is taken, too."""

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        language = find(value)
        return language.name if language else super().convert(value, param, ctx)


@expression_command("export", shown=False)
@click.option(
    "--to",
    "language",
    type=_LanguageName(list(LANGUAGES)),
    metavar="LANGUAGE",
    help=f"{', '.join(LANGUAGES)}; by default what the suffix of FILE says.",
)
@click.option(
    "-o", "--output", "target", type=OutputFile(), default="-", metavar="FILE", help="Where to; - is standard output."
)
@click.option("--name", metavar="NAME", help="The function's name, f by default; in SQL the table's, data by default.")
@click.option("--wrt", metavar="NAMES", help="Derivatives with respect to these alone, as x,w.")
@click.option("--columns", "columns", metavar="NAMES", help="Variables that are columns, which reductions fold.")
@click.option("--hessian", is_flag=True, help="The second derivatives, too.")
@click.option("--main", is_flag=True, help="With a main program that takes the variables from its command line (c).")
def command(
    expression: Expression,
    values: dict[str, Binding],
    *,
    language: str | None,
    target: str,
    name: str | None,
    wrt: str | None,
    columns: str | None,
    hessian: bool,
    main: bool,
    quiet: bool,
) -> int:
    """Source of a function that returns value and gradient.

    \b
    exprgrad export "a*exp(-b*t)" --to c --main -o decay.c && cc -std=c99 decay.c -lm -o decay
    exprgrad export "gelu(w*x)" --to javascript -o gelu.mjs
    exprgrad export "a*exp(-b*t)" --to numpy --wrt a,b --name decay
    exprgrad export "mean((w*x-y)^2)" --to jax --columns x,y
    exprgrad export "w*x^2" --w 3 --to sql --name points | duckdb lab.db
    exprgrad export "x^2*sin(y)" --to latex --hessian

    A variable that is given a value becomes a number; the others are what the function takes. The source
    needs nothing else: it has the helpers that keep the digits of softplus, gelu and the like.
    """
    if language is None:
        language = _language_of(target)
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
    deliver(text, target)
    return ExitCode.DONE


def _language_of(target: str) -> str:
    """The language that the suffix of an output means. Raises UsageError where it means none, or several."""
    found = of_file(target)
    if len(found) == 1:
        return found[0].name
    names = [language.name for language in found] or LANGUAGES
    raise UsageError("there is no target language", hint=f"give --to with one of {', '.join(names)}")
