"""Tables drawn at random, written in a dialect that is drawn, too: for the property that none is read as another."""

from __future__ import annotations

import math
from collections.abc import Sequence
from random import Random
from typing import NamedTuple

from exprgrad.data.text.dialect import BLANKS

NAMES = ["t", "y", "time", "Voltage", "x1", "T_env", "Temp (°C)", "signal", "id", "R^2", "mass [kg]", "a.b", "Größe"]
UNITS = ["s", "V", "mV", "kg", "m/s", "[K]", "(a.u.)", "%", "Hz", "kg m^2"]
TEXTS = [
    "run",
    "A1",
    "control",
    "New York",
    "a,b",
    "x;y",
    'say "hi"',
    "two\nlines",
    "# no",
    "50 % off",
    "p|q",
    "é",
    "//",
]
TITLES = ["Decay of a sample", "Run 7, second try", "Date: 2020-01-01", "Operator: A. Smith", "Sample 12", "Results"]
REMARKS = [
    "measured by hand on a warm day in May",
    "1 2 3",
    "see a, b, c, d, e, f, g",
    "",
    "-----",
    "Date: today",
]
MISSING = ["NA", "NaN", "", "-", "***", "nan", "N/A", "null"]

Value = float | str | None


class Drawn(NamedTuple):
    """A table, and a file of it."""

    content: bytes
    suffix: str
    names: list[str]
    columns: list[list[Value]]
    """None where a value is missing."""
    nameless: bool
    """Whether the names may be c1, c2, … as well, as they are in a comment."""
    said: str
    """How it is written, for a person who looks into a failure."""


class _Dialect(NamedTuple):
    delimiter: str
    decimal: str
    quoting: str  # "least", "texts", "all"
    mark: str
    header: str  # "line", "none", "comment"
    missing: str
    exponent: str
    padded: bool
    trailing: bool
    end: str


def drawn(random: Random) -> Drawn:
    """A table and its file."""
    columns, kinds = _columns(random)
    names = random.sample(NAMES, len(columns))
    delimiter = random.choice([",", ",", ";", ";", "\t", "|", BLANKS, BLANKS, BLANKS])
    header = random.choice(["line", "line", "line", "none", "comment"])
    decimal = random.choice([".", ".", ","])
    if len(columns) == 1 and header != "line":
        decimal = "."  # 2,02 alone is two numbers
    blanks = delimiter == BLANKS
    dialect = _Dialect(
        delimiter,
        decimal,
        random.choice(["least", "least", "texts", "all"]),
        random.choice(["", "#", "#", "%", "!", "//"]) or ("#" if header == "comment" else ""),
        header,
        random.choice([word for word in MISSING if word or not (blanks or len(columns) == 1)]),
        random.choice("eeEED"),
        random.random() < 0.2,
        random.random() < 0.1 and not blanks,
        random.choice(["\n", "\n", "\r\n", "\r"]),
    )
    index = random.random() < 0.15 and header == "line" and len(columns) > 1
    lines, said = _lines(random, dialect, names, columns, kinds, index)
    if random.random() < 0.1 and delimiter != BLANKS:
        lines.insert(0, f"sep={delimiter}")
    text = dialect.end.join(lines) + dialect.end * (random.random() < 0.8)
    content, encoding = _encoded(random, text)
    if header == "none":
        if dialect.trailing:  # it may as well be a column without values
            columns = [*columns, [None] * len(columns[0])]
        names = [f"c{column}" for column in range(1, len(columns) + 1)]
    if index:
        names = ["row", *names]
        columns = [[str(row + 1) for row in range(len(columns[0]))], *columns]
    suffix = "tsv" if delimiter == "\t" and random.random() < 0.5 else random.choice(["csv", "txt", "dat"])
    return Drawn(content, suffix, names, columns, header == "comment", f"{dialect} {encoding} {said}")


def _columns(random: Random) -> tuple[list[list[Value]], list[str]]:
    rows = random.choice([1, 2, 3, 4, 6, 9, 14])
    kinds = [random.choice(["int", "float", "float", "exp", "text"]) for _ in range(random.randint(1, 5))]
    if all(kind == "text" for kind in kinds):
        kinds[0] = "float"
    gaps = rows > 1 and random.random() < 0.3
    columns: list[list[Value]] = []
    for kind in kinds:
        column: list[Value] = []
        for _ in range(rows):
            if gaps and kind != "text" and random.random() < 0.2:
                column.append(None)
            elif kind == "int":
                column.append(float(random.randint(-20, 2000)))
            elif kind == "float":
                column.append(round(random.uniform(-100, 100), random.randint(1, 4)))
            elif kind == "exp":
                column.append(float(f"{random.uniform(-10, 10):.3e}") * 10.0 ** random.randint(-9, 9))
            else:
                column.append(random.choice(TEXTS))
        columns.append(column)
    return columns, kinds


