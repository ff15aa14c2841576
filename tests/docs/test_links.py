"""Links between the pages, and from them to the code, lead somewhere; and so do the paths that the map names."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from docs.generate.pages import ROOT

PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("examples/*.md")])
_LINK = re.compile(r"\]\(([^)#\s]*)(?:#([^)\s]+))?\)")
_CODE = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)


def anchors(page: Path) -> set[str]:
    """The anchors that GitHub makes of a page's headings."""
    headings = re.findall(r"^#+ (.*)$", _CODE.sub("", page.read_text("utf-8")), re.MULTILINE)
    plain = [re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", heading) for heading in headings]
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in plain}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    for target, anchor in _LINK.findall(_CODE.sub("", page.read_text("utf-8"))):
        if "://" not in target and not target.startswith("mailto:"):
            path = (page.parent / target) if target else page
            assert path.exists(), target
            assert not anchor or path.suffix != ".md" or anchor in anchors(path), f"{target}#{anchor}"


@pytest.mark.parametrize("name", ["docs/architecture.md", "docs/inside.md"])
def test_paths_are_there(name: str) -> None:
    """Those in code letters: of the checkout, or of the package."""
    text = _CODE.sub("", (ROOT / name).read_text("utf-8"))
    for path in re.findall(r"`([a-z_0-9]+(?:/[a-z_0-9]+)*/?(?:\.(?:py|lark))?)`", text):
        if "/" in path:
            assert (ROOT / path).exists() or (ROOT / "exprgrad" / path).exists(), path
