"""The picture of the map: the floors on top of one another, the jobs side by side on theirs."""

from __future__ import annotations

from html import escape
from pathlib import Path

from tests.test_architecture import FLOORS

from .architecture import about, jobs, place

_WIDTH, _BAR, _GAP, _LEFT = 1000, 30, 5, 12
_LETTERS = 118
"""Characters of a description that fit beside the name of a floor."""
_STYLE = (
    "text{font:13px sans-serif;fill:#1b1f24}.name{font:bold 14px monospace}"
    ".job{font:bold 11px monospace;text-anchor:middle}"
    ".floor{fill:#eef2f7;stroke:#8795a8}.stage{fill:#fdf1dc;stroke:#b98a2f}.box{fill:#fff;stroke:#b98a2f}"
)


def picture(root: Path) -> str:
    """The picture as SVG, from the files of a checkout."""
    package = root / "exprgrad"
    lines: list[str] = []
    top = _GAP
    for floor in reversed(FLOORS):
        names = jobs(package) if floor == "jobs" else []
        height = _BAR * (2 if names else 1)
        kind = "stage" if names else "floor"
        lines.append(f'<rect class="{kind}" x="4" y="{top}" width="{_WIDTH - 8}" height="{height}" rx="4"/>')
        lines.append(f'<text class="name" x="{_LEFT}" y="{top + 20}">{floor}</text>')
        lines.append(f'<text x="{_LEFT + 108}" y="{top + 20}">{escape(_short(about(place(package, floor))))}</text>')
        lines += _boxes(names, top + _BAR)
        top += height + _GAP
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {top}" role="img">\n'
        f"<title>The floors of exprgrad, the upper ones importing only from those below</title>\n"
        f"<style>{_STYLE}</style>\n"
        f'<rect width="{_WIDTH}" height="{top}" fill="#fff"/>\n' + "\n".join(lines) + "\n</svg>\n"
    )


def _boxes(names: list[str], top: int) -> list[str]:
    """The jobs, side by side."""
    lines = []
    width = (_WIDTH - 2 * _LEFT) / max(len(names), 1)
    for k, name in enumerate(names):
        x = _LEFT + k * width
        lines.append(f'<rect class="box" x="{x + 2:g}" y="{top - 1}" width="{width - 4:g}" height="24" rx="3"/>')
        lines.append(f'<text class="job" x="{x + width / 2:g}" y="{top + 15}">{name}</text>')
    return lines


def _short(text: str) -> str:
    return text if len(text) <= _LETTERS else text[: _LETTERS - 1].rpartition(" ")[0] + " …"
