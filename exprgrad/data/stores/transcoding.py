"""Texts in encodings that do not have ASCII as it is, read in order as UTF-8, as compressed texts are unpacked."""

from __future__ import annotations

import codecs
from functools import cache

from exprgrad.data.stores.bytesource import ByteSource
from exprgrad.data.stores.reading import Stream, fill, read_up_to
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
        stream = _Utf8(_Bytes(raw), self._encoding, self.name, None, cut=not ended)
        return read_up_to(stream, size, self.name)

    def open(self, start: int = 0, stop: int | None = None) -> Stream:
        """The UTF-8 from a byte on, to its end."""
        assert stop is None, "what is transcoded is not divided"
        stream = _Utf8(self._source.open(), self._encoding, self.name, self._source.compression)
        read_up_to(stream, start, self.name)
        return stream


class _Bytes:
    """Bytes in memory as a stream."""

    def __init__(self, text: bytes) -> None:
        self._rest = memoryview(text)

    def readinto(self, buffer: memoryview, /) -> int:
        block = self._rest[: len(buffer)]
        buffer[: len(block)] = block
        self._rest = self._rest[len(block) :]
        return len(block)

    def close(self) -> None:
        """Nothing is open."""


class _Utf8:
    """A stream of bytes of an encoding as one of UTF-8."""

    def __init__(self, stream: Stream, encoding: str, name: str, compression: str | None, cut: bool = False) -> None:
        """`cut` says that the bytes may end within a character."""
        self._stream = stream
        self._decoder = codecs.getincrementaldecoder(encoding)("strict")
        self._encoding = encoding
        self._name = name
        self._compression = compression
        self._cut = cut
        self._rest = memoryview(b"")
        self._first = True
        self._ended = False

    def readinto(self, buffer: memoryview, /) -> int:
        while not self._rest and not self._ended:
            self._rest = memoryview(self._next())
        block = self._rest[: len(buffer)]
        buffer[: len(block)] = block
        self._rest = self._rest[len(block) :]
        return len(block)

    def close(self) -> None:
        self._stream.close()

    def _next(self) -> bytes:
        block = bytearray(_BLOCK)
        size = fill(self._stream, memoryview(block), self._name, self._compression)
        self._ended = size < _BLOCK
        try:
            text = self._decoder.decode(bytes(block[:size]), final=self._ended and not self._cut)
            if self._first and text:
                self._first = False
                text = text.removeprefix("\ufeff")
            return text.encode(UTF8)
        except UnicodeError as error:
            what = f"{visible(self._name)} is not {self._encoding}: {visible(str(error))}"
            raise DataError(what, hint="name another with --encoding") from None
