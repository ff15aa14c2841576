"""Files in buckets, read by pyarrow: of Amazon S3, of stores that speak as it does, and of Google Cloud Storage."""

from __future__ import annotations

import io
import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from errno import EISDIR, ENOENT
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl, unquote

import pyarrow as pa  # type: ignore[import-untyped]

from exprgrad.data.faults import UnreadableError
from exprgrad.data.stores.reading import Blocks, read_up_to
from exprgrad.data.stores.store import FIRST
from exprgrad.data.stores.urls import Url
from exprgrad.errors import DataError
from exprgrad.text.escapes import visible

_PATIENCE = 10
"""Seconds to wait for an answer; then there are two more tries."""
_BLOCK = 16 << 20
"""Bytes that are fetched at a time where a file is read from front to back."""
_OPTIONS = {"s3": ("endpoint_override", "region", "scheme"), "gs": ("endpoint_override", "scheme")}
_CREDENTIALS = {
    "s3": "give AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or s3://anonymous@BUCKET",
    "gs": "give GOOGLE_APPLICATION_CREDENTIALS, or gs://anonymous@BUCKET",
}
_MAGIC = re.compile(r"[*?\[]")
_CURL = re.compile(r"(?:curlCode: \d+, |CURL error \[\d+\]=)([^;{]+?)(?:;| error_info|$)")
_STATUS = re.compile(r"HTTP (?:status|response code:?) (\d+)")
_DENIED = re.compile(r"AWS Error (ACCESS_DENIED|INVALID_|UNRECOGNIZED_|\w*SIGNATURE)|UNAUTHENTICATED: |access token")


class BucketFile:
    """A file in a bucket: see `store.Store`."""

    ranged = True

    def __init__(self, url: Url):
        from pyarrow.fs import FileType  # type: ignore[import-untyped]

        self.name = url.shown
        self._url = url
        self._path = _path(url)
        if not url.path.strip("/"):
            raise UnreadableError(self.name, "it names a bucket, and no file in it")
        with _told(url):
            self._files = _files(url)
            info = self._files.get_file_info(self._path)
            if info.type == FileType.NotFound:
                raise FileNotFoundError
            if info.type == FileType.Directory:
                raise IsADirectoryError
            self._native = self._files.open_input_file(self._path)
        self._info = info
        self.size: int | None = info.size
        self.version = str(info.mtime_ns)
        with self.open(0, min(FIRST, info.size)) as body:
            self.start = read_up_to(body, FIRST, self.name)

    def open(self, start: int, end: int | None) -> io.RawIOBase:
        """The bytes from one on and before another, or to the end."""
        assert self.size is not None
        return Blocks(self._blocks(start, self.size if end is None else end))

    def _blocks(self, start: int, end: int) -> Iterator[bytes]:
        """The same bytes, some at a time."""
        for place in range(start, end, _BLOCK):
            yield self.read_at(place, min(place + _BLOCK, end))

    def read_at(self, start: int, end: int) -> bytes:
        """The bytes from one on and before another, in one request. pyarrow does not say when some are missing, so the
        size and the time of the file are compared afterwards with those at its opening."""
        with _told(self._url):
            block: bytes = self._native.read_at(end - start, start)
            info = self._files.get_file_info(self._path)
        if (info.size, info.mtime_ns) != (self._info.size, self._info.mtime_ns) or len(block) < end - start:
            raise UnreadableError(self.name, "it has changed since it was opened")
        return block


