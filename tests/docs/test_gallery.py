"""The pictures of the gallery are those that the commands beside them make now.

They need not be the same to the last point: another release of Matplotlib, rich or Graphviz draws lines a little
otherwise. An SVG must say the same, and a PNG look the same from afar.
"""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest

from docs.generate.gallery import PICTURES, Scene, commands, drawing, make, scenes, words
from tests.tools import called, needs

SCENES = scenes()


def tools(scene: Scene) -> list[str]:
    """What it calls; a page is shown by a browser."""
    shown = [name for name in scene.pictures if Path(name).with_suffix(".html").name in scene.script]
    return called(scene.script) + ["chromium"] * bool(shown)


def from_afar(picture: bytes) -> np.ndarray:
    """The mean brightness of each of 12 x 12 fields."""
    from matplotlib.image import imread

    grey = imread(io.BytesIO(picture))[..., :3].mean(axis=2)
    return np.array([[field.mean() for field in np.array_split(row, 12, 1)] for row in np.array_split(grey, 12)])


@pytest.mark.parametrize(
    "scene",
    [pytest.param(one, marks=[needs(*tools(one))] if tools(one) else [], id=one.pictures[0]) for one in SCENES],
)
def test_the_pictures_are_current(scene: Scene, tmp_path: Path) -> None:
    """Where this fails: `python -m docs.generate.gallery`."""
    for name, picture in make(scene, tmp_path, is_warm=True):
        shown = (PICTURES / name).read_bytes()
        if name.endswith(".png"):
            assert np.abs(from_afar(picture) - from_afar(shown)).max() < 0.1, name
        else:
            assert words(picture) == words(shown) != "", name


def test_no_picture_is_left_over() -> None:
    assert {path.name for path in PICTURES.iterdir()} == {name for scene in SCENES for name in scene.pictures}


def test_commands_of_a_block() -> None:
    assert commands("exprgrad eval x \\\n    --x 3\nexprgrad diff x\n") == [
        "exprgrad eval x \\\n    --x 3",
        "exprgrad diff x",
    ]


def test_a_drawing_keeps_every_letter_and_asks_for_no_font() -> None:
    picture = drawing("x" * 81 + "\n\n\x1b[1m╭─╮\x1b[0m <&>\n", "name")
    assert words(picture.encode()) == "exprgrad" + "x" * 81 + "╭─╮<&>"
    assert "http" not in picture.replace("http://www.w3.org", "").replace("https://www.textualize.io", "")
