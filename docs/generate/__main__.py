"""Write all generated pages."""

from __future__ import annotations

from .pages import ROOT, pages

for name, text in pages().items():
    path = ROOT / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
