"""Files that are no text: what they are by their first bytes, and the command that makes a text of them."""

from __future__ import annotations

import re

from exprgrad.errors import DataError
from exprgrad.text.escapes import visible

_OFFICE = "save the sheet as .xlsx or .csv first: libreoffice --convert-to csv FILE"
_KINDS = (
    (rb"%PDF", "a PDF", "take the text out of it first: pdftotext -layout FILE"),
    (rb"PK(?:\x03\x04|\x05\x06)", "a ZIP archive or a workbook", "unpack it first: unzip FILE"),
    (rb"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old workbook or document (.xls)", _OFFICE),
    (rb"BZh[1-9]1AY&SY", "compressed by bzip2", "unpack it first: bunzip2 FILE"),
    (rb"\xfd7zXZ\x00", "compressed by xz", "unpack it first: unxz FILE"),
    (rb"\x5d\x00\x00", "compressed by lzma", "unpack it first: unlzma FILE"),
    (rb"7z\xbc\xaf'\x1c", "a 7z archive", "unpack it first: 7z x FILE"),
    (rb"Rar!\x1a\x07", "a RAR archive", "unpack it first: unrar x FILE"),
    (rb"\x04\x22\x4d\x18", "compressed by lz4", "unpack it first: lz4 -d FILE"),
    (rb"\x1f[\x9d\xa0]", "compressed by compress", "unpack it first: uncompress FILE"),
    (rb"LZIP", "compressed by lzip", "unpack it first: lzip -d FILE"),
    (rb"\xff\x06\x00\x00sNaPpY", "compressed by snappy", "unpack it first: snzip -d FILE"),
    (rb"\xce\xb2\xcf\x81", "compressed by brotli", "unpack it first: brotli -d FILE"),
    (rb".{257}ustar", "a tar archive", "unpack it first: tar -xf FILE"),
    (rb"\x89HDF\r\n\x1a\n", "an HDF5 file", "write the data set as text first: h5dump -d NAME -y -o data.txt FILE"),
    (rb"CDF[\x01\x02\x05]", "a netCDF file", "write it as text first: ncdump FILE"),
    (rb"MATLAB 5\.0 MAT-file", "a MATLAB file", "write a text in MATLAB first: writetable(T, 'data.csv')"),
    (rb"SIMPLE  =", "a FITS file", "write the table as text first: ftlist FILE T"),
    (rb"(?:RDX[23]|RDA[23]|X)\n\x00\x00", "a file of R", "write a text in R first: write.csv(d, 'data.csv')"),
    (rb"\x80[\x02-\x05][\x95}\]c(K]", "a pickle of Python", "write it as CSV in Python first"),
    (rb"\x93NUMPY", "a NumPy array", "give --data-format npy, or write it as text with numpy.savetxt"),
    (rb"SQLite format 3\x00", "an SQLite database", "write a table as text first: sqlite3 -csv -header FILE"),
    (rb".{8}DUCK", "a DuckDB database", "write a table as text first: duckdb -csv FILE"),
    (rb"\x89PNG|\xff\xd8\xff|GIF8|II\*\x00|MM\x00\*", "a picture", ""),
    (rb"\x7fELF|MZ\x90\x00", "a program", ""),
    (rb"\{\\rtf", "a rich text", "save it as plain text first: libreoffice --convert-to txt FILE"),
    (rb"(?i:\s*(?:<!doctype html|<html|<head))", "a web page", "save the file that the page links to"),
    (rb"\s*<\?xml", "an XML file", "write the table in it as CSV first"),
)
"""How files of a kind begin, what they are, and what helps."""


def check_is_text(start: bytes, name: str) -> None:
    """Raises DataError for the first bytes of a file that is no text, though it may be named so."""
    for begin, kind, hint in _KINDS:
        if re.match(begin, start, re.DOTALL):
            raise DataError(f"{visible(name)} is {kind}, not a table in text", hint=hint)