def _lines(
    random: Random,
    dialect: _Dialect,
    names: Sequence[str],
    columns: Sequence[Sequence[Value]],
    kinds: list[str],
    index: bool,
) -> tuple[list[str], str]:
    """The lines of the file, and what is special about them."""
    before, said = [], []
    for _ in range(random.choice([0, 0, 0, 1, 2])):
        title = random.choice(TITLES)
        # A title that is divided as the rows are is a header to everyone.
        words = len(title.split() if dialect.delimiter in " \t" else title.split(dialect.delimiter))
        if dialect.header == "line" or (len(columns) > 1 and not len(columns) - 1 <= words <= len(columns)):
            before.append(title)
            said.append("title")
    if dialect.mark:
        for _ in range(random.choice([0, 1, 2])):
            before.insert(random.randint(0, len(before)), f"{dialect.mark} {random.choice(REMARKS)}")
            said.append("comment")
    if dialect.header == "comment":
        separator = dialect.delimiter if random.random() < 0.5 else "  "
        before.append(f"{dialect.mark} " + separator.join(names))
    if dialect.header == "line":
        before.append(_row(random, dialect, list(names), False))
    if dialect.header != "none" and random.random() < 0.15 and len(columns) > 1:
        units = [random.choice(UNITS) for _ in columns]
        line = _row(random, dialect, units, False)
        before.append(line if dialect.header == "line" else f"{dialect.mark} " + "  ".join(units))
        said.append("units")
    rows = []
    for place, values in enumerate(zip(*columns, strict=True)):
        fields = [_field(dialect, value, kind) for value, kind in zip(values, kinds, strict=True)]
        if index:
            fields.insert(0, f'"{place + 1}"' if dialect.quoting != "least" else str(place + 1))
        rows.append(_row(random, dialect, fields, True))
        if dialect.mark and random.random() < 0.1:
            rows.append(f"{dialect.mark} {random.choice(REMARKS)}")
            said.append("comment between")
        if random.random() < 0.05:
            rows.append("")
    return before + rows, " ".join([*said, "index" * index])


def _field(dialect: _Dialect, value: Value, kind: str) -> str:
    if value is None:
        return dialect.missing
    if isinstance(value, str):
        return value
    text = f"{value:.0f}" if kind == "int" else repr(value)
    if kind == "exp":
        text = text.replace("e", dialect.exponent)
    return text.replace(".", dialect.decimal)


def _row(random: Random, dialect: _Dialect, fields: list[str], is_row: bool) -> str:
    shown = []
    for place, field in enumerate(fields):
        if is_row and field.startswith('"') and field.endswith('"') and field[1:-1].isdigit():
            shown.append(field)  # an index
            continue
        special = any(each in field for each in (dialect.delimiter, '"', "\n", "\r"))
        special |= dialect.delimiter == BLANKS and (not field or "\t" in field)
        special |= bool(dialect.mark) and place == 0 and field.startswith(dialect.mark)
        text = not _is_number(field, dialect)
        if special or dialect.quoting == "all" or (dialect.quoting == "texts" and text and field != dialect.missing):
            shown.append('"' + field.replace('"', '""') + '"')
        elif dialect.padded and dialect.delimiter != BLANKS:
            shown.append(" " * random.randint(0, 2) + field + " " * random.randint(0, 2))
        else:
            shown.append(field)
    between = dialect.delimiter
    if dialect.delimiter == BLANKS:
        line = "".join(field + random.choice([" ", "  ", "\t", "   "]) for field in shown)
        return " " * random.randint(0, 2) * dialect.padded + (line if dialect.padded else line.rstrip(" \t"))
    return between.join(shown) + between * dialect.trailing


def _is_number(field: str, dialect: _Dialect) -> bool:
    try:
        float(field.replace(dialect.decimal, ".").replace("D", "e"))
    except ValueError:
        return False
    return True


def _encoded(random: Random, text: str) -> tuple[bytes, str]:
    way = random.choice(["utf-8", "utf-8", "utf-8", "utf-8-sig", "utf-16", "utf-16-be", "cp1252"])
    return text.encode(way), way


def is_text(column: Sequence[object]) -> bool:
    """Whether a column has texts."""
    return any(isinstance(value, str) for value in column)


def same(expected: object, found: float | str) -> bool:
    """Whether a value is the one that was written, for a text but for blanks around it."""
    if expected is None:
        return isinstance(found, float) and math.isnan(found)
    return expected == found or (isinstance(expected, str) and expected.strip() == str(found).strip())
