"""Text to program: tokens through the prebuilt LALR tables."""

from __future__ import annotations

from collections.abc import Iterator

from exprgrad.errors import ExpressionError
from exprgrad.syntax import tables
from exprgrad.syntax.builder import Builder
from exprgrad.syntax.driver import Rule, UnexpectedError, drive
from exprgrad.syntax.program import Program
from exprgrad.syntax.tokens import Token, UnknownCharacterError, token, tokens
from exprgrad.text.source import SourceText, Span


def parse(text: str, name: str = "") -> Program:
    """Parse a program. Raises ExpressionError with the place of the first mistake."""
    source = SourceText(text, name)
    if "\0" in text:
        at = text.index("\0")
        raise ExpressionError("a NUL byte is not text", source=source, span=Span(at, at + 1))
    builder = Builder(source)
    read = _Tokens(text)
    try:
        drive(read, [builder.callback(Rule(*rule)) for rule in tables.RULES])
    except UnknownCharacterError as error:
        mistake = _no_token(source, error.at)
    except UnexpectedError as error:
        mistake = _syntax_error(source, error.token, read)
    else:
        return Program(source, tuple(builder.statements))
    from exprgrad.syntax.mistakes import explained  # only now: it takes longer than most parses

    raise explained(mistake)


_OPERAND_ENDS = frozenset(["NAME", "NUMBER", "RPAR", "RSQB"])
_OPENING = {"(": ")", "[": "]"}


class _Tokens:
    """The tokens of a text, without newlines that do not end a statement."""

    def __init__(self, text: str) -> None:
        self.open: list[Token] = []
        """Brackets opened and not yet closed."""
        self.last: Token | None = None
        self.word = ""
        """The type of the token before the last."""
        self._text = text

    def __iter__(self) -> Iterator[Token]:
        for each in tokens(self._text):
            kind = each.type
            if kind == "_NEWLINE" and (self.open or self.last is None or self.last.type not in _OPERAND_ENDS):
                continue
            if kind in ("LPAR", "LSQB"):
                self.open.append(each)
            yield each
            if kind in ("RPAR", "RSQB"):
                self.open.pop()
            self.word = self.last.type if self.last is not None else ""
            self.last = each
        yield token("$END", "", len(self._text))


def _no_token(source: SourceText, at: int) -> ExpressionError:
    """The error of a character that no token begins with."""
    from exprgrad.syntax.mistakes import typed

    character = source.text[at]
    hint = f"write {typed(character)}" if typed(character) else ""
    message = f"{character!r} is not part of the language"
    return ExpressionError(message, source=source, span=Span(at, at + 1), hint=hint)


def _syntax_error(source: SourceText, wrong: Token, read: _Tokens) -> ExpressionError:
    """Say what a token that fits nowhere most likely means."""
    at = Span(wrong.start_pos, wrong.start_pos + max(1, len(wrong)))
    last = read.last
    message, hint = f"{str(wrong)!r} does not fit here", ""
    if wrong.type == "$END" or wrong.type == "_NEWLINE":
        message = "the expression is not complete"
    if read.open and wrong.type in ("$END", "SEMICOLON"):
        bracket = read.open[-1]
        at = Span(bracket.start_pos, bracket.start_pos + 1)
        message = f"{str(bracket)!r} is never closed"
        hint = f"add {_OPENING[bracket]!r}"
    elif wrong.type in ("RPAR", "RSQB") and not read.open:
        message = f"{str(wrong)!r} closes nothing"
    elif last is not None and last.type in _OPERAND_ENDS and wrong.type in ("NAME", "NUMBER", "LPAR"):
        message = "an operator is missing"
        left = str(last) if last.type in ("NAME", "NUMBER") else "(…)"
        right = "(…)" if wrong.type == "LPAR" else str(wrong)
        hint = f"to multiply, write {left}*{right}"
        if wrong.type == "NAME" and source.text.startswith("(", wrong.end_pos):
            hint += "(…)"
        elif last.type == "NAME" and wrong.type != "LPAR":
            hint += f", and to call a function, {left}({right})"
        at = Span(last.start_pos, wrong.end_pos)
    elif {read.word, last and last.type} & {"PARAM", "INPUT"}:
        word = str(last) if last is not None and last.type in ("PARAM", "INPUT") else read.word.lower()
        message, hint = f"{word!r} declares a name with its value", f"write {word} x = 1"
    elif wrong.type in ("PARAM", "INPUT", "IN", "NOT", "AND", "OR"):
        message = f"{str(wrong)!r} is a word of the language and does not fit here"
    elif wrong.type == "EQUAL":
        hint = "to compare, write =="
    elif not wrong.type.startswith(("$", "_NEWLINE")) and (last is None or last.type not in _OPERAND_ENDS):
        message = f"an operand is missing before {str(wrong)!r}"
    return ExpressionError(message, source=source, span=at, hint=hint)
