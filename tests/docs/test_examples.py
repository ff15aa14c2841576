"""The cars of the tutorial as other programs write them: `python -m tests.docs.test_examples` makes the files anew."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

import exprgrad
from docs.generate.pages import ROOT

EXAMPLES = ROOT / "examples"
HEADER = ("Geschwindigkeit (mph)", "Anhalteweg (Fuß)")
MODEL = "distance ~ a*speed + b*speed^2"


def rows() -> list[tuple[float, float]]:
    """Speeds and distances."""
    with (EXAMPLES / "cars.csv").open(newline="", encoding="utf-8") as file:
        return [(float(row["speed"]), float(row["distance"])) for row in csv.DictReader(file)]


def for_gnuplot() -> bytes:
    """Comments, and numbers in columns of one width."""
    lines = [f"{speed:7.1f}   {distance:.4E}" for speed, distance in rows()]
    return "\n".join(["# M. Ezekiel, 1930", "#  speed   distance", *lines, ""]).encode()


def european() -> bytes:
    """As a spreadsheet saves it in Germany: semicolons, decimal commas, Windows-1252."""
    lines = [";".join(HEADER), *(f"{speed:.1f};{distance:.1f}".replace(".", ",") for speed, distance in rows())]
    return "".join(f"{line}\r\n" for line in lines).encode("cp1252")


def workbook(path: Path) -> None:
    """A sheet with a title above the header."""
    from openpyxl import Workbook  # type: ignore[import-untyped]

    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "cars"
    sheet.append(["speed", "distance"])
    for row in rows():
        sheet.append(row)
    book.save(path)


@pytest.mark.filterwarnings("ignore::exprgrad.DataNote")
def test_all_give_the_same_fit(tmp_path: Path) -> None:
    workbook(tmp_path / "cars.xlsx")
    names = {"speed": HEADER[0], "distance": "Anhalteweg_Fuß"}
    given = exprgrad.fit(MODEL, EXAMPLES / "cars.csv")
    assert exprgrad.fit(MODEL, EXAMPLES / "cars.dat") == given
    assert exprgrad.fit(MODEL, EXAMPLES / "cars-german.csv", column=names) == given
    assert exprgrad.fit(MODEL, EXAMPLES / "cars.xlsx") == given
    assert exprgrad.fit(MODEL, tmp_path / "cars.xlsx", sheet="cars") == given


@pytest.mark.parametrize(("name", "made"), [("cars.dat", for_gnuplot), ("cars-german.csv", european)])
def test_the_files_are_those_that_are_made(name: str, made: object) -> None:
    assert callable(made)
    assert (EXAMPLES / name).read_bytes() == made()


if __name__ == "__main__":
    (EXAMPLES / "cars.dat").write_bytes(for_gnuplot())
    (EXAMPLES / "cars-german.csv").write_bytes(european())
    workbook(EXAMPLES / "cars.xlsx")
