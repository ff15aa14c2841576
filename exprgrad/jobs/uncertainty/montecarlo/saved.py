"""The checkpoints of trials. They are written once the trials are counted in bins: those before are made again as fast
as they are read."""

from __future__ import annotations

import zlib
from base64 import b64decode, b64encode
from binascii import Error
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from exprgrad.data.checkpoints.document import (
    Form,
    damaged,
    differences,
    is_count,
    is_number,
    is_text,
    number,
    of_another,
)
from exprgrad.data.checkpoints.file import CheckpointFile
from exprgrad.jobs.uncertainty.montecarlo.counts import BINS, Counts
from exprgrad.jobs.uncertainty.montecarlo.moments import Moments
from exprgrad.notation.infix import write_program

if TYPE_CHECKING:
    from exprgrad.jobs.uncertainty.montecarlo.spans import Question

FORM = Form(
    run={
        "results": {None: is_text},
        "inputs": {None: is_text},
        "correlations": {None: is_number},
        "settings": {None: is_text},
    },
    state={
        "trials": is_count,
        "needed": is_count,
        "means": [is_number],
        "products": [[is_number]],
        "samples": [
            {"low": is_number, "width": is_number, "least": is_number, "largest": is_number, "counts": is_text}
        ],
    },
)
_WHAT = {
    "results": "another expression",
    "inputs": "other inputs",
    "correlations": "other correlations",
    "settings": "other options",
}
"""What a checkpoint is of where an entry of the run is another."""


class Saved(NamedTuple):
    """What a checkpoint keeps."""

    moments: Moments
    needed: int
    """Trials that the digits take; 0 where that was not asked for."""
    counts: list[Counts]
    """Of each result."""


def identity(question: Question, coverage: float, auto: str) -> dict[str, Any]:
    """What must be the same for trials to go on. `auto` says by what the number of trials is found, if it is."""
    graph = question.graph
    exact = {name: repr(value) for name, value in question.numbers.items() if name not in question.drawn}
    drawn = {name: each.text for name, each in question.drawn.items()}
    return {
        "results": {name: write_program(graph, node, {}) for name, node in question.outputs.items()},
        "inputs": exact | drawn,
        "correlations": {f"{a},{b}": r for (a, b), r in sorted(question.correlations.items())},
        "settings": {"--seed": str(question.seed), "--coverage": repr(coverage), "--montecarlo auto": auto},
    }


class Checkpoints(CheckpointFile):
    """The checkpoints of one run of trials."""

    form = FORM

    def check_same(self, found: Mapping[str, Any], own: Mapping[str, Any]) -> None:
        """See `CheckpointFile.check_same`."""
        for key, what in _WHAT.items():
            if found[key] != own[key]:
                raise of_another(self.file, what, differences(found[key], own[key]))

    def last(self, identity: dict[str, Any]) -> Saved | None:
        """The state to resume from, if there is one. Raises as `begin`."""
        state = self.begin(identity)
        if state is None:
            return None
        means, products = ([*map(number, state["means"])], [[*map(number, row)] for row in state["products"]])
        size = len(identity["results"])
        counts = [self._counts(each) for each in state["samples"]]
        lengths = [len(means), len(products), len(counts), *map(len, products)]
        if any(length != size for length in lengths) or any(int(c.counts.sum()) != state["trials"] for c in counts):
            raise damaged(self.file, "it has not as many numbers as this run")
        return Saved(Moments(state["trials"], np.array(means), np.array(products)), state["needed"], counts)

    def save(self, saved: Saved) -> None:
        """Write a checkpoint. Raises as `write`."""
        samples = [
            {
                "low": each.low,
                "width": each.width,
                "least": each.least,
                "largest": each.largest,
                "counts": b64encode(zlib.compress(each.counts.astype("<i8").tobytes(), 1)).decode(),
            }
            for each in saved.counts
        ]
        moments = saved.moments
        means, products = moments.means.tolist(), moments.products.tolist()
        state = {"trials": moments.trials, "needed": saved.needed, "means": means, "products": products}
        self.write({**state, "samples": samples})

    def _counts(self, document: Mapping[str, Any]) -> Counts:
        """The counts of a result. Raises DataError for bytes that are none."""
        found = Counts(number(document["low"]), number(document["width"]))
        found.least, found.largest = number(document["least"]), number(document["largest"])
        size = 8 * (BINS + 2)
        try:
            packed = zlib.decompressobj()
            data = packed.decompress(b64decode(document["counts"], validate=True), size + 1)
        except (zlib.error, Error, ValueError):
            data = b""
        if len(data) != size:
            raise damaged(self.file, "its counts are not what they should be")
        found.counts = np.frombuffer(data, dtype="<i8").astype(np.int64)
        return found
