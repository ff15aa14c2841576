"""The language reference: `language.txt` with tables from the grammar and from the function table put in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from math import inf
from pathlib import Path

from exprgrad import parse
from exprgrad.functions import table
from exprgrad.functions.entry import Function, Interval
from exprgrad.functions.table import CONSTANTS
from exprgrad.render.results.function import call
from exprgrad.text.numbers import format_number

GROUPS = {title: [row for kind in kinds for row in kind.ROWS] for title, kinds in table.GROUPS.items()}
"""The functions by kind, helpers too: a derivative may be written with them."""

PRECEDENCE = {
    "atom": "numbers, names, calls, parentheses",
    "power": "power, from the right: `2^3^2` is 512, `-x^2` is `-(x^2)`, `2^-3` works",
    "signed": "sign",
    "product": "product, quotient, floored remainder (the sign of the right operand)",
    "sum": "sum, difference",
    "comparison": "comparison: 1 or 0; chains as `0 < x < 1` mean `0 < x and x < 1`",
    "inversion": "negation: 1 where the operand is 0",
    "conjunction": "both: 1 or 0",
    "disjunction": "either: 1 or 0",
    "expression": "choice: nothing flows through the branch not taken",
}
"""What the grammar's rules mean, from tight to loose."""

_RULE = re.compile(r"^\?(\w+): (.*(?:\n    \|.*)*)", re.MULTILINE)
_LITERAL = re.compile(r'"([^"]+)"')
_LONG = re.compile(r"\d\.\d{6}")
"""A constant that was worked out: the rule's own text says it better."""


def page(root: Path) -> str:
    """The page, from the files of a checkout."""
    grammar = (root / "grammar" / "expression.lark").read_text("utf-8")
    template = (root / "docs" / "generate" / "language.txt").read_text("utf-8")
    tables = {
        "precedence": precedence(grammar),
        "grammar": grammar.partition("\n\n")[2].partition("program:")[2].rstrip(),
        "constants": "\n".join(f"| `{name}` | {format_number(value)} |" for name, value in CONSTANTS.items()),
        "index": "\n".join(f"- **{title}**: {_links(rows)}" for title, rows in GROUPS.items()),
        "functions": "\n".join(_group(title, rows) for title, rows in GROUPS.items()).rstrip(),
    }
    return re.sub(r"\{\{(\w+)\}\}", lambda match: tables[match[1]], template)


def precedence(grammar: str) -> str:
    """The operators as rows of a table, the tightest first. Raises KeyError for a rule that has no words here."""
    rules = {rule[1]: _LITERAL.findall(rule[2]) for rule in _RULE.finditer(grammar)}
    rules["comparison"] = _LITERAL.findall(grammar.partition("\nCOMPARISON:")[2].partition("\n")[0])
    signs = {name: " ".join(f"`{sign}`" for sign in dict.fromkeys(found)) for name, found in rules.items()}
    signs["atom"] = "`f(x, y)` `( )`"
    words = {name: PRECEDENCE[name] for name in reversed(rules)}
    return "\n".join(f"| {signs[name].replace('|', chr(92) + '|')} | {words[name]} |" for name in words)


def _links(rows: list[Function]) -> str:
    return " ".join(f"[{row.name}](#{row.name})" for row in rows)


def _group(title: str, rows: list[Function]) -> str:
    return f"## {title}\n\n" + "\n".join("\n".join(_entry(row)) + "\n" for row in rows)


def _entry(row: Function) -> Iterator[str]:
    """All about one function: what it computes, its derivatives, where it is special."""
    yield f"### {row.name}\n"
    written = f"`x {row.symbol} y`, " if row.called and len(row.operands) == 2 else ""
    yield f"{written}`{call(row)}`: {_escaped(row.doc)}.\n"
    if row.aliases:
        yield f"- also called {', '.join(f'`{name}`' for name in row.aliases)}"
    if row.folded:
        yield f"- with one operand, a column: [{row.folded}](#{row.folded})"
    formula = row.formula or row.definition
    if formula and formula not in row.doc and not row.reduces:
        yield f"- formula: `{formula}`"
    for index, (name, rule) in enumerate(zip(row.operands, rules(row), strict=True)):
        yield f"- d/d{name}: `{rule}`" + (" for each row" if row.reduces and index == 0 else "")
    if row.kink:
        yield f"- no derivative where `{row.kink}`; by convention: {row.convention}"
    if row.domain:
        bounds = zip(row.operands, row.domain, strict=True)
        yield f"- domain: {', '.join(_interval(name, interval) for name, interval in bounds)}"
    if row.source:
        yield f"- source: {row.source}"


def rules(row: Function) -> list[str]:
    """The derivative with respect to each operand, as `exprgrad diff` would print it.

    Where that has numbers that were worked out, or the operand is a column, it is the table's own text, in
    which `out` is the value of the function.
    """
    gates = row.gates or ("",) * len(row.operands)
    own = [_tidy(f"{gate} ? {rule} : 0" if gate else rule) for rule, gate in zip(row.partials, gates, strict=True)]
    if row.reduces:
        return own
    whole = parse(call(row) if row.symbol and not row.called else _plain_call(row))
    texts = [str(whole.derivative(name)) for name in row.operands]
    return [
        rule if _LONG.search(text) and not _LONG.search(rule) else text for text, rule in zip(texts, own, strict=True)
    ]


def _plain_call(row: Function) -> str:
    return f"{row.name}({', '.join(row.operands)})"


def _tidy(partial: str) -> str:
    """Without the zeros that are added to turn -0 into 0."""
    return re.sub(r"\((\w+) \+ 0\)", r"\1", partial)


def _interval(name: str, interval: Interval) -> str:
    low, high = interval
    if (low, high) == (-inf, inf):
        return f"any {name}"
    if high == inf:
        return f"{name} ≥ {format_number(low)}"
    if low == -inf:
        return f"{name} ≤ {format_number(high)}"
    return f"{format_number(low)} ≤ {name} ≤ {format_number(high)}"


def _escaped(text: str) -> str:
    """Text in which no star is taken for emphasis."""
    return text.replace("*", "\\*").replace("_", "\\_")
