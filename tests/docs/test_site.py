"""Sphinx makes a site of the pages and the docstrings, without a warning."""

import re
import subprocess
import sys
from pathlib import Path

import exprgrad
from docs.generate.pages import ROOT

LOADED = re.compile(r'<(?:script|img|link)[^>]+(?:src|href)="(https?:[^"]+)"')
"""What a browser fetches from elsewhere as it opens a page."""


def test_the_site(tmp_path: Path) -> None:
    """In one test, as it takes some seconds: what Sphinx says of it, and what a reader finds there."""
    site = tmp_path / "site"
    command = [sys.executable, "-m", "sphinx", "-q", "-W", "--keep-going", "-d", str(tmp_path / "cache"), "-c", "docs"]
    done = subprocess.run([*command, ".", str(site)], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    front = (site / "index.html").read_text("utf-8")
    assert "_static/copy.js" in front
    assert '<div class="highlight-bash notranslate">' in front, "which copy.js gives a button"
    sidebar = front.partition('<div class="sidebar-tree">')[2].partition("</div>")[0]
    pages = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("examples/*.md")]
    linked = set(re.findall(r'href="([^"#]+)\.html"', sidebar))
    assert linked == {page.relative_to(ROOT).with_suffix("").as_posix() for page in pages} - {"README"}
    reference = (site / "docs" / "api.html").read_text("utf-8")
    described = set(re.findall(r'<dt class="sig sig-object py" id="exprgrad\.(\w+)">', reference))
    assert described == {name for name in exprgrad.__all__ if not name.startswith("_")}
    assert {
        page.name: found for page in site.rglob("*.html") if (found := LOADED.findall(page.read_text("utf-8")))
    } == {}
