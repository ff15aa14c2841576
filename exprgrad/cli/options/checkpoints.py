"""The options of runs that save where they stand, and go on from there."""

from __future__ import annotations

from collections.abc import Mapping

from exprgrad.cli.options.files import OutputFile
from exprgrad.cli.options.option import COMPUTE, OUTPUT, row
from exprgrad.errors import UsageError

CHECKPOINT = row(
    "--checkpoint",
    heading=OUTPUT,
    type=OutputFile(".previous"),
    metavar="FILE",
    help="Save where the run stands, to be resumed.",
)
RESUME = row(
    "--resume",
    heading=COMPUTE,
    is_flag=True,
    help="Go on from the checkpoint, to the same bits as without a break.",
)


def check_named(checkpoint: str | None, others: Mapping[str, object]) -> None:
    """Raises UsageError for one of the other options that is given where no checkpoint is named."""
    for option, value in others.items():
        if value and checkpoint is None:
            raise UsageError(f"{option} needs a checkpoint", hint="name its file: --checkpoint FILE")
