"""Options that say what is computed, of several commands: each is declared here once, and means one thing."""

from __future__ import annotations

import click

from exprgrad.cli.line.bindings import intervals, names_of, number
from exprgrad.cli.options.option import COMPUTE, DATA, Row, Whole, row

WRT = row(
    "--wrt",
    heading=COMPUTE,
    metavar="NAMES",
    help="Give the derivatives with respect to these variables alone, as x,y.",
)
ORDER = row(
    "--order",
    heading=COMPUTE,
    type=Whole(1),
    help="Give the derivatives of this order: 2 for the second ones.",
)
HESSIAN = row(
    "--hessian",
    heading=COMPUTE,
    is_flag=True,
    help="Give the second derivatives with respect to each pair of variables.",
)


def _all_names(texts: tuple[str, ...], flag: str) -> list[str]:
    return list(dict.fromkeys(name for text in texts for name in names_of(text, flag)))


FIX = row(
    "--fix",
    read=_all_names,
    heading=COMPUTE,
    multiple=True,
    metavar="NAMES",
    help="Keep these parameters at their values.",
)
BOUND = row(
    "--bound",
    read=intervals,
    heading=COMPUTE,
    multiple=True,
    metavar="NAME=LOW:HIGH",
    help="Hold a parameter in an interval.",
)
TOLERANCE = row(
    "--tolerance",
    heading=COMPUTE,
    metavar="NUMBER",
    help="Stop where a step changes less than this fraction: in train of the loss, in fit of the parameters; "
    "in sensitivity where intervals are ± this.",
)
CONFIDENCE = row("--confidence", heading=COMPUTE, metavar="NUMBER", help="Of the intervals.")


def _coverage(text: str, flag: str) -> float:
    """A probability, as 0.95 or 95%."""
    plain = text.strip()
    return number(plain[:-1], flag) / 100 if plain.endswith("%") else number(text, flag)


COVERAGE = row(
    "--coverage",
    read=_coverage,
    heading=COMPUTE,
    metavar="NUMBER",
    default="0.95",
    help="The probability of the coverage interval, as 0.95 or 95%.",
)
SECOND_ORDER = row(
    "--second-order",
    heading=COMPUTE,
    is_flag=True,
    help="Add what is of second order: terms for results that are not linear; in sensitivity, indices of pairs.",
)
METHOD = row(
    "--method",
    heading=COMPUTE,
    help="How it is computed: in fit on all parameters, or on those that do not enter linearly (varpro); "
    "in sensitivity which measures.",
)
"""Each command says which methods it has."""


def methods(*names: str) -> Row:
    """The option --method of a command that has these methods, the first by default."""
    return METHOD._replace(how={**METHOD.how, "type": click.Choice(names), "default": names[0]})


N = row(
    "--n",
    heading=COMPUTE,
    type=Whole(1),
    metavar="N",
    help="How many rows the designs latin and sobol make; in sensitivity how many points, a power of two, or auto for "
    "as many as the intervals take.",
)
SEED = row(
    "--seed",
    heading=COMPUTE,
    type=Whole(),
    default=0,
    help="Of what is drawn: of --init and the minibatches in train, of the resamples in fit, of trials, points and "
    "designs.",
)
THREADS = row(
    "--threads", heading=DATA, type=Whole(1, 1024), otherwise="all", help="Threads for columns, trials and points."
)
NAME = row(
    "--name",
    heading=COMPUTE,
    metavar="NAME",
    help="What the result is called: the column that map adds, the function that export writes, in SQL its table.",
)
COLUMNS = row(
    "--columns", heading=DATA, metavar="NAMES", help="Variables that are columns, which reductions fold, as x,y."
)
