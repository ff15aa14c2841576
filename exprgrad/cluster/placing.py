"""Which worker does what: neighbouring parts together, equal work for each, and as few moves as possible."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from exprgrad.functions.numerics.ieee import plain_sum


def spread(weights: Sequence[float], places: int) -> list[int]:
    """The place of each part, from 0 to before `places`, so that all places have about the same weight."""
    total = plain_sum(weights) or 1.0
    found, before = [], 0.0
    for weight in weights:
        found.append(min(int((before + weight / 2) / total * places), places - 1))
        before += weight
    return found


def replaced(slots: Sequence[str], workers: Mapping[str, int]) -> list[str]:
    """A slot for each thread of each worker. Known workers keep their slots, new ones take the slots of lost ones."""
    wanted = {worker: threads for worker, threads in workers.items() if worker not in slots}
    fresh = [worker for worker, threads in wanted.items() for _ in range(threads)]
    kept = []
    for slot in slots:
        if slot in workers:
            kept.append(slot)
        elif fresh:
            kept.append(fresh.pop(0))
    return kept + fresh
