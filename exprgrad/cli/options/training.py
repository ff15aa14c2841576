"""The options of `train` as data: how each is declared, and what it says of the problem, the settings or the files."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar

import click

from exprgrad.cli.line.bindings import names_of, number, optional_number
from exprgrad.cli.options.files import OutputFile
from exprgrad.cli.options.memory import MEMORY
from exprgrad.cli.options.rows import BOUND, FIX, declare, row
from exprgrad.errors import UsageError
from exprgrad.jobs.train.optimizers.choice import names
from exprgrad.jobs.train.optimizers.schedules import SCHEDULES
from exprgrad.jobs.train.problem import INITS

C = TypeVar("C", bound=Callable[..., Any])


def _or_zero(text: str | None, flag: str) -> float:
    return 0.0 if text is None else number(text, flag)


def _either(words: list[str]) -> str:
    """Words as an English list: a, b or c."""
    return f"{', '.join(words[:-1])} or {words[-1]}"


def _schedules() -> str:
    """The schedules with their settings, as they are written."""
    return _either(
        [
            ",".join([name, *(f"{key}={value:g}" for key, value in row.settings.items())])
            for name, row in SCHEDULES.items()
        ]
    )


_COUNT, _POSITIVE = click.IntRange(min=0), click.IntRange(min=1)

PARAMS = row(
    "--params",
    "parameters",
    names_of,
    metavar="NAMES",
    help="What to train, as w1,w2; by default what `param` lines declare.",
)
_PROBLEM = (
    PARAMS,
    FIX,
    BOUND,
    row("--init", type=click.Choice(INITS), help="Where parameters without a value start."),
    row("--maximize", is_flag=True, help="Look for the largest value instead of the smallest."),
    row(
        "--l2",
        read=_or_zero,
        metavar="WEIGHT",
        help="Add WEIGHT/2 times the sum of squared parameters to the loss.",
    ),
)
"""What is minimized, with respect to which parameters: keywords of `Expression.train`."""

_SETTINGS = (
    row("--epochs", type=_COUNT, default=10, show_default=True, help="Passes to make."),
    row(
        "--lr",
        "learning_rate",
        number,
        default="0.01",
        show_default=True,
        help="Learning rate: the size of a step, such as 1/10.",
    ),
    row(
        "--optimizer",
        default="sgd",
        show_default=True,
        metavar="NAME",
        help=f"{_either(names())}; settings after commas: momentum,momentum=0.95.",
    ),
    row(
        "--schedule",
        default="constant",
        show_default=True,
        metavar="NAME",
        help=f"Course of the learning rate: {_schedules()}.",
    ),
    row("--warmup", type=_COUNT, default=0, metavar="N", help="Epochs in which the learning rate rises first."),
    row("--clip-norm", read=optional_number, metavar="LENGTH", help="Cut longer gradients to this length."),
    row(
        "--tolerance",
        read=optional_number,
        metavar="RATE",
        help="Stop when the loss improves by less than RATE of itself in an epoch.",
    ),
    row("--patience", type=_POSITIVE, metavar="N", help="Stop after N epochs without such improvement."),
    row("--batch-size", type=_POSITIVE, metavar="ROWS", help="Rows of an update; all by default."),
    row("--seed", type=_COUNT, default=0, show_default=True, help="Of --init and the minibatches."),
    MEMORY,
    row("--every", type=_POSITIVE, default=1, show_default=True, help="Show every N-th epoch."),
    row(
        "--accumulate-gradients",
        "accumulate",
        is_flag=True,
        help="Keep adding gradients instead of resetting them.",
    ),
)
"""How it is minimized: fields of `jobs.train.settings.Settings`."""

_FILES = (
    row("--history", type=OutputFile(), metavar="FILE", help="Write the epochs to .csv, .jsonl or .parquet, too."),
    row(
        "--checkpoint",
        type=OutputFile(".previous"),
        metavar="FILE",
        help="Save where training stands, to be resumed.",
    ),
    row(
        "--checkpoint-every",
        type=_POSITIVE,
        metavar="N",
        help="Save it every N epochs.  [default: every 5 seconds]",
    ),
    row("--resume", is_flag=True, help="Go on from the checkpoint, to the same bits as without a break."),
)
"""What the run leaves on disk: fields of `Files`."""


def train_options(command: C) -> C:
    """All of them; `TrainOptions.taken` takes their values."""
    return declare((*_PROBLEM, *_SETTINGS, *_FILES), command)


class Files(NamedTuple):
    """What the run leaves on disk."""

    history: str | None
    checkpoint: str | None
    checkpoint_every: int | None
    resume: bool

    def check(self) -> None:
        """Raise UsageError for an option that goes with a checkpoint where there is none."""
        if self.checkpoint is None and (self.resume or self.checkpoint_every):
            option = "--resume" if self.resume else "--checkpoint-every"
            raise UsageError(f"{option} needs a checkpoint", hint="name its file: --checkpoint FILE")


class TrainOptions(NamedTuple):
    """What the command line says about training."""

    problem: dict[str, Any]
    settings: dict[str, Any]
    files: Files

    @property
    def epochs(self) -> int:
        """How many epochs there are to be."""
        epochs: int = self.settings["epochs"]
        return epochs

    @property
    def every(self) -> int:
        """Every so many epochs one is shown."""
        every: int = self.settings["every"]
        return every

    @property
    def named(self) -> set[str]:
        """The variables of which options say what they are."""
        return {name for each in (PARAMS, FIX, BOUND) for name in self.problem[each.field]}

    def for_one_number(self) -> TrainOptions:
        """The same, where only the last epoch is shown."""
        return self._replace(settings={**self.settings, "every": max(self.every, self.epochs)})

    @classmethod
    def taken(cls, options: dict[str, Any]) -> TrainOptions:
        """Taken out of a command's options. Raises UsageError for what makes no sense."""
        problem, settings, files = (
            {each.field: each.take(options) for each in rows} for rows in (_PROBLEM, _SETTINGS, _FILES)
        )
        return cls(problem, settings, Files(**files))
