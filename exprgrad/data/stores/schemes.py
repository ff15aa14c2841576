"""The schemes of URLs that can be read, one row each. A new store is a file like `web` and a row here."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from exprgrad.data.stores.store import Store
from exprgrad.data.stores.urls import Url, parsed
from exprgrad.errors import DataError
from exprgrad.text.escapes import visible


class Scheme(NamedTuple):
    """How the files of a scheme are found and opened."""

    open: Callable[[Url], Store]
    """The file at a URL. Raises UnreadableError if there is none to be read."""
    matching: Callable[[Url], list[str]]
    """The URLs of the files that a pattern means, sorted. Raises DataError where there are none."""


def _web_file(url: Url) -> Store:
    from exprgrad.data.stores.web import WebFile

    return WebFile(url)


def _web_matching(url: Url) -> list[str]:
    if any(character in url.path for character in "*["):
        what = f"{visible(url.shown)} is a pattern, and web servers do not say which files they have"
        raise DataError(what, hint="give each URL; * and [ that belong to a name are written %2A and %5B")
    return [url.written]


def _bucket_file(url: Url) -> Store:
    from exprgrad.data.stores.buckets import BucketFile

    return BucketFile(url)


def _bucket_matching(url: Url) -> list[str]:
    from exprgrad.data.stores.buckets import matching

    return matching(url)


SCHEMES = {
    "http": Scheme(_web_file, _web_matching),
    "https": Scheme(_web_file, _web_matching),
    "s3": Scheme(_bucket_file, _bucket_matching),
    "gs": Scheme(_bucket_file, _bucket_matching),
}


def opened(address: str) -> Store:
    """The file at a URL. Raises UnreadableError if there is none to be read."""
    url = parsed(address)
    return _scheme(url).open(url)


def matching(address: str) -> list[str]:
    """The URLs that a URL stands for: where it is a pattern, those that fit it, sorted. Raises DataError where it
    cannot be a pattern or nothing fits it, UnreadableError where the store gives no list."""
    url = parsed(address)
    return _scheme(url).matching(url)


def _scheme(url: Url) -> Scheme:
    if url.scheme not in SCHEMES:
        what = f"cannot read {visible(url.shown)}: there is nothing to read {visible(url.scheme)}:// with"
        raise DataError(what, hint=f"give a file, or a URL with {', '.join(SCHEMES)} or file")
    return SCHEMES[url.scheme]
