"""Writes the tables of published numbers into docs/uncertainty.md."""

from tests.jobs.uncertainty.published.table import PAGE, written

PAGE.write_text(written(PAGE.read_text("utf-8"), trials=True), "utf-8")
