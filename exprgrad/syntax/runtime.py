"""Lark's lexer and a driver of prebuilt LALR tables: the only import of lark that the command makes."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable
from functools import cache
from types import ModuleType
from typing import Any, NamedTuple

from exprgrad.syntax import tables


def _import_runtime() -> tuple[ModuleType, ...]:
    """Import Lark's lexer but not the grammar builder.

    `lark/__init__.py` imports all of Lark, which takes longer than the rest of a start
    (docs/decisions/0001). A bare package stands in for it while the submodules load.
    """
    stand_in = None
    if "lark" not in sys.modules:
        from importlib.util import find_spec

        spec = find_spec("lark")
        if spec is None:
            raise ImportError("lark is not installed")
        stand_in = sys.modules["lark"] = ModuleType("lark")
        stand_in.__path__ = list(spec.submodule_search_locations or ())
    try:
        from lark import common, exceptions, lexer, utils
    finally:
        if stand_in is not None:
            del sys.modules["lark"]  # a later `import lark` gets the whole package
    return common, exceptions, lexer, utils


common, exceptions, lexer, utils = _import_runtime()


class Rule(NamedTuple):
    """`origin` made of `symbols`; one that only passes a value on has no callback."""

    origin: str
    alias: str | None
    symbols: list[str]


class Machine(NamedTuple):
    lexer: Any
    rules: list[Rule]


@cache
def machine() -> Machine:
    """The lexer, and the rules that the reductions of `tables.STATES` name."""
    terminals = []
    for name, kind, value, width in tables.TERMINALS:
        pattern = lexer.PatternStr(value) if kind == "str" else lexer.PatternRE(value)
        pattern._width = width  # spares Lark a second parse of the regular expression
        terminals.append(lexer.TerminalDef(name, pattern))
    conf = common.LexerConf(terminals, re, tables.IGNORE, skip_validation=True)
    return Machine(lexer.BasicLexer(conf), [Rule(*rule) for rule in tables.RULES])


class UnexpectedError(Exception):
    """A token that fits nowhere."""

    def __init__(self, token: Any) -> None:
        self.token = token


def drive(tokens: Iterable[Any], callbacks: list[Callable[[list[Any]], Any] | None]) -> None:
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
