"""`python -m exprgrad.syntax.build`: the grammar's LALR(1) tables, written to `tables.py`.

Building them takes Lark 30 ms; reading them back takes one. Only this file, which the command
never imports, needs Lark.
"""

from __future__ import annotations

from pathlib import Path
from pprint import pformat
from typing import Any

from lark import Lark
from lark.parsers.lalr_analysis import Shift

ROOT = Path(__file__).parents[2]
GRAMMAR = ROOT / "grammar" / "expression.lark"
TABLES = Path(__file__).with_name("tables.py")

_LONGEST = 2**32 - 1
"""Of a terminal without a limit: releases of Python disagree about how wide its pattern is."""


def build(grammar: str) -> str:
    """The source text of `tables.py` for a grammar."""
    lark = Lark(grammar, parser="lalr", lexer="basic", start="program", maybe_placeholders=False)
    table = lark.parser.parser._parse_table
    rules = list(dict.fromkeys(arg for row in table.states.values() for action, arg in row.values()
                               if action is not Shift))  # fmt: skip
    rules.sort(key=lambda rule: (rule.origin.name, rule.order))
    number = {rule: index for index, rule in enumerate(rules)}
    states: dict[int, dict[str, int]] = {}
    numbering = {table.start_states["program"]: 0}
    for state in (reached := list(numbering)):  # renumbered as reached: Lark's order varies by run
        row = states[numbering[state]] = {}
        for symbol, (action, arg) in sorted(table.states[state].items()):
            if action is Shift:
                if arg not in numbering:
                    numbering[arg] = len(numbering)
                    reached.append(arg)
                row[str(symbol)] = numbering[arg]
            else:
                row[str(symbol)] = ~number[arg]
    terminals, words = _terminals(lark)
    names = {
        "TERMINALS": terminals,
        "WORDS": words,
        "IGNORE": sorted(map(str, lark.ignore_tokens)),
        "RULES": [(str(rule.origin.name), rule.alias, [str(s.name) for s in rule.expansion]) for rule in rules],
        "STATES": states,
        "START": 0,
        "END": numbering[table.end_states["program"]],
    }
    lines = ['"""LALR(1) tables, written by `python -m exprgrad.syntax.build`: not edited by hand.', ""]
    lines += [
        "TERMINALS are in the order in which they are tried, each with its regular expression; WORDS are texts that"
    ]
    lines += [
        "are terminals of their own. A state maps a symbol to the next state, or to ~k to reduce by rule k.",
        '"""',
        "",
    ]
    types = {
        "TERMINALS": "list[tuple[str, str]]",
        "WORDS": "dict[str, str]",
        "IGNORE": "list[str]",
        "RULES": "list[tuple[str, str | None, list[str]]]",
        "STATES": "dict[int, dict[str, int]]",
    }
    for name, value in names.items():
        lines.append(f"{name}: {types.get(name, 'int')} = {pformat(value, width=200, compact=True)}")
    return "\n".join(lines) + "\n"


def _terminals(lark: Lark) -> tuple[list[tuple[str, str]], dict[str, str]]:
    """The terminals in the order in which Lark's lexer tries them, the longest first; and those that are one text, by
    this text: words, which begin as a NAME does, and signs, which share one expression that is tried last."""
    lexer: Any = lark.parser.lexer
    tried = sorted(
        lexer.scanner.terminals, key=lambda t: (-min(t.pattern.max_width, _LONGEST), -len(t.pattern.value), t.name)
    )
    assert list(lexer.callback) == ["NAME"], "the lexer of `tokens.py` knows no words but names"
    words, signs = lexer.callback["NAME"].scanner.terminals, [t for t in tried if t.pattern.type == "str"]
    terminals = [(t.name, t.pattern.to_regexp()) for t in tried if t.pattern.type == "re"]
    terminals.append(("SIGN", "|".join(t.pattern.to_regexp() for t in signs)))
    return terminals, {t.pattern.value: t.name for t in [*sorted(words, key=lambda t: t.name), *signs]}


if __name__ == "__main__":
    TABLES.write_text(build(GRAMMAR.read_text("utf-8")), "utf-8")
