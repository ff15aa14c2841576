"""The words that fields have in place of a value."""

from __future__ import annotations

ERRORS = (
    "#N/A",
    "#NA",
    "#DIV/0!",
    "#REF!",
    "#NAME?",
    "#NULL!",
    "#NUM!",
    "#VALUE!",
    "#SPILL!",
    "#CALC!",
    "#FIELD!",
    "#BLOCKED!",
    "#CONNECT!",
    "#UNKNOWN!",
    "#GETTING_DATA",
)
"""What spreadsheets write in a cell that holds no value."""

NANS = ["NaN", "nan", "NAN", "-nan", "-NaN", "+nan", "+NaN"]
"""How programs write a float that is none."""
NULLS = ["", "NA", "N/A", "n/a", "<NA>", "null", "NULL", "None", "-", "--", ".", *ERRORS, *NANS]
NULLS += ["*" * count for count in range(1, 33)]
"""What a field says that holds no value; also more stars, with which Fortran fills a field that is too narrow."""
