"""Servers of files on this machine: one of the web, and two that speak as object stores do."""

from __future__ import annotations

import datetime
import json
import re
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat


class Site(ThreadingHTTPServer):
    """Files under their paths, as bytes; in their place a function may answer. `asked` are the requests so far, `sent`
    how many bytes they got."""

    daemon_threads = True

    def __init__(self, handler: type[Handler], files: dict[str, Any], *, ranges: bool = True) -> None:
        super().__init__(("127.0.0.1", 0), handler)
        self.files = files
        self.ranges = ranges
        self.asked: list[str] = []
        self.sent = 0
        self.over = threading.Event()

    def handle_error(self, *_: object) -> None:
        """A client may go away."""


class Handler(BaseHTTPRequestHandler):
    """Answers as a web server does."""

    server: Site
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        self.answer(unquote(self.path.partition("?")[0]))

    do_HEAD = do_GET  # noqa: N815

    def answer(self, path: str) -> None:
        """Send what is under a path."""
        content = self.server.files.get(path)
        if content is None:
            self.send(404, b"not here")
        elif callable(content):
            content(self)
        else:
            self.send_range(content)

    def send_range(self, content: bytes, **headers: str) -> None:
        """Send the part of a content that is asked for, if the server can."""
        wanted = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range") or "")
        if wanted is None or not self.server.ranges:
            self.send(200, content, **headers)
            return
        start = int(wanted[1])
        stop = min(int(wanted[2]) + 1, len(content)) if wanted[2] else len(content)
        if start >= len(content):
            self.send(416, b"", **headers)
            return
        self.send(206, content[start:stop], Content_Range=f"bytes {start}-{stop - 1}/{len(content)}", **headers)

    def send(self, status: int, body: bytes, cut: int | None = None, **headers: str) -> None:
        """Send an answer, or only so many bytes of it."""
        self.send_response(status)
        given = {"ETag": '"1"', "Last-Modified": formatdate(0, usegmt=True), "Content-Length": str(len(body))}
        for name, value in (given | {name.replace("_", "-"): value for name, value in headers.items()}).items():
            if value:
                self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.server.sent += len(body)
            self.wfile.write(body[:cut])
        self.close_connection = True

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        self.server.asked.append(f"{self.path} {self.headers.get('Range') or ''}".rstrip())

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Nobody reads it."""


class S3Handler(Handler):
    """The part of S3 that reading takes: a file's head, its ranges, and lists. Paths begin with the bucket."""

    def answer(self, path: str) -> None:
        query = parse_qs(urlsplit(self.path).query, keep_blank_values=True)
        if "list-type" not in query:
            super().answer(path)
            return
        prefix, delimiter = query.get("prefix", [""])[0], query.get("delimiter", [""])[0]
        bucket = f"{path.rstrip('/')}/"
        names = [name.removeprefix(bucket) for name in self.server.files if name.startswith(bucket + prefix)]
        folders = {prefix + name[len(prefix) :].split("/")[0] + "/" for name in names if "/" in name[len(prefix) :]}
        found = "".join(
            f"<Contents><Key>{escape(name)}</Key><Size>{len(self.server.files[bucket + name])}</Size></Contents>"
            for name in names
            if not delimiter or "/" not in name[len(prefix) :]
        )
        if delimiter:
            found += "".join(f"<CommonPrefixes><Prefix>{escape(f)}</Prefix></CommonPrefixes>" for f in sorted(folders))
        found += f"<IsTruncated>false</IsTruncated><KeyCount>{len(names)}</KeyCount>"
        body = f"<ListBucketResult>{found}</ListBucketResult>"
        self.send(200, body.encode(), Content_Type="application/xml")


class GsHandler(Handler):
    """The same of Google Cloud Storage."""

    def answer(self, path: str) -> None:
        whole = re.fullmatch(r"/storage/v1/b/([^/]+)/o(?:/(.+))?", path)
        if whole is None:
            self.send(404, b"{}")
            return
        bucket, name = whole[1], whole[2]
        query = parse_qs(urlsplit(self.path).query)
        if name is None:
            prefix = f"/{bucket}/{query.get('prefix', [''])[0]}"
            items = [self.described(bucket, file) for file in self.server.files if file.startswith(prefix)]
            self.send(200, json.dumps({"kind": "storage#objects", "items": items}).encode())
        elif query.get("alt") == ["media"] or f"/{bucket}/{name}" not in self.server.files:
            super().answer(f"/{bucket}/{name}")
        else:
            self.send(200, json.dumps(self.described(bucket, f"/{bucket}/{name}")).encode())

    def described(self, bucket: str, file: str) -> dict[str, str]:
        """What the store says of a file."""
        return {
            "kind": "storage#object",
            "bucket": bucket,
            "name": file.removeprefix(f"/{bucket}/"),
            "size": str(len(self.server.files[file])),
            "generation": "1",
            "updated": "2024-01-01T00:00:00Z",
        }


@contextmanager
def served(
    files: dict[str, Any],
    handler: type[Handler] = Handler,
    *,
    ranges: bool = True,
    tls: ssl.SSLContext | None = None,
) -> Iterator[tuple[Site, str]]:
    """A server while the context lasts, and its address: `http://127.0.0.1:PORT`."""
    site = Site(handler, files, ranges=ranges)
    if tls is not None:
        site.socket = tls.wrap_socket(site.socket, server_side=True)
    thread = threading.Thread(target=site.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield site, f"http{'s' if tls else ''}://127.0.0.1:{site.server_port}"
    finally:
        site.over.set()
        site.shutdown()
        thread.join()
        site.server_close()


def certificate(folder: Path) -> Path:
    """A certificate of this machine that nobody has signed, with its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "exprgrad")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    file = folder / "server.pem"
    file.write_bytes(secret + made.public_bytes(Encoding.PEM))
    return file
