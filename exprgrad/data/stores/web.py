"""Files of web servers.

urllib connects, encrypts and goes through proxies. This module checks each answer: a connection that ends early, other
bytes than were asked for, and a file that has changed are errors, never a shorter table.
"""

from __future__ import annotations

import io
import re
import socket
import ssl
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from http import HTTPStatus
from http.client import HTTPException, HTTPMessage, HTTPResponse, IncompleteRead, RemoteDisconnected
from typing import IO, Any
from urllib.error import HTTPError, URLError
from urllib.parse import quote, unquote_to_bytes
from urllib.request import (
    HTTPDefaultErrorHandler,
    HTTPErrorProcessor,
    HTTPHandler,
    HTTPRedirectHandler,
    HTTPSHandler,
    OpenerDirector,
    ProxyHandler,
    Request,
    UnknownHandler,
)

from exprgrad.data.faults import UnreadableError
from exprgrad.data.stores.reading import read_up_to
from exprgrad.data.stores.store import FIRST
from exprgrad.data.stores.tls import Socket
from exprgrad.data.stores.urls import Url

PATIENCE = 30.0
"""Seconds to wait for a connection, and for the next bytes."""

_RANGE = re.compile(r"bytes (\d{1,18})-\d{1,18}/(\d{1,18})")
_STAYS = "%!$&'()*+,;=:@/?[]~"
"""Characters that are not written %XX, beside letters and digits."""
_HOST = re.compile(r"(?:\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::(\d*))?", re.IGNORECASE)
_STORED = ("", "identity", "gzip", "x-gzip", "zstd")
"""Encodings that mean the stored bytes. Others were not asked for."""
_SKIPPED = 1 << 20
_CUT = "the connection ended in the middle of the file"


class WebFile:
    """A file of a web server: see `store.Store`."""

    def __init__(self, url: Url):
        self.name = url.shown
        self.size: int | None = None
        self.version = ""
        self.ranged = True
        self._known = False
        self._address = _address(url)
        self._user = unquote_to_bytes(url.user)
        try:
            with self.open(0, FIRST) as body:
                self.start = read_up_to(body, FIRST, self.name)
        except _NoBytesError:
            self.size, self.start = 0, b""
        if self.size is None and len(self.start) < FIRST:
            self.size = len(self.start)

    def open(self, start: int, end: int | None) -> io.RawIOBase:
        """The bytes from one on and before another, or to the end."""
        with _told(self.name):
            response = _opener().open(self._request(start, end), timeout=PATIENCE)
        try:
            first, size = self._place(response, start)
            self._compare(response, size)
            stop = size if end is None or size is None else min(end, size)
            body = _Body(self.name, response, None if stop is None else stop - first)
            body.skip(start - first)
        except BaseException:
            response.close()
            raise
        return body

    def _request(self, start: int, end: int | None) -> Request:
        headers = {"User-Agent": "exprgrad", "Accept-Encoding": "identity"}
        if self.ranged:
            headers["Range"] = f"bytes={start}-{'' if end is None else end - 1}"
        request = Request(self._address, headers=headers)
        if self._user:
            request.add_unredirected_header("Authorization", f"Basic {b64encode(self._user).decode()}")
        return request

    def _place(self, response: HTTPResponse, start: int) -> tuple[int, int | None]:
        """The place in the file where an answer begins, and the size of the file."""
        encoding = response.headers.get("Content-Encoding", "").strip().lower()
        if encoding not in _STORED:
            raise UnreadableError(self.name, f"it comes in the encoding {encoding!r}, which was not asked for")
        if response.status == 206:
            found = _RANGE.fullmatch(response.headers.get("Content-Range", ""))
            if found is None or int(found[1]) != start:
                raise UnreadableError(self.name, "the server sends another range than was asked for")
            return start, int(found[2])
        if response.status != 200:
            raise UnreadableError(self.name, _answer(response.status))
        if response.length is None and not response.chunked:
            what = "the server does not say where it ends, so nobody would see that a part is missing"
            raise UnreadableError(self.name, what, hint="fetch it first, for example with curl")
        return 0, response.length

    def _compare(self, response: HTTPResponse, size: int | None) -> None:
        """Raises UnreadableError if the file is not that of the first answer any more."""
        version = response.headers.get("ETag") or response.headers.get("Last-Modified") or ""
        if not self._known:
            self.size, self.version, self.ranged, self._known = size, version, response.status == 206, True
        elif (size, version) != (self.size, self.version):
            raise UnreadableError(self.name, "it has changed since it was opened")


class _NoBytesError(UnreadableError):
    """The server has no such bytes; an empty file has none at all."""