def matching(url: Url) -> list[str]:
    """The URLs of the files that fit a pattern, sorted. A URL that is no pattern, or names a file, gives itself."""
    from pyarrow.fs import FileSelector, FileType

    path = _path(url)
    magic = _MAGIC.search(url.path)
    if magic is None:
        return [url.written]
    folder = path[: path.rindex("/", 0, len(url.host) + magic.start())]
    patterns = path[len(folder) + 1 :].split("/")
    with _told(url):
        files = _files(url)
        if files.get_file_info(path).type == FileType.File:
            return [url.written]
        inside = FileSelector(folder, allow_not_found=True, recursive=len(patterns) > 1 or "**" in patterns)
        found = [info.path for info in files.get_file_info(inside) if info.type == FileType.File]
    fitting = [name for name in found if _fits(name[len(folder) + 1 :].split("/"), patterns)]
    if not fitting:
        raise DataError(f"no file matches {visible(url.shown)}")
    return [url._replace(path=name[len(url.host) :]).written for name in sorted(fitting)]


def _fits(names: Sequence[str], patterns: Sequence[str]) -> bool:
    """Whether names of folders and of a file fit patterns, by the rules of a shell."""
    if not patterns or not names:
        return not names and all(pattern == "**" for pattern in patterns)
    hidden = names[0].startswith(".") and not patterns[0].startswith(".")
    if patterns[0] == "**":
        return _fits(names, patterns[1:]) or (not hidden and _fits(names[1:], patterns))
    return not hidden and fnmatchcase(names[0], patterns[0]) and _fits(names[1:], patterns[1:])


def _path(url: Url) -> str:
    """Bucket and file as pyarrow writes them; in a name %XX stands for itself."""
    if not url.place:
        raise UnreadableError(url.shown, "it names no bucket")
    return f"{url.host}{url.path}"


def _files(url: Url) -> Any:
    """The connection to the store of a bucket."""
    options = dict(parse_qsl(url.query, keep_blank_values=True))
    for name in options:
        if name not in _OPTIONS[url.scheme]:
            known = ", ".join(_OPTIONS[url.scheme])
            raise DataError(f"{visible(url.shown)} takes no option {visible(name)}", hint=f"there are {known}")
    if url.scheme == "gs" and url.user not in ("", "anonymous"):
        raise DataError(f"{visible(url.shown)} takes no user but anonymous", hint="give GOOGLE_APPLICATION_CREDENTIALS")
    if url.scheme == "s3" and (endpoint := os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL")):
        options.setdefault("endpoint_override", endpoint)
    return _connected(url.scheme, url.user, url.host, tuple(options.items()))


@lru_cache(maxsize=64)
def _connected(scheme: str, user: str, bucket: str, options: tuple[tuple[str, str], ...]) -> Any:
    from pyarrow import fs

    anonymous = user == "anonymous"
    given: dict[str, Any] = dict(options, anonymous=anonymous)
    if scheme == "gs":
        return fs.GcsFileSystem(retry_time_limit=timedelta(seconds=_PATIENCE), **given)
    if "region" not in given and "endpoint_override" not in given:
        given["region"] = fs.resolve_s3_region(bucket)
    if user and not anonymous:
        key, _, secret = user.partition(":")
        given |= {"access_key": unquote(key), "secret_key": unquote(secret)}
    return fs.S3FileSystem(connect_timeout=_PATIENCE, request_timeout=_PATIENCE, **given)


@contextmanager
def _told(url: Url) -> Iterator[None]:
    """Within it, what goes wrong in a store is an UnreadableError in plain words."""
    try:
        yield
    except (OSError, ImportError, UnicodeError, pa.ArrowException) as error:
        denied = isinstance(error, PermissionError) or _DENIED.search(str(error)) is not None
        reason = "access is denied" if denied else _reason(error)
        raise UnreadableError(url.shown, reason, hint=_CREDENTIALS[url.scheme] if denied else "") from None


def _reason(error: Exception) -> str:
    text = str(error)
    if isinstance(error, FileNotFoundError):
        return os.strerror(ENOENT)
    if isinstance(error, IsADirectoryError):
        return os.strerror(EISDIR)
    if found := _CURL.search(text):
        return f"the connection to the store fails: {found[1]}"
    if found := _STATUS.search(text):
        return f"the store answers {found[1]}"
    return text[max(text.find("AWS Error"), 0) :]
