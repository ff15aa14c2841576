"""The driver of the prebuilt LALR tables."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from exprgrad.syntax import tables
from exprgrad.syntax.tokens import Token


class Rule(NamedTuple):
    """`origin` made of `symbols`; one that only passes a value on has no callback."""

    origin: str
    alias: str | None
    symbols: list[str]


class UnexpectedError(Exception):
    """A token that fits nowhere."""

    def __init__(self, token: Token) -> None:
        self.token = token


def drive(tokens: Iterable[Token], callbacks: list[Callable[[list[Any]], Any] | None]) -> None:
    """Run the tables over the tokens: at each reduction the rule's callback gets the values of its symbols.

    Most reductions are of rules such as `product: signed`, which pass one value on, up to ten in a row. Where a
    row of them ends depends on the state below, the state and the token alone, and is looked up.
    """
    rows, end = tables.STATES, tables.END
    reductions = [(len(symbols), origin) for origin, _, symbols in tables.RULES]
    states, values = [tables.START], list[Any]()
    ends: dict[tuple[int, int, str], int] = {}
    for token in tokens:
        kind = token.type
        while True:
            state = states[-1]
            go = rows[state].get(kind)
            if go is None:
                raise UnexpectedError(token)
            if go >= 0:
                states.append(go)
                values.append(token)
                break
            size, origin = reductions[~go]
            callback = callbacks[~go]
            if callback is None:
                below = states[-2]
                key = below, state, kind
                final = ends.get(key)
                if final is None:
                    final = state
                    while (go := rows[final].get(kind, 0)) < 0 and callbacks[~go] is None:
                        final = rows[below][reductions[~go][1]]
                    ends[key] = final
                states[-1] = final
                continue
            first = len(values) - size
            children = values[first:]
            del values[first:], states[first + 1 :]
            values.append(callback(children))
            states.append(rows[states[-1]][origin])
            if kind == "$END" and states[-1] == end:
                return
