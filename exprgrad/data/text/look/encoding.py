"""The characters of a text's first bytes: in which encoding they are written."""

from __future__ import annotations

import codecs
from typing import NamedTuple

from exprgrad.data.stores.transcoding import encoding_named, is_bytewise
from exprgrad.data.text.look.binary import binary, is_binary
from exprgrad.errors import DataError
from exprgrad.text.escapes import visible

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # begins as the next one does
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
"""The bytes that begin a text to tell its encoding."""
WINDOWS = "cp1252"


class Decoded(NamedTuple):
    """The first characters of a text."""

    text: str
    encoding: str
    """The name as Python knows it."""
    mark: int
    """Bytes before the text that tell its encoding."""

    def offset(self, place: int) -> int:
        """The byte at which a character is: in the file for UTF-8 and where characters are single bytes, else in the
        text written as UTF-8 without a mark."""
        if self.encoding == "utf-8":
            return self.mark + len(self.text[:place].encode("utf-8"))
        if is_bytewise(self.encoding):
            return place
        return len(self.text[:place].encode("utf-8"))


def decoded(start: bytes, whole: bool, wanted: str | None, name: str) -> Decoded:
    """The first bytes of a file, or all of it, as text. Raises DataError where they are in no encoding that is known,
    UsageError where the `wanted` encoding is none."""
    marked = next(((mark, encoding) for mark, encoding in _MARKS if start.startswith(mark)), None)
    if wanted is not None:
        encoding = encoding_named(wanted)
        mark = marked[0] if marked and marked[1].startswith(encoding) else b""
        if marked and not mark:
            shown = marked[1].removesuffix("-le").removesuffix("-be").upper()
            what = f"{visible(name)} begins with the mark of {shown}, and --encoding says {visible(wanted)}"
            raise DataError(what, hint=f"leave out --encoding, or give {shown}")
        if mark:
            encoding = marked[1] if marked else encoding
    elif marked:
        mark, encoding = marked
    else:
        mark, encoding = b"", _without_mark(start)
        if encoding == "utf-8" and b"\0" in start:
            raise binary(name, start)
    try:
        return Decoded(_characters(start[len(mark) :], encoding, whole), encoding, len(mark))
    except UnicodeError:  # UTF-16 without its mark is no UnicodeDecodeError
        pass
    if wanted is not None or encoding != "utf-8" or mark:
        shown = wanted if wanted is not None else encoding.upper()
        raise DataError(f"{visible(name)} is not {visible(shown)} text", hint="give another --encoding")
    if is_binary(start):
        raise binary(name, start)
    try:
        return Decoded(start.decode(WINDOWS), WINDOWS, 0)
    except UnicodeDecodeError as error:
        byte = f"0x{start[error.start]:02x}"
        what = f"{visible(name)} is neither UTF-8 nor Windows-1252 text: it holds the byte {byte}"
        raise DataError(what, hint="give --encoding, such as --encoding cp437 or --encoding shift_jis") from None


def _without_mark(start: bytes) -> str:
    """UTF-16 and UTF-32 have a zero byte in most characters, always at the same place."""
    whole = start[: len(start) // 4 * 4][:4096]
    zeros = [whole[place::4].count(0) / max(len(whole) // 4, 1) for place in range(4)]
    if len(whole) >= 4:
        if zeros[0] < 0.1 and min(zeros[2:]) > 0.9 and zeros[1] > 0.5:
            return "utf-32-le"
        if zeros[3] < 0.1 and min(zeros[:2]) > 0.9 and zeros[2] > 0.5:
            return "utf-32-be"
        if max(zeros[0], zeros[2]) < 0.1 and min(zeros[1], zeros[3]) > 0.5:
            return "utf-16-le"
        if max(zeros[1], zeros[3]) < 0.1 and min(zeros[0], zeros[2]) > 0.5:
            return "utf-16-be"
    return "utf-8"


def _characters(start: bytes, encoding: str, whole: bool) -> str:
    """The text; the bytes of a character that is cut at the end do not count."""
    try:
        decoder = codecs.getincrementaldecoder(encoding)()
    except LookupError:
        return start.decode(encoding)
    return decoder.decode(start, whole)
