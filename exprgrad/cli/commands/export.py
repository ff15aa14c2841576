"""`exprgrad export`: an expression with its derivatives as source in another language."""

from __future__ import annotations

import click

from exprgrad.arguments import separate
from exprgrad.cli.line.bindings import Binding
from exprgrad.cli.line.command import expression_command
from exprgrad.cli.options.data import names_of
from exprgrad.cli.options.files import OutputFile
from exprgrad.cli.output import deliver
from exprgrad.errors import ExitCode, UsageError
from exprgrad.expression import Expression
from exprgrad.jobs.export.targets import TARGETS, export


@expression_command("export", record=False)
@click.option("--to", "language", type=click.Choice(list(TARGETS)), metavar="LANGUAGE", help=f"{', '.join(TARGETS)}.")
@click.option(
    "-o", "--output", "target", type=OutputFile(), default="-", metavar="FILE", help="Where to; - is standard output."
)
@click.option("--name", metavar="NAME", help="The function's name, f by default; in SQL the table's, data by default.")
@click.option("--wrt", metavar="NAMES", help="Derivatives with respect to these alone, as x,w.")
@click.option("--columns", "columns", metavar="NAMES", help="Variables that are columns, which reductions fold.")
@click.option("--hessian", is_flag=True, help="The second derivatives, too.")
@click.option("--main", is_flag=True, help="With a main program that takes the variables from its line (c).")
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

    A variable that is given a value becomes a number; the others are what the function takes. Nothing else is
    needed to use the source: helpers that keep the digits of softplus, gelu and the like stand in it.
    """
    if language is None:
        raise UsageError("it is not said to which language", hint=f"give --to with one of {', '.join(TARGETS)}")
    if main and language != "c":
        raise UsageError(f"--main is for c: {language} has no program of its own")
    numbers, lists = separate(values)
    if lists:
        raise UsageError(
            f"{next(iter(lists))} is a list: a function takes its columns", hint="name them with --columns"
        )
    model, _ = expression.bind(numbers)
    text = export(
        model,
        {variable: float(value) for variable, value in numbers.items()},
        language,
        name=name,
        wrt=names_of(wrt, "--wrt"),
        columns=names_of(columns, "--columns"),
        hessian=hessian,
        main=main,
    )
    deliver(text, target)
    return ExitCode.DONE
