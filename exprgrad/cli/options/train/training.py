"""The options of `train` as data: how each is declared, and what it says of the problem, the settings or the files."""

from __future__ import annotations

from typing import Any, NamedTuple

import click

from exprgrad.cli.line.bindings import names_of, number, number_or_zero, optional_number
from exprgrad.cli.options.checkpoints import CHECKPOINT, RESUME, check_named
from exprgrad.cli.options.compute import BOUND, FIX, SEED, TOLERANCE
from exprgrad.cli.options.files import OutputFile
from exprgrad.cli.options.memory import MEMORY
from exprgrad.cli.options.option import COMPUTE, OUTPUT, Whole, row, take
from exprgrad.jobs.train.optimizers.choice import names
from exprgrad.jobs.train.optimizers.schedules import SCHEDULES
from exprgrad.jobs.train.problem import INITS


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


PARAMS = row(
    "--params",
    read=names_of,
    heading=COMPUTE,
    metavar="NAMES",
    otherwise="what `param` lines declare; over columns all others",
    help="What to train, as w1,w2.",
)
_PROBLEM = (
    PARAMS,
    FIX,
    BOUND,
    row("--init", heading=COMPUTE, type=click.Choice(INITS), help="Where parameters without a value start."),
    row("--maximize", heading=COMPUTE, is_flag=True, help="Look for the largest value instead of the smallest."),
    row(
        "--l2",
        read=number_or_zero,
        heading=COMPUTE,
        metavar="NUMBER",
        otherwise="0",
        help="Add so many halves of the sum of squared parameters to the loss.",
    ),
)
"""What is minimized, with respect to which parameters: keywords of `Expression.train`."""

_SETTINGS = (
    row("--epochs", heading=COMPUTE, type=Whole(), default=10, help="Passes to make."),
    row(
        "--lr",
        read=number,
        heading=COMPUTE,
        metavar="NUMBER",
        default="0.01",
        help="Learning rate: the size of a step, such as 1/10.",
    ),
    row(
        "--optimizer",
        heading=COMPUTE,
        default="sgd",
        metavar="NAME",
        help=f"{_either(names())}; settings after commas: momentum,momentum=0.95.",
    ),
    row(
        "--schedule",
        heading=COMPUTE,
        default="constant",
        metavar="NAME",
        help=f"Course of the learning rate: {_schedules()}.",
    ),
    row(
        "--warmup",
        heading=COMPUTE,
        type=Whole(),
        default=0,
        help="Epochs in which the learning rate rises first.",
    ),
    row(
        "--clip-norm",
        read=optional_number,
        heading=COMPUTE,
        metavar="NUMBER",
        help="Cut longer gradients to this length.",
    ),
    TOLERANCE._replace(read=optional_number),
    row("--patience", heading=COMPUTE, type=Whole(1), help="Stop after N epochs without such improvement."),
    row("--batch-size", heading=COMPUTE, type=Whole(1), otherwise="all", help="Rows of an update."),
    SEED,
    MEMORY,
    row("--every", heading=OUTPUT, type=Whole(1), default=1, help="Show every N-th epoch."),
    row(
        "--accumulate-gradients",
        heading=COMPUTE,
        is_flag=True,
        help="Keep adding gradients instead of resetting them.",
    ),
)
"""How it is minimized: fields of `jobs.train.settings.Settings`."""

_FILES = (
    row(
        "--history",
        heading=OUTPUT,
        type=OutputFile(),
        metavar="FILE",
        help="Write the epochs to .csv, .jsonl or .parquet, too.",
    ),
    CHECKPOINT,
    row(
        "--checkpoint-every",
        heading=OUTPUT,
        type=Whole(1),
        otherwise="every 5 seconds",
        help="Save it every N epochs.",
    ),
    RESUME,
)
"""What the run leaves on disk: fields of `Files`."""

train_options = take(*_PROBLEM, *_SETTINGS, *_FILES)
"""All of them; `TrainOptions.taken` takes their values."""


class Files(NamedTuple):
    """What the run leaves on disk."""

    history: str | None
    checkpoint: str | None
    checkpoint_every: int | None
    resume: bool

    def check(self) -> None:
        """Raise UsageError for an option that goes with a checkpoint where there is none."""
        check_named(self.checkpoint, {"--resume": self.resume, "--checkpoint-every": self.checkpoint_every})


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
