"""What pages need that hold scripts and run without a network."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterable
from hashlib import sha256
from html import escape


def policy(styles: Iterable[str], scripts: Iterable[str]) -> str:
    """The Content-Security-Policy of a page that has these and nothing else, as the text of an attribute."""
    return escape(
        f"default-src 'none'; base-uri 'none'; form-action 'none'; img-src data:;"
        f" style-src {' '.join(map(_hash, styles))}; script-src {' '.join(map(_hash, scripts))}"
    )


def as_json(content: object) -> str:
    """A JSON document, escaped so that it may stand in a page."""
    text = json.dumps(content, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text.replace("&", r"\u0026").replace("<", r"\u003c").replace(">", r"\u003e")


def _hash(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"
