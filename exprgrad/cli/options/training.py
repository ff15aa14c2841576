"""The options of `train` as data: how each is written, and which setting of training it is."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum, auto
from functools import partial
from typing import Any, NamedTuple, TypeVar

import click

from exprgrad.cli.line.bindings import intervals, names_of, number
from exprgrad.cli.options.files import OutputFile
from exprgrad.cli.options.memory import memory_option
from exprgrad.errors import UsageError
from exprgrad.jobs.train.optimizers.choice import names
from exprgrad.jobs.train.optimizers.schedules import SCHEDULES
from exprgrad.jobs.train.problem import INITS

C = TypeVar("C", bound=Callable[..., Any])


class Group(Enum):
    """What an option says something of."""

    PROBLEM = auto()
    """What is minimized, with respect to which parameters: keywords of `Expression.train`."""
    SETTINGS = auto()
    """How it is minimized: fields of `jobs.train.settings.Settings`."""
    FILES = auto()
    """What the run leaves on disk: fields of `Files`."""


class Row(NamedTuple):
    """An option, and the field of its group that it gives."""

    option: Callable[[Any], Any]
    """What makes it an option of a command, which is given its value as a keyword called `field`."""
    group: Group
    field: str
    read: Callable[[Any], Any] | None = None
    """Makes the field of the option's value; None where it is the value."""


def _row(flag: str, group: Group, field: str = "", read: Callable[[Any, str], Any] | None = None, **how: Any) -> Row:
    """A row. The field is called as the option, unless said; `read` takes the option's value and its flag."""
    field = field or flag.removeprefix("--").replace("-", "_")
    return Row(click.option(flag, field, **how), group, field, None if read is None else partial(_read, read, flag))


def _read(read: Callable[[Any, str], Any], flag: str, value: Any) -> Any:
    return read(value, flag)


def _optional(text: str | None, flag: str) -> float | None:
    return None if text is None else number(text, flag)


def _or_zero(text: str | None, flag: str) -> float:
    return 0.0 if text is None else number(text, flag)


def _all_names(texts: tuple[str, ...], flag: str) -> list[str]:
    return [name for text in texts for name in names_of(text, flag)]


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

_ROWS = (
    _row(
        "--params",
        Group.PROBLEM,
        "parameters",
        names_of,
        metavar="NAMES",
        help="What to train, as w1,w2; by default what `param` lines declare.",
    ),
    _row(
        "--fix", Group.PROBLEM, "fixed", _all_names, multiple=True, metavar="NAMES", help="What to keep at its value."
    ),
    _row(
        "--bound",
        Group.PROBLEM,
        "bounds",
        intervals,
        multiple=True,
        metavar="NAME=LOW:HIGH",
        help="Hold a parameter in an interval.",
    ),
    _row("--init", Group.PROBLEM, type=click.Choice(INITS), help="Where parameters without a value start."),
    _row("--maximize", Group.PROBLEM, is_flag=True, help="Look for the largest value instead of the smallest."),
    _row("--epochs", Group.SETTINGS, type=_COUNT, default=10, show_default=True, help="Passes to make."),
    _row(
        "--lr",
        Group.SETTINGS,
        "learning_rate",
        number,
        default="0.01",
        show_default=True,
        help="Learning rate: the size of a step, such as 1/10.",
    ),
    _row(
        "--optimizer",
        Group.SETTINGS,
        default="sgd",
        show_default=True,
        metavar="NAME",
        help=f"{_either(names())}; settings after commas: momentum,momentum=0.95.",
    ),
    _row(
        "--schedule",
        Group.SETTINGS,
        default="constant",
        show_default=True,
        metavar="NAME",
        help=f"Course of the learning rate: {_schedules()}.",
    ),
    _row("--warmup", Group.SETTINGS, type=_COUNT, default=0, metavar="N", help="Epochs in which it rises first."),
    _row("--clip-norm", Group.SETTINGS, "", _optional, metavar="LENGTH", help="Cut longer gradients to this length."),
    _row(
        "--l2",
        Group.PROBLEM,
        "",
        _or_zero,
        metavar="WEIGHT",
        help="Add WEIGHT/2 times the sum of squared parameters to the loss.",
    ),
    _row(
        "--tolerance",
        Group.SETTINGS,
        "",
        _optional,
        metavar="RATE",
        help="Stop when the loss improves by less than RATE of itself in an epoch.",
    ),
    _row(
        "--patience", Group.SETTINGS, type=_POSITIVE, metavar="N", help="Stop after N epochs without such improvement."
    ),
    _row("--batch-size", Group.SETTINGS, type=_POSITIVE, metavar="ROWS", help="Rows of an update; all by default."),
    _row("--seed", Group.SETTINGS, type=_COUNT, default=0, show_default=True, help="Of --init and the minibatches."),
    Row(memory_option, Group.SETTINGS, "memory"),
    _row("--every", Group.SETTINGS, type=_POSITIVE, default=1, show_default=True, help="Show every N-th epoch."),
    _row(
        "--accumulate-gradients",
        Group.SETTINGS,
        "accumulate",
        is_flag=True,
        help="Keep adding gradients instead of resetting them.",
    ),
    _row(
        "--history",
        Group.FILES,
        type=OutputFile(),
        metavar="FILE",
        help="Write the epochs to .csv, .jsonl or .parquet, too.",
    ),
    _row(
        "--checkpoint",
        Group.FILES,
        type=OutputFile(".previous"),
        metavar="FILE",
        help="Save where training stands, to be resumed.",
    ),
    _row(
        "--checkpoint-every",
        Group.FILES,
        type=_POSITIVE,
        metavar="N",
        help="Save it every N epochs.  [default: every 5 seconds]",
    ),
    _row(
        "--resume",
        Group.FILES,
        is_flag=True,
        help="Go on from the checkpoint, to the same bits as without a break.",
    ),
)


def train_options(command: C) -> C:
    """All of them; `TrainOptions.taken` takes their values."""
    for row in reversed(_ROWS):
        command = row.option(command)
    return command


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
    """What the line says about training."""

    problem: dict[str, Any]
    settings: dict[str, Any]
    files: Files

    @property
    def epochs(self) -> int:
        """How many there are to be."""
        epochs: int = self.settings["epochs"]
        return epochs

    @property
    def every(self) -> int:
        """Every so many epochs one is shown."""
        every: int = self.settings["every"]
        return every

    def for_one_number(self) -> TrainOptions:
        """The same where no epoch but the last is shown."""
        return self._replace(settings={**self.settings, "every": max(self.every, self.epochs)})

    @classmethod
    def taken(cls, options: dict[str, Any]) -> TrainOptions:
        """Out of a command's options. Raises UsageError for what makes no sense."""
        groups: dict[Group, dict[str, Any]] = {group: {} for group in Group}
        for row in _ROWS:
            value = options.pop(row.field)
            groups[row.group][row.field] = value if row.read is None else row.read(value)
        return cls(groups[Group.PROBLEM], groups[Group.SETTINGS], Files(**groups[Group.FILES]))
