"""The keywords of `exprgrad.train`, for type checkers: a wrong one is an error before anything runs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, TypedDict

from exprgrad.backends.engine import Engine
from exprgrad.columns.rows import RowSource
from exprgrad.data.choices import Reading
from exprgrad.jobs.train.saved.checkpoints import Checkpoints
from exprgrad.observer import Observer

if TYPE_CHECKING:
    from exprgrad.data.read import Table


class TrainingSettings(TypedDict, total=False):
    """The fields of `jobs.train.settings.Settings`, each of which may be left out."""

    epochs: int
    lr: float
    optimizer: str
    schedule: str
    warmup: int
    clip_norm: float | None
    accumulate_gradients: bool
    tolerance: float | None
    patience: int | None
    batch_size: int | None
    seed: int
    memory: int | None
    every: int


class TrainingOptions(TrainingSettings, Reading, total=False):
    """These, what `Expression.train` takes beside them, and what says how files are read."""

    fix: Iterable[str]
    bound: Mapping[str, tuple[float, float]]
    init: str | None
    maximize: bool
    l2: float
    data: RowSource | Table | None
    column: Mapping[str, str | int]
    engine: Engine | None
    threads: int | None
    backend: str
    checkpoints: Checkpoints | None
    observer: Observer
