"""The page docs/performance.md, or another: tables in Markdown, put between markers that bear a benchmark's name."""

from __future__ import annotations

import os
import platform
from pathlib import Path

ROOT = Path(__file__).parent.parent
DOCUMENT = ROOT / "docs" / "performance.md"


def markdown(header: list[str], rows: list[list[str]]) -> list[str]:
    """A table with its columns aligned; the first column to the left, the others to the right."""
    widths = [max(len(row[i]) for row in [header, *rows]) for i in range(len(header))]
    rule = ["-" * widths[0], *["-" * (width - 1) + ":" for width in widths[1:]]]

    def line(row: list[str]) -> str:
        cells = [row[0].ljust(widths[0]), *[cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True)]]
        return f"| {' | '.join(cells)} |"

    return [line(header), line(rule), *map(line, rows)]


def machine() -> str:
    """The processor, how many of it, and the Python."""
    model = platform.processor() or platform.machine()
    information = Path("/proc/cpuinfo")
    if information.exists():
        lines = information.read_text("utf-8").splitlines()
        facts = dict(line.split("\t", 1) for line in lines if "\t" in line)
        model = facts.get("model name", f": {model}").lstrip("\t: ")
        flags = facts.get("flags", "").split()
        model += ", AVX-512" if "avx512f" in flags else ", AVX2" if "avx2" in flags else ""
    return f"{model}, {len(os.sched_getaffinity(0))} CPUs, Python {platform.python_version()}"


def write(name: str, lines: list[str], document: Path = DOCUMENT) -> None:
    """Put the lines between a page's markers `<!-- name -->` and `<!-- end of name -->`."""
    start, end = f"<!-- {name} -->\n", f"<!-- end of {name} -->"
    page = document.read_text("utf-8")
    before, _, rest = page.partition(start)
    _, _, after = rest.partition(end)
    body = "\n".join(lines).strip()
    document.write_text(f"{before}{start}\n{body}\n\n{end}{after}", "utf-8")
