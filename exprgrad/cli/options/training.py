"""The options of `train`, and what they say."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar

import click

from exprgrad.cli.line.bindings import intervals, number
from exprgrad.cli.options.data import names_of
from exprgrad.cli.options.files import OutputFile
from exprgrad.cli.options.memory import memory_option

C = TypeVar("C", bound=Callable[..., Any])

_OPTIONS = (
    click.option("--params", metavar="NAMES", help="What to train, as w1,w2; by default what `param` lines declare."),
    click.option("--fix", multiple=True, metavar="NAMES", help="What to keep at its value."),
    click.option("--bound", "bounds", multiple=True, metavar="NAME=LOW:HIGH", help="Hold a parameter in an interval."),
    click.option(
        "--init",
        type=click.Choice(["zeros", "normal", "uniform"]),
        help="Where parameters without a value start.",
    ),
    click.option("--maximize", is_flag=True, help="Look for the largest value instead of the smallest."),
    click.option("--epochs", type=click.IntRange(min=0), default=10, show_default=True, help="Passes to make."),
    click.option("--lr", default="0.01", show_default=True, help="Learning rate: the size of a step, such as 1/10."),
    click.option(
        "--optimizer",
        default="sgd",
        show_default=True,
        metavar="NAME",
        help="sgd, momentum, nesterov, rmsprop, adagrad, adam, adamw or lbfgs; settings after commas:"
        " momentum,momentum=0.95.",
    ),
    click.option(
        "--schedule",
        default="constant",
        show_default=True,
        metavar="NAME",
        help="Course of the learning rate: constant, step,every=30,factor=0.1, exponential,factor=0.99 or"
        " cosine,floor=0.",
    ),
    click.option(
        "--warmup", type=click.IntRange(min=0), default=0, metavar="N", help="Epochs in which it rises first."
    ),
    click.option("--clip-norm", metavar="LENGTH", help="Cut longer gradients to this length."),
    click.option("--l2", metavar="WEIGHT", help="Add WEIGHT/2 times the sum of squared parameters to the loss."),
    click.option(
        "--tolerance", metavar="RATE", help="Stop when the loss improves by less than RATE of itself in an epoch."
    ),
    click.option(
        "--patience", type=click.IntRange(min=1), metavar="N", help="Stop after N epochs without such improvement."
    ),
    click.option("--batch-size", type=click.IntRange(min=1), metavar="ROWS", help="Rows of an update; all by default."),
    click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Of --init and the batches."),
    memory_option,
    click.option("--every", type=click.IntRange(min=1), default=1, show_default=True, help="Show every N-th epoch."),
    click.option("--accumulate-gradients", is_flag=True, help="Keep adding gradients instead of resetting them."),
    click.option(
        "--history", type=OutputFile(), metavar="FILE", help="Write the epochs to .csv, .jsonl or .parquet, too."
    ),
    click.option(
        "--checkpoint", type=OutputFile(".previous"), metavar="FILE", help="Save where training stands, to be resumed."
    ),
    click.option(
        "--checkpoint-every",
        type=click.IntRange(min=1),
        metavar="N",
        help="Save it every N epochs.  [default: every 5 seconds]",
    ),
    click.option("--resume", is_flag=True, help="Go on from the checkpoint, to the same bits as without a break."),
)


def train_options(command: C) -> C:
    """All of them."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


class TrainOptions(NamedTuple):
    """What the line says about training."""

    parameters: list[str]
    fixed: list[str]
    bounds: dict[str, tuple[float, float]]
    init: str | None
    maximize: bool
    l2: float
    settings: dict[str, Any]
    """See `jobs.train.settings.Settings`."""
    history: str | None
    checkpoint: str | None
    checkpoint_every: int | None
    resume: bool

    @property
    def epochs(self) -> int:
        epochs: int = self.settings["epochs"]
        return epochs

    @property
    def every(self) -> int:
        every: int = self.settings["every"]
        return every

    @classmethod
    def taken(cls, options: dict[str, Any]) -> TrainOptions:
        """Out of a command's options."""
        as_they_are = ("optimizer", "schedule", "warmup", "patience", "batch_size", "seed", "epochs", "every", "memory")
        settings = {key: options[key] for key in as_they_are}
        settings["learning_rate"] = number(options["lr"], "--lr")
        settings["clip_norm"] = _number(options["clip_norm"], "--clip-norm")
        settings["tolerance"] = _number(options["tolerance"], "--tolerance")
        settings["accumulate"] = options["accumulate_gradients"]
        return cls(
            parameters=names_of(options["params"], "--params"),
            fixed=[name for text in options["fix"] for name in names_of(text, "--fix")],
            bounds=intervals(options["bounds"]),
            init=options["init"],
            maximize=options["maximize"],
            l2=_number(options["l2"], "--l2") or 0.0,
            settings=settings,
            history=options["history"],
            checkpoint=options["checkpoint"],
            checkpoint_every=options["checkpoint_every"],
            resume=options["resume"],
        )


def _number(text: str | None, option: str) -> float | None:
    return None if text is None else number(text, option)
