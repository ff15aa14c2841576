"""What people write who know another language, and what to write instead: a row for each mistake.

The rows are looked at only once a text is refused: the first one whose pattern matches around the place says what is
wrong, unless its message is empty, and what to type.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache

from exprgrad.errors import ExpressionError
from exprgrad.text.source import Span

SYMBOLS = dict.fromkeys("−–—‒﹣", "-") | dict.fromkeys("×·⋅∙•∗⨯", "*") | dict.fromkeys("÷∕⁄", "/")
SYMBOLS |= {"≤": "<=", "⩽": "<=", "≥": ">=", "⩾": ">=", "≠": "!=", "≡": "==", "∧": "and", "∨": "or", "¬": "not"}
SYMBOLS |= {"∞": "inf", "√": "sqrt(…)", "∛": "cbrt(…)", "∂": "diff(f, x)", "∇": "diff(f, x)", "→": "f(x) = …"}
SYMBOLS |= {"∑": "sum(…)", "∏": "prod(…)", "½": "1/2", "⅓": "1/3", "⅔": "2/3", "¼": "1/4", "¾": "3/4"}
"""What the keyboard has for characters that a text processor likes."""

_PLAIN = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻₀₁₂₃₄₅₆₇₈₉", "0123456789+-0123456789")
"""Superscripts and subscripts, as they are typed."""

_INNER = r"(?:[^()\n;]++|\((?:[^()\n;]++|\([^()\n;]*+\))*+\))*+"
_NAME = r"[^\W\d½⅓⅔¼¾⁰¹²³⁴-⁹₀-₉][^\W½⅓⅔¼¾⁰¹²³⁴-⁹₀-₉]*"
_NUMBER = r"(?:\d[\d_]*+\.?\d*+|\.\d++)(?:[eE][+-]?\d++)?"
_WORDS = {
    "<name>": _NAME,
    "<number>": _NUMBER,
    "<inner>": _INNER,
    "<atom>": rf"(?:{_NAME}(?:\({_INNER}\))?|{_NUMBER}|\({_INNER}\))",
    "<braces>": r"\{((?:[^{}]++|\{(?:[^{}]++|\{[^{}]*+\})*+\})*+)\}",
    "<between>": r"\s*(?:[-+\w(.][^|;\n]*)?[\w).]\s*",
    "<rest>": r"[^;\n]+",
    "<super>": "[⁰¹²³⁴-⁹⁺⁻]",
    "<power>": r"\s*(?:\^|\*\*)\s*",
    "<trig>": "(?:sin|cos|tan)h?",
    "<function>": "(?:a?(?:rc)?(?:sin|cos|tan|cot|sec|csc|tg|ctg)h?|(?:log|exp)(?:2|10)?|l[ngb]|sqrt|abs|erfc?|gamma)",
}
"""Parts of patterns. Parentheses may nest three deep: what is deeper gets the general message."""


LATEX = "LaTeX is not part of the language"
CHOICE = "a choice is written condition ? x : y"
NO_COMPARISON = "'{0}' is no comparison"
NO_OPERATOR = "'{0}' is no operator"
POWER = "a power stands behind the call"
OPERANDS = "operands stand in parentheses"
POINT = "the decimal sign is a point"
DERIVATIVE = "a derivative is written as a function"
PRIME = "['′’´]"
OPENING = r"(?:^|[-+*/%^(,;=<>?:~!])\s*"
"""Before an operand: so `|` opens an absolute value here, and elsewhere it means `or`."""

ROWS: list[tuple[str, str, str | Callable[[re.Match[str]], str]]] = [
    # LaTeX
    (r"^\s*\$+([^$]+)\$+\s*$", "", "write {1}"),
    (r"(?<!\w)[$€£]\{?(<name>|<number>)\}?", "", "write {1}"),
    (r"\\[dt]?frac\s*<braces>\s*<braces>", LATEX, "write ({1})/({2})"),
    (r"\\[dt]?frac", LATEX, "write (a)/(b)"),
    (r"\\sqrt\s*\[([^]]*)\]\s*<braces>", LATEX, "write ({2})^(1/{1})"),
    (r"\\(<function>)\s*<braces>", LATEX, "write {1}({2})"),
    (r"\\(<function>)\s*(<atom>)", LATEX, "write {1}({2.bare})"),
    (r"\\(?:operatorname|text|math\w+|hat|bar|vec|dot|tilde)\*?\s*<braces>", LATEX, "write {1}"),
    (r"\\(?:cdot|times|ast)\b", LATEX, "write *"),
    (r"\\div\b", LATEX, "write /"),
    (r"\\(?:le|leq|leqslant)\b", LATEX, "write <="),
    (r"\\(?:ge|geq|geqslant)\b", LATEX, "write >="),
    (r"\\neq?\b", LATEX, "write !="),
    (r"\\sum(?![a-zA-Z])", LATEX, "write sum(x) for the sum of a column"),
    (r"\\int(?![a-zA-Z])", LATEX, "there is no integral"),
    (r"\\infty\b", LATEX, "write inf"),
    (r"\\begin\{cases\}", LATEX, CHOICE),
    (r"\\(?:left|right|[Bb]igg?[lr]?|quad|qquad|[,;:! ])", LATEX, "leave out {0}"),
    (r"\\[ \t]*\r?\n", "", "a line goes on behind an operator and inside parentheses: leave it out"),
    (r"\\([a-zA-Z]+)", LATEX, "write {1}"),
    (r"\^\s*<braces>", LATEX, "write ^({1})"),
    (r"(<name>_)\{(\w*)\}", LATEX, "write {1}{2}"),
    (r"(<name>_)<braces>", LATEX, "a name has letters, digits and _ alone"),
    # signs around an operand
    (r"abs\s*\|([^|;\n]+)\|", "", "write abs({1})"),
    (r"\b(<function>)\s*\|([^|;\n]+)\|", "", "write {1}(abs({2}))"),
    (OPENING + r"(?P<at>\|\|(<between>)\|\|)", "", "write norm({2}) for a column, abs({2}) for a number"),
    (OPENING + r"(?P<at>\|(<between>)\|)", "", "write abs({2})"),
    (r"(<number>)\s*\|([^|;\n]+)\|", "", "write {1}*abs({2})"),
    (r"\|", "", "write or; an absolute value is abs(x)"),
    (r"⌊([^⌊⌋]*)⌋", "", "write floor({1})"),
    (r"⌈([^⌈⌉]*)⌉", "", "write ceil({1})"),
    (r"‖([^‖]*)‖", "", "write norm({1})"),
    (r"√\s*(<atom>)", "", "write sqrt({1.bare})"),
    (r"∛\s*(<atom>)", "", "write cbrt({1.bare})"),
    (r"∜\s*(<atom>)", "", "write {1}^(1/4)"),
    (r"(<atom>)\s*°", "", "angles are in radians: write {1}*pi/180"),
    (r"(<number>)\s*deg(?:rees?)?\b", "an operator is missing", "angles are in radians: write {1}*pi/180"),
    (r"(<atom>)\s*!!", "there is no sign for the double factorial", "write a product"),
    (r"(<atom>)\s*!(?!=)", "there is no sign for the factorial", "write gamma({1.bare} + 1)"),
    (r"(<atom>)\s*%\s*(?:$|[*/),;^])", "'%' is the remainder and takes two operands", "write {1}/100"),
    # powers of functions, calls
    (
        r"\b(<trig>)(?:<power>(?:-\s*1|\(\s*-\s*1\s*\))|⁻¹)\s*(<atom>)",
        POWER,
        "write a{1}({2.bare}) for the inverse, or 1/{1}({2.bare})",
    ),
    (r"\b(<function>)<power>(-?\d+|<atom>)\s*(<atom>)", POWER, "write {1}({3.bare})^{2}"),
    (r"\b(<function>)(<super>+)\s*(<atom>)", POWER, "write {1}({3.bare})^{2}"),
    (r"\blog_(2|10)\s*(<atom>)", "", "write log{1}({2.bare})"),
    (r"\blog(?:_|\[)(\w+)\]?\s*(<atom>)", "", "write log({2.bare})/log({1})"),
    (r"\b(<function>)\s+(<number>)\s*\*?\s*(<name>)", OPERANDS, "write {1}({2}*{3})"),
    (r"\b(<function>)\s+(<atom>)", OPERANDS, "write {1}({2.bare})"),
    (r"(<atom>)(<super>+)", "", "write {1}^{2}"),
    (r"(<name>)([₀-₉]+)", "", "write {1}_{2}"),
    # words
    (r"(<atom>)\s+(?i:mod)\s+(<atom>)", "'mod' is no operator", "write {1} % {2}"),
    (r"(<atom>)\s+(?i:div)\s+(<atom>)", "'div' is no operator", "write floor({1}/{2})"),
    (r"(<atom>)\s+(?i:xor)\s+(<atom>)", "'xor' is no operator", "write {1} != {2}"),
    (r"\b(and|or)\s*\(([^,()]+),([^,()]+)\)", "'{1}' stands between its operands", "write {2} {1} {3}"),
    (r"\bis\s+not\b", "'is not' is no operator", "write !="),
    (r"(<atom>)\s+is\s+(<atom>)", "'is' is no operator", "write {1} == {2}"),
    (r"(<atom>)\s+(AND|OR|And|Or)\s+(<atom>)", "'{2}' is no operator", lambda m: f"write {m[0].lower()}"),
    (r"\b(NOT|Not)\s+(<atom>)", "'{1}' is no operator", "write not {2}"),
    # choices
    (r"\bcase\s+when\s+(<rest>?)\s+then\s+(<rest>?)\s+else\s+(<rest>?)\s+end\b", CHOICE, "write {1} ? {2} : {3}"),
    (r"\b(?i:if)\s+(<rest>?)\s+(?i:then)\s+(<rest>?)\s+(?i:else)\s+(<rest>)", CHOICE, "write {1} ? {2} : {3}"),
    (r"\b(?i:if)\s+(<rest>?)\s+(?i:then)\s+(<rest>)", CHOICE, "write {1} ? {2} : 0"),
    (r"\bif\s*\((<inner>)\)\s*(<rest>?)\s+else\s+(<rest>)", CHOICE, "write {1} ? {2} : {3}"),
    (r"\bif\s+(<rest>?)\s*:\s*(<rest>?)[\s;]+else\s*:?\s*(<rest>)", CHOICE, "write {1} ? {2} : {3}"),
    (r"([^;\n=]+?)\s+if\s+(<rest>?)\s+else\s+(<rest>)", CHOICE, "write {2} ? {1} : {3}"),
    (r"\b(?i:if|then|else|elif|when|otherwise)\b", CHOICE, ""),
    (r"\?[^:;\n]*$", "", CHOICE),
    # declarations and definitions
    (r"\b(param|input)\s+(<name>)\s*:?\s*(-?<number>)", "'{1}' declares a name with '='", "write {1} {2} = {3}"),
    (r"\bin\s*\(\s*([^,()]+),([^,()]+)\)", "an interval stands in brackets", "write in [{1}, {2}]"),
    (r"\bin\s*\[([^],:;]+?)\s*[:;\s]\s*([^],:;]+)\]", "an interval has a comma", "write in [{1}, {2}]"),
    (r"\bin\s+(-?<number>)\s*,\s*(-?<number>)", "an interval stands in brackets", "write in [{1}, {2}]"),
    (
        r"(<name>)\s*:?=\s*(?:\\|lambda\s+)?\(?(<name>)\)?\s*(?:->|=>|→|↦|:)\s*(<rest>)",
        "a function is defined with its operands",
        "write {1}({2}) = {3}",
    ),
    (r"(<name>(?:\(<inner>\))?)\s*:=\s*(<rest>)", "a definition has '=' alone", "write {1} = {2}"),
    (r"\b(?:lambda|λ)\s+(<name>)\s*:\s*(<rest>)", "a function has a name", "write f({1}) = {2}"),
    (r"(<name>\(<inner>\))\s*(?:->|=>|→|↦)\s*(<rest>)", "a definition has '='", "write {1} = {2}"),
    (r"(<name>)\s*(?:->|→|↦)\s*(<rest>)", "a function has a name", "write f({1}) = {2}"),
    (
        r"\b(?:let|var|const|def|set|local|double|float)\s+(<name>(?:\(<inner>\))?)\s*[:=]\s*(<rest>)",
        "a definition starts with the name",
        "write {1} = {2}",
    ),
    (r"\breturn\s+(<rest>)", "the last statement is the result", "write {1}"),
    (r"\b(for|while)\s+(?=\w)", "'{1}' is not part of the language", "there are no loops"),
    # comparisons and other operators
    (r"===|=\s+=", NO_COMPARISON, "write =="),
    (r"!==|<>|/=|~=", NO_COMPARISON, "write !="),
    (r"=<", NO_COMPARISON, "write <="),
    (r"=\s*>", NO_COMPARISON, "write >=; a function is f(x) = …"),
    (r"(<name>)\s*([-+*^])=\s*(<rest>)", "a name keeps its value", "write a new one: {1}2 = {1} {2} {3}"),
    (r"(<name>)\s*(\+\+|--)\s*(?:$|;)", "a name keeps its value", "write {1} + 1"),
    (r"\^\s*\^|\*\*\s*\*", NO_OPERATOR, "a power is x^y"),
    (r"/\*.*?\*/", "", "a comment begins with #"),
    (r"(<atom>)\s*//\s*(<atom>)", "'//' is no operator", "write floor({1}/{2}); a comment begins with #"),
    (r"//", "", "a comment begins with #"),
    (r"&", "", "write and"),
    # numbers
    (r"\b0[xX][\da-fA-F]+|\b0[bB][01]+|\b0[oO][0-7]+", "numbers are decimal", lambda m: f"write {int(m[0], 0)}"),
    (r"(\d\.?\d*)[eE][+-]?+(?=\s*(?:$|[-+*/^),;]))", "an exponent has digits", "write {1}e3, or {1}*e"),
    (
        r"(<atom>)\s*/\s*(<number>)\s*(<name>(?:\(<inner>\))?|\(<inner>\))",
        "an operator is missing",
        "write {1}/({2}*{3}), or {1}/{2}*{3}",
    ),
    (r"\d{1,3}(?:\.\d{3})+,\d+", POINT, lambda m: "write " + m[0].replace(".", "").replace(",", ".")),
    (r"\b(\d{1,3}),(\d{3})\b(?!,)", POINT, "write {1}.{2}, or for thousands {1}{2}"),
    (r"\b\d{1,3}(?:[,'’]\d{3})+\b", "thousands are not set apart", lambda m: "write " + re.sub(r"\D", "", m[0])),
    (r"\b\d{1,3}(?:[  ]\d{3})+\b", "thousands are not set apart", lambda m: "write " + re.sub(r"\D", "", m[0])),
    (r"(\d+),(\d+)", POINT, "write {1}.{2}"),
    (r"(\d+)\.\.+(\d+)", "'..' is not part of the language", "a range is a value: --x {1}:{2}"),
    (r"\d+\.\d+\.\d*", "a number has one point", ""),
    # derivatives
    (r"\bd\s*/\s*d(<name>)\s*(<atom>(?:<power><atom>)?)", DERIVATIVE, "write diff({2.bare}, {1})"),
    (r"\bd\s*\((<inner>)\)\s*/\s*d(<name>)", DERIVATIVE, "write diff({1}, {2})"),
    (r"∂\s*(<atom>)\s*/\s*∂\s*(<name>)", "", "write diff({1.bare}, {2})"),
    (rf"(<name>){PRIME}+\s*\((<name>)\)", DERIVATIVE, "write diff({1}({2}), {2})"),
    (rf"(<name>|\)){PRIME}+(?!\w)", DERIVATIVE, "write diff(f, x)"),
    # names
    (r"(?<!\w)([\"'`])([^\"'`\n]*)\1|[“‘„]([^”’“\n]*)[”’“]", "quotes are not part of the language", "write {2}{3}"),
    (r"\b(?:np|numpy|[Mm]ath|cmath|torch|tf|jnp|jax|scipy|sp|sympy|nn|std|F)(?:\.<name>)*\.(<name>)", "", "write {1}"),
    (r"\b(<name>)\.(<name>)\(\)", "", "write {2}({1})"),
    (r"\b(<name>)\.(<name>)", "a name has no point", "write {1}_{2}"),
    (r"\b(<name>)\s*\[\s*[\"']([^\"']*)[\"']\s*\]", "a column is a name", "write {2}"),
    (r"\b(?!in\b)(<name>)\s*\[\s*(\d+)\s*\]", "there are no indices", "give each a name: {1}{2}"),
    (r"\b(?!in\b)(<name>)\s*[\[{]([^][{}:]*)[\]}]", OPERANDS, "write {1}({2})"),
    (r"\{[^{}]*[:,][^{}]*\}", "", CHOICE),
    (r"(?<!in )[\[{]([^][{}]*)[\]}]", "only parentheses group", "write ({1})"),
    (r"(?:^|;)\s*(?P<at>(<name>(?:\(<inner>\))?)\s*:(?!=)\s*(<rest>))", "a definition has '='", "write {2} = {3}"),
    (r":(?!=)", "", CHOICE),
]


class _Part(str):
    """What a group of a pattern has matched, as a hint writes it."""

    @property
    def bare(self) -> str:
        """Without the parentheses around all of it."""
        return self[1:-1].strip() if re.fullmatch(rf"\({_INNER}\)", self) else str(self)


@cache
def _compiled() -> list[tuple[re.Pattern[str], str, str | Callable[[re.Match[str]], str]]]:
    compiled = []
    for pattern, wrong, instead in ROWS:
        for word, meaning in _WORDS.items():
            pattern = pattern.replace(word, meaning)
        compiled.append((re.compile(pattern), wrong, instead))
    return compiled


_WINDOW = 200
"""Characters on each side of the place that are looked at."""
_LONGEST = 60
"""Characters of a group that a hint repeats."""


def explained(error: ExpressionError) -> ExpressionError:
    """The error with the words of the row that it belongs to; as it is, if it belongs to none."""
    source, span = error.source, error.span
    if source is None or span is None:
        return error
    text = source.text
    first = max(text.rfind("\n", 0, span.start) + 1, span.start - _WINDOW)
    last = text.find("\n", span.start)
    last = min(len(text) if last < 0 else last + 1, span.start + _WINDOW)
    line = text[first:last].rstrip() if last == len(text) else text[first:last]
    start, end = span.start - first, span.end - first
    for pattern, wrong, instead in _compiled():
        for match in pattern.finditer(line):
            if match.start() < end and (match.end() > start or match.end() == len(line) <= start):
                place = match.span("at" if "at" in pattern.groupindex else 0)
                return ExpressionError(
                    _written(wrong, match) or error.message,
                    source=source,
                    span=Span(*(first + offset for offset in place)),
                    hint=_written(instead, match),
                )
    return error


def _written(template: str | Callable[[re.Match[str]], str], match: re.Match[str]) -> str:
    if callable(template):
        return template(match)
    parts = [(part or "").strip().translate(_PLAIN) for part in (match[0], *match.groups())]
    return template.format(*(_Part(part if len(part) <= _LONGEST else "…") for part in parts))


def typed(character: str) -> str:
    """How a character is typed that the language has otherwise; empty if it has not."""
    from unicodedata import normalize

    plain = SYMBOLS.get(character) or normalize("NFKC", character).strip()
    return plain if plain.isascii() and plain != character else SYMBOLS.get(character, "")