class _Body(io.RawIOBase):
    """The bytes of an answer. Where their number is not told, HTTP sends them in chunks and says which is the last."""

    def __init__(self, name: str, response: HTTPResponse, left: int | None):
        self._name = name
        self._response = response
        self._left = left

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview, /) -> int:  # type: ignore[override]
        wanted = len(buffer) if self._left is None else min(len(buffer), self._left)
        with _told(self._name):
            got = self._response.readinto(memoryview(buffer)[:wanted]) if wanted else 0
        if self._left is not None:
            if wanted and not got:
                raise UnreadableError(self._name, _CUT)
            self._left -= got
        return got

    def skip(self, size: int) -> None:
        """Read past so many bytes: a server that cannot start in the middle sends all."""
        while size:
            got = len(read_up_to(self, min(size, _SKIPPED), self._name))
            if not got:
                raise UnreadableError(self._name, "it has changed since it was opened")
            size -= got

    def close(self) -> None:
        self._response.close()
        super().close()


class _Redirects(HTTPRedirectHandler):
    """Follows redirects: never from an encrypted connection to a plain one, to another host without the password."""

    def http_error_302(self, req: Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage) -> Any:
        """Follow a redirect; the answer is closed even if it leads nowhere."""
        try:
            return super().http_error_302(req, fp, code, msg, headers)
        finally:
            fp.close()

    http_error_301 = http_error_303 = http_error_307 = http_error_308 = http_error_302

    def redirect_request(
        self, req: Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> Request | None:
        request = super().redirect_request(req, fp, code, msg, headers, newurl)
        if request is None:
            return None
        if req.type == "https" and request.type != "https":
            raise URLError("it is redirected from https to a connection in plain")
        secret = req.get_header("Authorization")
        if secret is not None and (request.type, request.host) == (req.type, req.host):
            request.add_unredirected_header("Authorization", secret)
        return request


def _context() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.sslsocket_class = Socket
    return context


@cache
def _opener() -> OpenerDirector:
    """What sends requests. It is made once, as reading the trusted certificates takes long."""
    opener = OpenerDirector()
    for handler in (
        ProxyHandler(),
        UnknownHandler(),
        HTTPHandler(),
        HTTPSHandler(context=_context()),
        HTTPDefaultErrorHandler(),
        HTTPErrorProcessor(),
        _Redirects(),
    ):
        opener.add_handler(handler)
    return opener


def _address(url: Url) -> str:
    """The URL in the characters that HTTP allows, without the user."""
    try:
        host = url.place if url.place.startswith("[") else url.place.encode("idna").decode()
    except UnicodeError:
        host = ""
    known = _HOST.fullmatch(host)
    if known is None:
        raise UnreadableError(url.shown, "it names no host")
    if int(known[1] or 0) > 65535:
        raise UnreadableError(url.shown, f"there is no port {known[1]}")
    path, query = (quote(part.encode("utf-8", "surrogateescape"), safe=_STAYS) for part in (url.path or "/", url.query))
    return f"{url.scheme}://{host}{path}{'?' * bool(query)}{query}"


@contextmanager
def _told(name: str) -> Iterator[None]:
    """Within it, what goes wrong on the way is an UnreadableError in plain words."""
    try:
        yield
    except HTTPError as error:
        error.close()
        kind = _NoBytesError if error.code == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE else UnreadableError
        hint = "does it need USER:PASSWORD@ before the host, or is its signature too old?"
        raise kind(name, _answer(error.code), hint=hint if error.code in (401, 403) else "") from None
    except (OSError, HTTPException, ValueError) as error:
        raise UnreadableError(name, _reason(error)) from None


def _answer(status: int) -> str:
    if 300 <= status < 400:
        return "it is redirected in a circle, or to nowhere"
    phrase = HTTPStatus(status).phrase if status in set(HTTPStatus) else ""
    return f"the server answers {status} {phrase}".rstrip()


def _reason(error: Exception) -> str:
    """Why there is no answer, in plain words."""
    cause = error.reason if isinstance(error, URLError) else error
    match cause:
        case str():
            return cause
        case socket.gaierror():
            return "its host is not known"
        case TimeoutError():
            return f"no answer within {PATIENCE:g} s"
        case ssl.SSLCertVerificationError():
            return f"the server's certificate is not trusted: {cause.verify_message}"
        case ssl.SSLError():
            return "there is no encrypted connection to the server"
        case IncompleteRead():
            return _CUT
        case RemoteDisconnected():
            return "the server ended the connection without an answer"
        case HTTPException() | ValueError():
            return "the server does not answer as HTTP has it"
    return getattr(cause, "strerror", None) or str(cause)
