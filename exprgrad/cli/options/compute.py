"""Options that say what is computed, of several commands: each is declared here once, and means one thing."""

from __future__ import annotations

from exprgrad.cli.line.bindings import intervals, names_of
from exprgrad.cli.options.option import COMPUTE, DATA, Whole, row

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
    help="Stop where a step changes less than this fraction: in train of the loss, in fit of the parameters.",
)
CONFIDENCE = row("--confidence", heading=COMPUTE, metavar="NUMBER", help="Of the intervals.")
SEED = row(
    "--seed",
    heading=COMPUTE,
    type=Whole(),
    default=0,
    help="Of what is drawn: of --init and the minibatches in train, of the resamples in fit, of trials and designs.",
)
THREADS = row(
    "--threads", heading=DATA, type=Whole(1, 1024), otherwise="all", help="Threads for columns, and for trials."
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
