"""Lark's LALR runtime over prebuilt tables: the only import of lark that the command makes."""

from __future__ import annotations

import re
import sys
from functools import cache
from types import ModuleType
from typing import Any, NamedTuple

from exprgrad.syntax import tables


def _import_runtime() -> tuple[ModuleType, ...]:
    """Import Lark's lexer and LALR driver but not the grammar builder.

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
        from lark import common, exceptions, grammar, lexer, utils
        from lark.parsers import lalr_analysis, lalr_parser_state
    finally:
        if stand_in is not None:
            del sys.modules["lark"]  # a later `import lark` gets the whole package
    return common, exceptions, grammar, lexer, utils, lalr_analysis, lalr_parser_state


common, exceptions, grammar, lexer, utils, analysis, state = _import_runtime()


class Machine(NamedTuple):
    lexer: Any
    parse_table: Any
    rules: list[Any]


@cache
def machine() -> Machine:
    """The lexer, the parse table and the rules that its reductions name."""
    terminals = []
    for name, kind, value, width in tables.TERMINALS:
        pattern = lexer.PatternStr(value) if kind == "str" else lexer.PatternRE(value)
        pattern._width = width  # spares Lark a second parse of the regular expression
        terminals.append(lexer.TerminalDef(name, pattern))
    conf = common.LexerConf(terminals, re, tables.IGNORE, skip_validation=True)
    names = {t.name for t in terminals}
    rules: list[Any] = []
    for origin, alias, symbols in tables.RULES:
        expansion = [grammar.Terminal(s) if s in names else grammar.NonTerminal(s) for s in symbols]
        rules.append(grammar.Rule(grammar.NonTerminal(origin), expansion, order=len(rules), alias=alias))
    shift, reduce = analysis.Shift, analysis.Reduce
    states = {
        number: {s: (shift, go) if go >= 0 else (reduce, rules[~go]) for s, go in row.items()}
        for number, row in tables.STATES.items()
    }
    table = analysis.IntParseTable(states, {"program": tables.START}, {"program": tables.END})
    return Machine(lexer.BasicLexer(conf), table, rules)
