"""What a URL says, and how much of it messages show."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from typing import NamedTuple
from urllib.parse import unquote

from exprgrad.errors import DataError
from exprgrad.text.escapes import visible

WEB = ("http", "https")
"""Schemes whose URLs have a query after "?" and a fragment after "#"."""

_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*)://", re.IGNORECASE)
_OPTIONS = re.compile(r"\?(?=\w+=)")
"""Where no web server is asked, a "?" without a name and "=" after it belongs to a pattern."""
_HOST = re.compile(r"(\[[0-9a-f:.]+\]|[^\s:@\[\]]+)(:\d*)?", re.IGNORECASE)


class Url(NamedTuple):
    """What a URL consists of, as it was written."""

    scheme: str
    """In lower case."""
    user: str
    """What stands before "@": a name, or a name, ":" and a password."""
    host: str
    """The host and port, or a bucket."""
    path: str
    """From its first "/" on, or empty."""
    query: str

    @property
    def place(self) -> str:
        """The host or bucket; empty where what stands there cannot be one, as it may be the end of a password."""
        torn = ":" in self.host and "@" in self.path
        return self.host if _HOST.fullmatch(self.host) and not torn else ""

    @property
    def written(self) -> str:
        """The whole URL."""
        user = f"{self.user}@" if self.user else ""
        return f"{self.scheme}://{user}{self.host}{self.path}{'?' if self.query else ''}{self.query}"

    @property
    def shown(self) -> str:
        """What messages call it: without user and query, which may hold a password and a signature."""
        return f"{self.scheme}://{self.host}{self.path}" if self.place or not self.host else f"{self.scheme}://…"


def is_url(path: str) -> bool:
    """Whether a path is a URL, and not the name of a file of this machine."""
    return _SCHEME.match(path) is not None and not os.path.lexists(path)


def parsed(url: str) -> Url:
    """What a URL consists of."""
    match = _SCHEME.match(url)
    assert match is not None
    scheme = match[1].lower()
    rest = url[match.end() :]
    if scheme in WEB:
        rest, _, query = rest.partition("#")[0].partition("?")
    else:
        rest, *options = _OPTIONS.split(rest, maxsplit=1)
        query = "".join(options)
    place, slash, path = rest.partition("/")
    user, _, host = place.rpartition("@")
    return Url(scheme, user, host, slash + path, query)


def on_this_machine(path: str) -> str:
    """The path that a URL of the scheme file means; any other path as it is."""
    if not path.lower().startswith("file://") or not is_url(path):
        return path
    host, slash, rest = path[len("file://") :].partition("/")
    if host not in ("", "localhost"):
        raise DataError(f"{visible(path)} is a file of another machine", hint="write file:///PATH")
    return unquote(slash + rest)


def without_secrets(words: Iterable[str]) -> list[str]:
    """The words of a command, with URLs in them as messages show them."""
    found = []
    for word in words:
        if match := _SCHEME.search(word):
            url = parsed(word[match.start() :])
            word = word[: match.start()] + url.shown + ("?…" if url.query else "")
        found.append(word)
    return found
