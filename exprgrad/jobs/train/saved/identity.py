"""What must be the same for a run to go on from a checkpoint, and how a difference is told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import inf
from typing import Any

from exprgrad.backends.engine import Engine
from exprgrad.data.checkpoints.document import differences, of_another
from exprgrad.jobs.train.problem import Problem
from exprgrad.jobs.train.settings import Settings
from exprgrad.notation.infix import write_program
from exprgrad.text.numbers import format_number

_SAME = {
    "expression": "another expression",
    "parameters": "other parameters",
    "bindings": "other values",
    "loss": "another loss",
    "settings": "other options",
    "data": "other data",
    "backend": "a run on another backend",
}
"""The entries that must be the same, and what a checkpoint is of where one is not."""
_ASKED = {"loss": ("--maximize", "--l2"), "backend": ("--backend",)}
"""The options, kept under "asked" as they were given, that may be why these entries are different."""
_FREE = {"epochs", "memory", "every"}
"""The settings that may change."""


def identity(problem: Problem, settings: Settings, engine: Engine, backend: str, data: str) -> dict[str, Any]:
    """The entries of a run on such a backend and data of such a fingerprint."""
    model = problem.model
    # The factor of the schedule cosine in an epoch depends on how many epochs there are.
    free = _FREE - {"epochs"} if settings.schedule.partition(",")[0] == "cosine" else _FREE
    return {
        "expression": write_program(model.graph, model.output, model.labels),
        "loss": write_program(problem.graph, problem.output, {}),
        "parameters": {
            name: format_number(start) + (f" in [{low!r}, {high!r}]" if low > -inf or high < inf else "")
            for name, start, (low, high) in zip(problem.names, problem.start, problem.bounds, strict=True)
        },
        "bindings": dict(sorted(problem.bindings.items())),
        "settings": {key: value for key, value in settings._asdict().items() if key not in free},
        "backend": backend,
        "data": data,
        "asked": {
            "--maximize": "given" if problem.sign < 0 else None,
            "--l2": problem.l2 or None,
            "--backend": engine.backend,
        },
    }


def check_same(file: str, found: Mapping[str, Any], own: Mapping[str, Any]) -> None:
    """Raise UsageError where the checkpoint in a file is one of another run, with what differs."""
    for key, what in _SAME.items():
        theirs, ours = found.get(key), own[key]
        if theirs == ours:
            continue
        more = hint = ""
        if key == "expression":
            more = f", {theirs}"
        elif isinstance(theirs, dict) and isinstance(ours, dict):
            more = differences(theirs, ours)
        elif options := _ASKED.get(key):
            before, now = (_only(run.get("asked", {}), options) for run in (found, own))
            more = differences(before, now)
            if key == "backend" and before == now:
                hint = "give the --epochs that it was begun with: how many there are chooses the backend"
        raise of_another(file, what, more, hint)


def _only(values: Mapping[str, Any], names: Sequence[str]) -> dict[str, Any]:
    return {name: values.get(name) for name in names}
