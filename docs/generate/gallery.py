"""The pictures of the gallery, made by the commands beside them: `python -m docs.generate.gallery [NAME …]`.

A `bash` block of docs/gallery.md runs in an empty folder, and the pictures below it show what it does: a file that it
wrote; a page that it wrote under the same name, as a browser shows it; or else the terminal, with its colours.
"""

from __future__ import annotations

import io
import re
import sys
import tempfile
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import NamedTuple

from rich.console import Console
from rich.text import Text

from tests.browser import Browser
from tests.transcripts import GALLERY, ROOT, show, surroundings

PICTURES = ROOT / "docs" / "pictures"
WIDTH = 80
_BLOCK = re.compile(r"^```bash\n(.*?)^```\n((?:\n*!\[[^]]*\]\(pictures/[^)]*\)\n)+)", re.MULTILINE | re.DOTALL)
_NAME = re.compile(r"\(pictures/([^)]*)\)")
_FONT = re.compile(r"\s*@font-face \{.*?\n    \}", re.DOTALL)
"""Where a browser would look for a font; nothing is fetched, and a font of the reader does."""
_TEXT = re.compile(r"<text[^>]*>(.*?)</text>", re.DOTALL)


class Scene(NamedTuple):
    """Commands, and the names of the pictures that show what they do."""

    script: str
    pictures: tuple[str, ...]


def scenes() -> list[Scene]:
    """All of the page, in order."""
    return [Scene(block[1], tuple(_NAME.findall(block[2]))) for block in _BLOCK.finditer(GALLERY.read_text("utf-8"))]


def make(scene: Scene, folder: Path, *, is_warm: bool = False) -> Iterator[tuple[str, bytes]]:
    """Each picture of a scene, by name; its commands run in an empty folder, as processes or by tests/warm."""
    (folder / "examples").symlink_to(ROOT / "examples")
    screen = "".join(f"$ {command}\n{terminal(command, folder, is_warm)}" for command in commands(scene.script))
    for name in scene.pictures:
        path = folder / name
        if path.exists():
            yield name, path.read_bytes()
        elif path.with_suffix(".html").exists():
            yield name, photograph(path.with_suffix(".html"))
        else:
            yield name, drawing(screen, path.stem).encode()


def commands(script: str) -> list[str]:
    """The commands of a block; one goes on where a line ends with a backslash."""
    return re.sub(r"\\\n", "\\\\\0", script).replace("\n", "\1").replace("\0", "\n").strip("\1").split("\1")


def terminal(command: str, folder: Path, is_warm: bool) -> str:
    """What a command writes to a terminal, with the codes of colours."""
    _, screen = show(command, str(folder), surroundings(str(folder), is_warm=is_warm) | {"TERM": "xterm-256color"})
    return screen.decode()


def drawing(screen: str, title: str) -> str:
    """A terminal as SVG, which needs no network."""
    console = Console(record=True, width=WIDTH, file=io.StringIO(), force_terminal=True, color_system="truecolor")
    for line in Text.from_ansi(screen.rstrip("\n")).split("\n", allow_blank=True):
        for part in line.divide(range(WIDTH, len(line), WIDTH)):  # as a terminal goes on in the next line
            console.print(part, soft_wrap=True)
    return _FONT.sub("", console.export_svg(title="exprgrad", unique_id=title)) + "\n"


def photograph(page: Path) -> bytes:
    """A page as Chromium shows it, as PNG: the first screen, or a long page's first two."""
    with Browser() as browser:
        height = browser.open(page, width=1000, height=600).run("document.documentElement.scrollHeight")
        tab = browser.open(page, width=1000, height=min(height, 1200))
        tab.run("document.documentElement.style.overflow = 'hidden'")
        return tab.screenshot()


def words(picture: bytes) -> str:
    """What an SVG says, without blanks, whichever release of a library drew it."""
    return "".join(unescape("".join(_TEXT.findall(picture.decode()))).split())


if __name__ == "__main__":
    for scene in scenes():
        if not sys.argv[1:] or set(sys.argv[1:]) & {Path(name).stem for name in scene.pictures}:
            with tempfile.TemporaryDirectory() as empty:
                for name, picture in make(scene, Path(empty)):
                    PICTURES.mkdir(exist_ok=True)
                    (PICTURES / name).write_bytes(picture)
