"""Pieces that stay on workers: what is lost is asked again, and what is not gives the same answer again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import pytest

from exprgrad.cluster.connection import LostError
from exprgrad.cluster.errands import same_errand
from exprgrad.cluster.kept import Holder, Kept
from exprgrad.cluster.versions import versions
from exprgrad.errors import ClusterError


class Counting(NamedTuple):
    """Answers that depend on all questions so far."""

    def begun(self, source: Any) -> Callable[[int], Callable[[int], tuple[int, ...]]]:
        def begin(piece: int) -> Callable[[int], tuple[int, ...]]:
            heard = [piece]

            def ask(question: int) -> tuple[int, ...]:
                heard.append(question)
                return tuple(heard)

            return ask

        return begin


class Workers:
    """What `Kept` needs of a connection. Holders are lost as soon as they have been asked a question that is deadly for
    them."""

    def __init__(self, deadly: set[tuple[int, int]], *, forever: bool = False) -> None:
        """`deadly` has a piece and a question."""
        self.versions, self.deadly, self.forever = versions(), deadly, forever
        self.lost: set[int] = set()
        self.holders: list[Holder] = []

    def submit(self, function: Callable[..., Any], *arguments: Any, **where: Any) -> Any:
        if function is same_errand:
            return arguments[0]
        self.holders.append(function(*arguments))
        return self.holders[-1], arguments[1]

    def slots(self) -> list[str]:
        return ["a", "b"]

    def settled(self, promises: Sequence[Any]) -> Sequence[Any]:
        return promises

    def is_lost(self, holder: tuple[Holder, int]) -> bool:
        return id(holder[0]) in self.lost

    def asked(self, actors: Sequence[Any], method: str, arguments: Any, stay: Sequence[Any]) -> list[Any]:
        found = []
        for holder, piece in actors:
            found.append(getattr(holder, method)(*arguments))
            if (piece, arguments[1]) in self.deadly:
                self.lost.add(id(holder))
                self.deadly -= set() if self.forever else {(piece, arguments[1])}
        if self.lost & {id(holder) for holder, _ in stay}:
            raise LostError
        return found

    def killed(self, times: int) -> ClusterError:
        return ClusterError(f"{times} workers died")


@pytest.mark.parametrize("deadly", [set(), {(0, 7)}, {(1, 9), (0, 9)}, {(0, 7), (1, 8), (2, 9)}])
def test_answers_do_not_depend_on_who_is_lost(deadly: set[tuple[int, int]]) -> None:
    left = set(deadly)
    kept = Kept(Workers(left), Counting(), [0, 1, 2], [1.0, 1.0, 1.0])  # type: ignore[arg-type]
    for k, question in enumerate((7, 8, 9)):
        assert kept.ask(question) == [(piece, 7, 8, 9)[: k + 2] for piece in (0, 1, 2)]
    assert not left


def test_a_piece_that_kills_its_workers_is_given_up() -> None:
    kept = Kept(Workers({(0, 7)}, forever=True), Counting(), [0], [1.0])  # type: ignore[arg-type]
    with pytest.raises(ClusterError, match="4 workers died"):
        kept.ask(7)
