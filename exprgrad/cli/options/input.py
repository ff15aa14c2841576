"""The options of every command on an expression: where it is, and what its variables are bound to."""

from __future__ import annotations

from exprgrad.cli.options.files import InputFile
from exprgrad.cli.options.option import INPUT, row

PROGRAM = row(
    "-f",
    "--file",
    heading=INPUT,
    type=InputFile(),
    metavar="FILE",
    help="Read the expression from a file; - is standard input.",
)
SET = row(
    "-s",
    "--set",
    field="settings",
    heading=INPUT,
    multiple=True,
    metavar="NAME=VALUE",
    help="Bind a variable, also one that is named like an option.",
)
BIND = row(
    "--bind",
    heading=INPUT,
    type=InputFile(),
    multiple=True,
    metavar="FILE",
    help="Bind variables from a JSON or TOML file, or from the JSON of eval, train or fit.",
)
VARIABLE = "Every variable of the expression is an option; VALUE is {}."
"""What the help says of them."""
