"""Files of numbers that are no texts: what they are by their names, and what makes a text of them."""

from __future__ import annotations

from exprgrad.errors import DataError
from exprgrad.text.escapes import visible

_PROGRAMS = {
    (".spc",): ("a spectrum of Galactic (Thermo)", "export it as CSV or ASCII from the program that measured it"),
    (".trc", ".wfm", ".isf", ".hgx"): (
        "a waveform of an oscilloscope",
        "save it as CSV at the oscilloscope",
    ),
    (".opj", ".opju", ".ogg", ".ogw"): ("a project of Origin", "export the worksheet as ASCII"),
    (".tdms", ".tdm"): ("a file of LabVIEW", "export it as text, or with: tdmsinfo"),
    (".mat",): ("a MATLAB file", "write the table in MATLAB: writetable(T, 'data.csv')"),
    (".sas7bdat", ".xpt"): ("a file of SAS", "write the table in SAS: proc export … dbms=csv"),
    (".dta",): ("a file of Stata", "write the table in Stata: export delimited"),
    (".sav", ".zsav", ".por"): ("a file of SPSS", "write the table as CSV: pspp-convert FILE data.csv"),
    (".rds", ".rdata", ".rda"): ("a file of R", "write the table in R: write.csv(t, 'data.csv')"),
    (".root",): ("a file of ROOT", "write the tree as CSV: root's RDataFrame, or uproot"),
    (".raw", ".bin", ".dat", ".img", ".f32", ".f64", ".dbl"): (
        "a binary file, not a text",
        "if it holds nothing but numbers, NumPy makes a table of it: "
        "np.save('data.npy', np.fromfile('FILE', 'f8').reshape(-1, COLUMNS))",
    ),
}
"""By the end of the name: what such a binary file is, and what to do."""
_OTHER = "a binary file, not a text", "export it as text"
_CONTROLS = bytes({*range(9), *range(14, 32)} - {26, 27})
_MOST = 0.02
_LOOK = 4096


def is_binary(start: bytes) -> bool:
    """Whether bytes are surely no text of single bytes: one is zero, or many are of no character."""
    start = start[:_LOOK]
    return b"\0" in start or len(start) - len(start.translate(None, _CONTROLS)) > _MOST * len(start)


def binary(name: str, start: bytes) -> DataError:
    """The error for a file that begins so and is no text."""
    what, way = next((found for ends, found in _PROGRAMS.items() if name.lower().endswith(ends)), _OTHER)
    bytes_ = "null bytes" if b"\0" in start else "bytes that are no characters"
    return DataError(f"{visible(name)} is {what}: it holds {bytes_}", hint=way.replace("FILE", visible(name)))
