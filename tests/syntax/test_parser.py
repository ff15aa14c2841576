"""The grammar: precedence, statements, and the place and words of each mistake."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from lark import Lark
from lark.exceptions import UnexpectedCharacters

from exprgrad.syntax import build, parse
from exprgrad.syntax.program import Assignment, Call, Code, Compare, Declaration, Definition, Result
from exprgrad.syntax.tokens import UnknownCharacterError, tokens
from tests.expressions import assert_refused


def code(text: str) -> Code:
    (statement,) = parse(text).statements
    assert isinstance(statement, Result)
    return statement.code


def postfix(text: str) -> str:
    """The postfix code in words: `a b c mul/2 add/2`."""
    words = {Call: lambda t: f"{t.function}/{t.arity}", Compare: lambda t: "<".join(t.functions)}
    return " ".join(
        words.get(type(term), lambda t: f"{t:g}" if isinstance(t, float) else t)(term) for term in code(text).terms
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a+b*c", "a b c mul/2 add/2"),
        ("a-b-c", "a b sub/2 c sub/2"),
        ("a/b*c", "a b div/2 c mul/2"),
        ("a%b", "a b mod/2"),
        ("-x^2", "x 2 pow/2 neg/1"),
        ("2^-3", "2 3 neg/1 pow/2"),
        ("2^3^2", "2 3 2 pow/2 pow/2"),
        ("2**3", "2 3 pow/2"),
        ("-a*b", "a neg/1 b mul/2"),
        ("--a", "a neg/1 neg/1"),
        ("+a", "a"),
        ("(a+b)*c", "a b add/2 c mul/2"),
        ("a < b", "a b lt/2"),
        ("a < b <= c", "a b c lt<le"),
        ("a+1 == b", "a 1 add/2 b eq/2"),
        ("not a == b", "a b eq/2 not/1"),
        ("!a && b || c", "a not/1 b and/2 c or/2"),
        ("a or b and not c", "a b c not/1 and/2 or/2"),
        ("c ? a : d ? b : e", "c a d b e where/3 where/3"),
        ("f(a, b+1)", "a b 1 add/2 f/2"),
        (".5 + 1e-3 + 1_000 + 2.", "0.5 0.001 add/2 1000 add/2 2 add/2"),
        ("σ(größe)", "größe σ/1"),
        ("paramount + inputs + order", "paramount inputs add/2 order add/2"),
        ("a + # comment\n b", "a b add/2"),
        ("f(a,\n  b)", "a b f/2"),
        ("\n\n a \n\n", "a"),
    ],
)
def test_precedence(text: str, expected: str) -> None:
    assert postfix(text) == expected


def test_statements() -> None:
    program = parse(
        "#!/usr/bin/env -S exprgrad eval -f\nu = a*b; f(x, y) = x\nparam w = -1 in [-2, 2*pi]\ninput t = 3\nu"
    )
    assignment, definition, param, default, result = program.statements
    assert isinstance(assignment, Assignment)
    assert assignment.name == "u"
    assert isinstance(definition, Definition)
    assert (definition.name, definition.operands) == ("f", ("x", "y"))
    assert isinstance(param, Declaration)
    assert param.trainable
    assert [c.terms for c in param.codes] == [
        [1.0, Call("neg", 1)],
        [2.0, Call("neg", 1)],
        [2.0, "pi", Call("mul", 2)],
    ]
    assert isinstance(default, Declaration)
    assert not default.trainable
    assert isinstance(result, Result)


@pytest.mark.parametrize(
    ("text", "message", "marked"),
    [
        ("2x", "an operator is missing; to multiply, write 2*x", "2x"),
        ("x y", "an operator is missing; to multiply, write x*y, and to call a function, x(y)", "x y"),
        ("3(x)", "an operator is missing; to multiply, write 3*(…)", "3("),
        ("(a+b", "'(' is never closed; add ')'", "("),
        ("f(a;b)", "'(' is never closed; add ')'", "("),
        ("a+b)", "')' closes nothing", ")"),
        ("a+", "the expression is not complete", ""),
        ("a=b=c", "'=' does not fit here; to compare, write ==", "="),
        ("a <> b", "'<>' is no comparison; write !=", "<>"),
        ("a$b", "'$' is not part of the language", "$"),
        ("a\0b", "a NUL byte is not text", "\0"),
        ("1e999", "the number is too large for binary64; write inf", "1e999"),
        ("a+b = 3", "only a name or a function of names can stand before '='; to compare, write ==", "a+b"),
        ("f(1) = 3", "only a name or a function of names can stand before '='; to compare, write ==", "f(1)"),
        ("f(x, x) = 3", "a function's operands need different names", "f(x, x)"),
        ("x in y", "'in' is a word of the language and does not fit here", "in"),
        ("max(a,,b)", "an operand is missing before ','", ","),
    ],
)
def test_mistakes(text: str, message: str, marked: str) -> None:
    assert_refused(parse, text, message, marked)


def test_spans_cover_the_text_of_each_term() -> None:
    text = "(a + b)*sin(c)^2 < 1"
    found = code(text)
    covered = [text[slice(*found.span(k))] for k in range(len(found.terms))]
    assert covered == ["a", "b", "a + b", "c", "sin(c)", "2", "sin(c)^2", "(a + b)*sin(c)^2", "1", text]


def test_the_tables_are_those_of_the_grammar() -> None:
    grammar = build.GRAMMAR.read_text("utf-8")
    assert build.build(grammar) == build.TABLES.read_text("utf-8")


LARK = Lark(build.GRAMMAR.read_text("utf-8"), parser="lalr", lexer="basic", start="program")
PIECES = [
    "and",
    "or",
    "not",
    "in",
    "param",
    "input",
    "x",
    "σ_1",
    "é",
    "²",
    "1",
    "1_0",
    ".5",
    "2.",
    "e",
    "1e-3",
    "٣",
    "+",
    "-",
]
PIECES += [
    "*",
    "**",
    "/",
    "%",
    "^",
    "=",
    "==",
    "<",
    "<=",
    "!=",
    "!",
    "&&",
    "&",
    "||",
    "|",
    "(",
    ")",
    "[",
    "]",
    ",",
    ";",
    ":",
]
PIECES += ["?", "~", "# note", "\n", "\r\n", "\r", " ", "\t", "\f", "\u00a0", "\u2028", "$", "_"]


@given(st.lists(st.sampled_from(PIECES)).map("".join))
@example("inputs andand param_ not!=x")
def test_tokens_are_those_of_larks_lexer(text: str) -> None:
    """The same names and places, and the same first character that begins none."""
    theirs: list[object] = []
    try:
        theirs.extend(
            (token.type, str(token), token.start_pos, token.end_pos) for token in LARK.lex(text, dont_ignore=False)
        )
    except UnexpectedCharacters as error:
        theirs.append(error.pos_in_stream)
    ours: list[object] = []
    try:
        ours.extend((token.type, str(token), token.start_pos, token.end_pos) for token in tokens(text))
    except UnknownCharacterError as error:
        ours.append(error.at)
    assert ours == theirs
