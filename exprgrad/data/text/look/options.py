"""Whether what the user says about a text can be meant."""

from __future__ import annotations

from exprgrad.data.faults import quoted
from exprgrad.data.read_options import ReadOptions
from exprgrad.data.stores.transcoding import encoding_named
from exprgrad.data.text.dialect import BLANKS
from exprgrad.data.text.look.shape import MARKS
from exprgrad.errors import UsageError

_DELIMITERS = {"\\t": "\t", "tab": "\t", "blank": BLANKS, "blanks": BLANKS, "space": BLANKS, "comma": ","}
_DELIMITERS |= {"semicolon": ";", "bar": "|", "pipe": "|"}


def checked(options: ReadOptions) -> ReadOptions:
    """The options, a delimiter as one character. Raises UsageError where one cannot be meant."""
    delimiter = options.delimiter
    if delimiter is not None:
        delimiter = _DELIMITERS.get(delimiter, delimiter)
        if len(delimiter) != 1 or not delimiter.isascii() or delimiter.isalnum() or delimiter in '"\r\n\0+-.':
            what = f"--delimiter {quoted(options.delimiter or '')} is no single character that can be between fields"
            raise UsageError(what, hint=r"give one such as ',' ';' '|' '\t', or ' ' for blanks and tabs")
    if options.decimal not in (None, ".", ","):
        raise UsageError(f"--decimal {quoted(options.decimal)} is no decimal mark", hint="give . or ,")
    if options.decimal is not None and options.decimal == delimiter:
        raise UsageError(f"--decimal and --delimiter are both {quoted(options.decimal)}")
    thousands = options.thousands
    if len(thousands) > 1 or thousands.isalnum() or thousands in tuple('"\r\n+-'):
        what = f"--thousands {quoted(thousands)} is no mark between groups of three digits"
        raise UsageError(what, hint="give one character, such as , or . or ' or a blank")
    if thousands and thousands == options.decimal:
        raise UsageError(f"--decimal and --thousands are both {quoted(thousands)}")
    comment = options.comment
    if comment and (comment[0] in ' \t"' or any(each in "\r\n\0" for each in comment) or comment == delimiter):
        raise UsageError(f"--comment {quoted(comment)} is nothing that a comment can begin with", hint="give # or %")
    if options.skip_lines is not None and options.skip_lines < 0:
        raise UsageError("--skip-lines must not be negative")
    if options.names and options.header:
        raise UsageError("the names of columns are given twice", hint="give --names or --header-row, not both")
    encoding = encoding_named(options.encoding) if options.encoding is not None else None
    return options._replace(delimiter=delimiter, encoding=encoding)


def marks(options: ReadOptions) -> tuple[str, ...]:
    """What comments may begin with."""
    return MARKS if options.comment is None else (options.comment,) if options.comment else ()
