"""Compressed streams that pyarrow does not read: xz, and the one member of a zip archive."""

from __future__ import annotations

import io
import lzma
import shlex
import struct
import zipfile
import zlib
from typing import Any

from exprgrad.data.faults import PIPED
from exprgrad.errors import DataError
from exprgrad.text.escapes import visible

_BLOCK = 1 << 16
_MEMORY = 256 << 20
"""Bytes that unpacking may take: the densest level of xz takes 65 MB, a file made to harm may ask for 4 GB."""
_READ = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
"""The ways that members of an archive are compressed of which Python reads a little at a time."""
_ENCRYPTED = 1
_DOCUMENTS = ("[Content_Types].xml", "mimetype", "META-INF/manifest.xml")
"""Members by which an office document, which is a zip archive too, is known."""


class Xz(io.RawIOBase):
    """The content of an xz file, which may consist of several streams with null bytes between them."""

    def __init__(self, raw: Any) -> None:
        self._raw = raw
        self._packed = b""
        self._decoder: lzma.LZMADecompressor | None = None

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview, /) -> int:  # type: ignore[override]
        """Raises OSError, as pyarrow's streams do, for data that are damaged or cut short."""
        try:
            while len(buffer):
                if self._decoder is None and not self._begin_stream():
                    return 0
                assert self._decoder is not None
                if self._decoder.needs_input and not self._packed:
                    self._packed = self._raw.read(_BLOCK) or b""
                    if not self._packed:
                        raise OSError("truncated")
                data = self._decoder.decompress(self._packed, len(buffer))
                self._packed = b""
                if self._decoder.eof:
                    self._packed = self._decoder.unused_data
                    self._decoder = None
                if data:
                    buffer[: len(data)] = data
                    return len(data)
        except lzma.LZMAError as error:
            raise OSError(str(error)) from None
        return 0

    def _begin_stream(self) -> bool:
        """Whether another stream begins here."""
        while not (packed := self._packed.lstrip(b"\0")):
            self._packed = self._raw.read(_BLOCK) or b""
            if not self._packed:
                return False
        self._packed = packed
        self._decoder = lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=_MEMORY)
        return True

    def close(self) -> None:
        self._raw.close()
        super().close()


class Member(io.RawIOBase):
    """The content of the one file in a zip archive, which is read at any place."""

    def __init__(self, archive: Any) -> None:
        """Raises OSError for an archive that is damaged."""
        self._archive = archive
        try:
            with zipfile.ZipFile(archive) as opened:
                self._stream = opened.open(files_of(opened)[0])
        except _DAMAGES as error:
            raise OSError(_damage(error)) from None

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview, /) -> int:  # type: ignore[override]
        """Raises OSError, as pyarrow's streams do, for data that are damaged or cut short."""
        try:
            data = self._stream.read(min(len(buffer), 1 << 20))
        except _DAMAGES as error:
            raise OSError(_damage(error)) from None
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        self._stream.close()
        self._archive.close()
        super().close()


_DAMAGES = (
    *(zipfile.BadZipFile, EOFError, zlib.error, struct.error),
    *(ValueError, RuntimeError, LookupError, OverflowError),  # what zipfile lets out of its own depths
)


def _damage(error: Exception) -> str:
    return "truncated" if isinstance(error, EOFError) else str(error)


def files_of(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    """The members that are files; what macOS adds for itself does not count."""
    members = archive.infolist()
    return [each for each in members if each.filename[-1:] != "/" and not each.filename.startswith("__MACOSX/")]


def member_of(archive: Any, name: str, path: str) -> str | None:
    """The name of the one file in a zip archive that messages call `name`, and commands `path`. None where the archive
    is itself a file of another kind: a document, or arrays of NumPy. Raises DataError where there is not just one that
    can be read."""
    file = shlex.quote(path)
    try:
        with zipfile.ZipFile(archive) as opened:
            names = set(opened.namelist())
            files = files_of(opened)
    except (OSError, *_DAMAGES) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise
        raise DataError(f"{visible(name)}: the zip archive is damaged or cut short") from None
    if names.intersection(_DOCUMENTS) or (files and all(info.filename.endswith(".npy") for info in files)):
        return None
    if not files:
        raise DataError(f"{visible(name)}: there is no file in the zip archive")
    member = files[0].filename
    command = f"unzip -p {file} {shlex.quote(member)}{PIPED}"
    if len(files) > 1:
        shown = ", ".join(info.filename for info in files[:5]) + (", …" if len(files) > 5 else "")
        raise DataError(f"{visible(name)} holds {len(files):,} files, {visible(shown)}", hint=f"give one: {command}")
    if files[0].flag_bits & _ENCRYPTED:
        raise DataError(f"{visible(name)}: {visible(member)} in it is encrypted", hint=f"give it decrypted: {command}")
    if files[0].compress_type not in _READ:
        what = f"{visible(name)}: {visible(member)} in it is compressed in a way that is not read"
        raise DataError(what, hint=f"unpack it: 7z x -so {file}{PIPED}")
    return member
