"""Kinds of files that are known and not read: what each is, and the command that makes of it what is read."""

from __future__ import annotations

import re
import shlex
from typing import NamedTuple

from exprgrad.data.faults import PIPED
from exprgrad.data.stores.bytesource import ByteSource
from exprgrad.errors import DataError
from exprgrad.text.escapes import visible


class Unread(NamedTuple):
    """One kind of file."""

    what: str
    start: re.Pattern[bytes]
    """How such files begin."""
    way: str
    """What helps; FILE stands for the name of the file."""


def _kind(what: str, start: bytes, way: str) -> Unread:
    return Unread(what, re.compile(start, re.DOTALL | re.IGNORECASE if start.startswith(rb"\s") else re.DOTALL), way)


_OFFICE = "save it as text: libreoffice --convert-to "
_TWICE = "unpack it once"

_KINDS = (
    _kind("a 7z archive", rb"7z\xbc\xaf\x27\x1c", "unpack it: 7z x -so FILE" + PIPED),
    _kind("a RAR archive", rb"Rar!\x1a\x07", "unpack it: unrar p -inul FILE" + PIPED),
    _kind("a tar archive", rb".{257}ustar[\0 ]", "unpack it: tar -xOf FILE MEMBER" + PIPED),
    _kind("compressed by compress (.Z)", rb"\x1f[\x9d\xa0]", "unpack it: gzip -dc FILE" + PIPED),
    _kind("compressed by lz4", rb"\x04\x22\x4d\x18|\x02\x21\x4c\x18", "unpack it: lz4 -dc FILE" + PIPED),
    _kind("compressed by lzip", rb"LZIP[\0\x01]", "unpack it: lzip -dc FILE" + PIPED),
    _kind("compressed by lzop", rb"\x89LZO\0\r\n", "unpack it: lzop -dc FILE" + PIPED),
    _kind("compressed by LZMA", rb"\x5d\0\0[\0-\x10].{6}", "unpack it: xz -dc --format=lzma FILE" + PIPED),
    _kind("compressed by Snappy", rb"\xff\x06\0\0sNaPpY", "unpack it: snzip -dc FILE" + PIPED),
    _kind("compressed twice", rb"\x1f\x8b|\x28\xb5\x2f\xfd|\xfd7zXZ\0|BZh[1-9]1AY|PK\x03\x04", _TWICE),
    _kind("an HDF5 file", rb"\x89HDF\r\n\x1a\n", "write its table as CSV or Parquet: h5dump -d /NAME FILE shows it"),
    _kind("a MATLAB file", rb"MATLAB [5-9]\.\d MAT-file", "write the table in MATLAB: writetable(T, 'data.csv')"),
    _kind("a file of R", rb"RD[AXB][23]\n|[XA]\n\0\0\0[\x02\x03]", "write the table in R: write.csv(t, 'data.csv')"),
    _kind("a pickle, which could run any program", rb"\x80[\x02-\x05](?:[c}\]\x95])", "write the table as Parquet"),
    _kind("a PDF", rb"%PDF-\d", "give the data that it shows: pdftotext -layout FILE -" + PIPED),
    _kind(
        "a web page, not data", rb"\s*(?:<!--.{0,400}-->\s*)?<(?:!doctype\s+html|html)\b", "give the URL of the data"
    ),
    _kind("an Avro file", rb"Obj\x01", "write the table as Parquet"),
    _kind("an ORC file", rb"ORC[\0-\x08\x0b\x0c\x0e-\x1f]", "write the table as Parquet"),
    _kind("a NetCDF file", rb"CDF[\x01\x02\x05]", "write the table as CSV: ncdump -v NAME FILE shows it"),
    _kind("a FITS file", rb"SIMPLE  = {20}[TF]", "write the table as CSV: tablist FILE shows it"),
    _kind("a file of SPSS", rb"\$FL[23]@\(#\)", "write the table as CSV: pspp-convert FILE data.csv"),
    _kind("a file of Stata", rb"<stata_dta>|[\x71-\x76][\x01\x02]\x01\0", "write the table in Stata: export delimited"),
    _kind(
        "a spectrum of JCAMP-DX with several values in a line",
        rb"\s*##TITLE=.{0,4000}##(?:XYDATA|RADATA)=",
        "export it as CSV, or as pairs (XYPOINTS)",
    ),
    _kind("a data set of VTK", rb"# vtk DataFile", "save its values as CSV in ParaView: File, Save Data"),
    _kind("a rich text", rb"\{\\rtf", _OFFICE + "txt FILE"),
    _kind("an XML file", rb"\s*<\?xml", "write the table in it as CSV"),
    _kind("a program", rb"\x7fELF|MZ\x90\0", "give the data that it writes"),
    _kind("a picture", rb"\x89PNG\r\n\x1a\n|\xff\xd8\xff|GIF8[79]a|II\*\0|MM\0\*", "give the numbers that it shows"),
)


def refusal(source: ByteSource) -> DataError | None:
    """The error for a file of such a kind; None for any other."""
    for kind in _KINDS:
        if kind.start.match(source.start) and not (kind.what == "compressed twice" and source.compression is None):
            name = "FILE" if source.origin is None or source.far else shlex.quote(source.name)
            return DataError(f"{visible(source.name)} is {kind.what}", hint=kind.way.replace("FILE", name))
    return None
