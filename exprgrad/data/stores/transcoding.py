"""Texts in encodings that do not have ASCII as it is, read in order as UTF-8, as compressed texts are unpacked."""

from __future__ import annotations

import codecs
import io
from collections.abc import Iterator
from functools import cache

from exprgrad.data.stores.bytesource import ByteSource
from exprgrad.data.stores.reading import Blocks, Stream, fill, read_up_to
from exprgrad.errors import DataError, UsageError
from exprgrad.text.escapes import visible

_BLOCK = 1 << 18
"""Bytes that are decoded at a time."""

UTF8 = "utf-8"
_ASCII = bytes(range(128))
_LEADS = [bytes([byte, *range(64, 256)]) for byte in range(128, 256)] + [b"\x1b$B!!", b"~{!!"]
"""What would be fewer characters than bytes, if some bytes went together."""


@cache
def encoding_named(name: str) -> str:
    """The usual name of an encoding. Raises UsageError where there is none of this name that texts are written in."""
    try:
        info = codecs.lookup(name)
        text = "a".encode(info.name)
    except (LookupError, ValueError, TypeError):
        info = None
    if info is None or not text:
        hint = "give utf-8, utf-16, latin-1, cp1252, cp437, shift_jis, …"
        raise UsageError(f"no such encoding: {visible(name)}", hint=hint)
    return UTF8 if info.name in ("utf-8-sig", "ascii") else info.name


@cache
def is_bytewise(encoding: str) -> bool:
    """Whether each byte is a character, and those of ASCII are what they are there (or it is UTF-8): then rows can be
    found in the bytes as they are."""
    name = encoding_named(encoding)
    if name == UTF8:
        return True
    try:
        return all(len(text.decode(name, "replace")) == len(text) for text in _LEADS) and (
            _ASCII.decode(name) == _ASCII.decode("ascii")
        )
    except UnicodeError:
        return False


def transcoded(source: ByteSource, encoding: str) -> ByteSource:
    """The text of a source as UTF-8, without a byte order mark; the source itself if its bytes can be read as they
    are."""
    return source if is_bytewise(encoding) else Transcoded(source, encoding_named(encoding))


class Transcoded(ByteSource):
    """A text as UTF-8. What cannot be divided says so by its `compression`."""

    def __init__(self, source: ByteSource, encoding: str) -> None:
        self.name = source.name
        self.origin = source.origin
        self.far = source.far
        self.compression = encoding
        self._source = source
        self._encoding = encoding
        self.start = self.peek(len(source.start))

    def peek(self, size: int) -> bytes:
        """The first bytes of the UTF-8; fewer if there are no more."""
        raw = self._source.peek(max(size, 16) * 4)
        ended = len(raw) < max(size, 16) * 4
        stream = Blocks(_utf8(io.BytesIO(raw), self._encoding, self.name, None, cut=not ended))
        return read_up_to(stream, size, self.name)

    def open(self, start: int = 0, stop: int | None = None) -> Stream:
        """The UTF-8 from a byte on, to its end."""
        assert stop is None, "what is transcoded is not divided"
        raw = self._source.open()
        stream = Blocks(_utf8(raw, self._encoding, self.name, self._source.compression), raw.close)
        read_up_to(stream, start, self.name)
        return stream


def _utf8(stream: Stream, encoding: str, name: str, compression: str | None, cut: bool = False) -> Iterator[bytes]:
    """The UTF-8 of the bytes of an encoding; `cut` says that they may end within a character."""
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    begun = ended = False
    while not ended:
        block = bytearray(_BLOCK)
        size = fill(stream, memoryview(block), name, compression)
        ended = size < _BLOCK
        try:
            text = decoder.decode(bytes(block[:size]), final=ended and not cut)
            shown = (text if begun else text.removeprefix("\ufeff")).encode(UTF8)
        except UnicodeError as error:
            what = f"{visible(name)} is not {encoding}: {visible(str(error))}"
            raise DataError(what, hint="name another with --encoding") from None
        begun = begun or bool(text)
        yield shown
