"""Text to program: tokens through the prebuilt LALR tables."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from exprgrad.errors import ExpressionError
from exprgrad.syntax.builder import Builder
from exprgrad.syntax.program import Program
from exprgrad.syntax.runtime import UnexpectedError, drive, exceptions, lexer, machine, utils
from exprgrad.text.source import SourceText, Span


def parse(text: str, name: str = "") -> Program:
    """Parse a program. Raises ExpressionError with the place of the first mistake."""
    source = SourceText(text, name)
    if "\0" in text:
        at = text.index("\0")
        raise ExpressionError("a NUL byte is not text", source=source, span=Span(at, at + 1))
    scanner, rules = machine()
    builder = Builder(source)
    tokens = _Tokens(scanner, text)
    try:
        drive(tokens, [builder.callback(rule) for rule in rules])
    except exceptions.UnexpectedCharacters as error:
        mistake = _no_token(source, error.pos_in_stream)
    except UnexpectedError as error:
        mistake = _syntax_error(source, error.token, tokens)
    else:
        return Program(source, tuple(builder.statements))
    from exprgrad.syntax.mistakes import explained  # only now: it takes longer than most parses

    raise explained(mistake)


_OPERAND_ENDS = frozenset(["NAME", "NUMBER", "RPAR", "RSQB"])
_OPENING = {"(": ")", "[": "]"}


class _Tokens:
    """The tokens of a text, without newlines that do not end a statement."""

    def __init__(self, scanner: Any, text: str) -> None:
        self.open: list[Any] = []
        """Brackets opened and not yet closed."""
        self.last: Any = None
        self.word = ""
        """The type of the token before the last."""
        self.length = len(text)
        self._tokens = scanner.lex(lexer.LexerState(utils.TextSlice(text, 0, len(text))), None)

    def __iter__(self) -> Iterator[Any]:
        for token in self._tokens:
            kind = token.type
            if kind == "_NEWLINE" and (self.open or self.last is None or self.last.type not in _OPERAND_ENDS):
                continue
            if kind in ("LPAR", "LSQB"):
                self.open.append(token)
            yield token
            if kind in ("RPAR", "RSQB"):
                self.open.pop()
            self.word = self.last.type if self.last is not None else ""
            self.last = token
        yield lexer.Token("$END", "", self.length)


def _no_token(source: SourceText, at: int) -> ExpressionError:
    """The error of a character that no token begins with."""
    from exprgrad.syntax.mistakes import typed

    character = source.text[at]
    hint = f"write {typed(character)}" if typed(character) else ""
    message = f"{character!r} is not part of the language"
    return ExpressionError(message, source=source, span=Span(at, at + 1), hint=hint)


def _syntax_error(source: SourceText, token: Any, tokens: _Tokens) -> ExpressionError:
    """Say what a token that fits nowhere most likely means."""
    at = Span(token.start_pos, token.start_pos + max(1, len(token)))
    last = tokens.last
    message, hint = f"{str(token)!r} does not fit here", ""
    if token.type == "$END" or token.type == "_NEWLINE":
        message = "the expression is not complete"
    if tokens.open and token.type in ("$END", "SEMICOLON"):
        bracket = tokens.open[-1]
        at = Span(bracket.start_pos, bracket.start_pos + 1)
        message = f"{str(bracket)!r} is never closed"
        hint = f"add {_OPENING[bracket]!r}"
    elif token.type in ("RPAR", "RSQB") and not tokens.open:
        message = f"{str(token)!r} closes nothing"
    elif last is not None and last.type in _OPERAND_ENDS and token.type in ("NAME", "NUMBER", "LPAR"):
        message = "an operator is missing"
        left = str(last) if last.type in ("NAME", "NUMBER") else "(…)"
        right = "(…)" if token.type == "LPAR" else str(token)
        hint = f"to multiply, write {left}*{right}"
        if token.type == "NAME" and source.text.startswith("(", token.end_pos):
            hint += "(…)"
        elif last.type == "NAME" and token.type != "LPAR":
            hint += f", and to call a function, {left}({right})"
        at = Span(last.start_pos, token.end_pos)
    elif {tokens.word, last and last.type} & {"PARAM", "INPUT"}:
        word = str(last) if last.type in ("PARAM", "INPUT") else tokens.word.lower()
        message, hint = f"{word!r} declares a name with its value", f"write {word} x = 1"
    elif token.type in ("PARAM", "INPUT", "IN", "NOT", "AND", "OR"):
        message = f"{str(token)!r} is a word of the language and does not fit here"
    elif token.type == "EQUAL":
        hint = "to compare, write =="
    elif not token.type.startswith(("$", "_NEWLINE")) and (last is None or last.type not in _OPERAND_ENDS):
        message = f"an operand is missing before {str(token)!r}"
    return ExpressionError(message, source=source, span=at, hint=hint)
