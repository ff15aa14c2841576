"""Files at URLs: the same tables as from files of this machine, or one line that says why not."""

from __future__ import annotations

import gzip
import io
import socket
import ssl
import threading
from base64 import b64encode
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exprgrad.data.parts.divide import divide
from exprgrad.data.parts.files import matching
from exprgrad.data.parts.part import load
from exprgrad.data.stores import buckets, store, web
from exprgrad.data.stores.store import Anywhere, Forward
from exprgrad.data.stores.urls import parsed, without_secrets
from exprgrad.data.table import Table, open_table
from exprgrad.errors import DataError
from tests.command import exprgrad
from tests.data.servers import GsHandler, Handler, S3Handler, certificate, served
from tests.data.tables import FORMATS, read, write

ROWS = 20_000
X = np.random.default_rng(7).normal(size=ROWS)
CSV = b"x,y\n" + b"1,2\n" * 50_000
"""More than is asked for at once."""


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No proxies, and no credentials but these."""
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    web._opener.cache_clear()
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "the secret")


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """A table in every format, under paths that end in its suffix."""
    folder = tmp_path_factory.mktemp("files")
    columns = {"x": X, "y": -X}
    return {f"/bucket/d.{kind}": write(folder / f"d.{kind}", columns, 7000).read_bytes() for kind in FORMATS}


def opened(*urls: str) -> Table:
    return open_table(matching(urls), again=lambda: True)


def refusal(*urls: str) -> str:
    """What is said instead of giving the columns."""
    with pytest.raises(DataError) as raised:
        read(opened(*urls), ["x"])
    return str(raised.value)


def in_chunks(content: bytes, end: bytes = b"0\r\n\r\n") -> Callable[[Handler], None]:
    """An answer that tells no length."""

    def answer(handler: Handler) -> None:
        handler.send(200, b"", Content_Length="", Transfer_Encoding="chunked")
        for start in range(0, len(content), 30_000):
            piece = content[start : start + 30_000]
            handler.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
        handler.wfile.write(end)

    return answer


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("way", ["ranges", "no ranges", "chunks", "s3"])
def test_the_table_is_the_same_as_often_as_it_is_read(kind: str, way: str, files: dict[str, Any]) -> None:
    path = f"/bucket/d.{kind}"
    answers = {path: in_chunks(files[path]) if way == "chunks" else files[path]}
    with served(answers, S3Handler if way == "s3" else Handler, ranges=way != "no ranges") as (_, at):
        table = opened(f"s3:/{path}?endpoint_override={at}" if way == "s3" else f"{at}{path}")
        for name, expected in (("x", X), ("y", -X), ("x", X)):
            assert read(table, [name])[name].tobytes() == expected.tobytes()


@pytest.mark.parametrize("kind", ["csv.gz", "parquet"])
def test_google_cloud_storage(kind: str, files: dict[str, Any], tmp_path: Path) -> None:
    """As a command of its own: pyarrow's first request there lets no other thread run, such as the server's."""
    local = tmp_path / f"d.{kind}"
    local.write_bytes(files[f"/bucket/d.{kind}"])
    expected = exprgrad("eval", "sum(x)", "--data", str(local), "--value").stdout
    with served(files, GsHandler) as (_, at):
        options = f"?scheme=http&endpoint_override={at.removeprefix('http://')}"
        done = exprgrad("eval", "sum(x)", "--data", f"gs://anonymous@bucket/*.{kind}{options}", "--value")
        assert (done.stdout, done.stderr) == (expected, "")
        done = exprgrad("eval", "sum(x)", "--data", f"gs://anonymous@bucket/none.csv{options}")
        assert done.stderr == "exprgrad: cannot read gs://bucket/none.csv: No such file or directory\n"


def test_of_parquet_come_the_columns_and_row_groups_that_are_needed(tmp_path: Path) -> None:
    rows = 200_000
    values = np.random.default_rng(1)
    table = pa.table({name: values.normal(size=3 * rows) for name in "ab"})
    pq.write_table(table, tmp_path / "d.parquet", row_group_size=rows)
    content = (tmp_path / "d.parquet").read_bytes()
    with served({"/d.parquet": content}) as (site, at):
        (part, *_) = divide(opened(f"{at}/d.parquet"))
        site.asked.clear()
        site.sent = 0
        got = load(part._replace(bounds=(1, 2)), {"x": "b"}, "error")
        assert got.columns["x"].tobytes() == table["b"].to_numpy()[rows : 2 * rows].tobytes()
        assert site.sent < len(content) // 5
        assert len(site.asked) == 4, "the first bytes, the last as often as it is opened, and the column"


ANSWERS: list[tuple[str, Callable[[Handler], None], str]] = [
    ("404", lambda h: h.send(404, b""), "the server answers 404 Not Found"),
    (
        "403",
        lambda h: h.send(403, b""),
        "the server answers 403 Forbidden; does it need USER:PASSWORD@ before the host, or is its signature too old?",
    ),
    ("503", lambda h: h.send(503, b"busy"), "the server answers 503 Service Unavailable"),
    ("odd", lambda h: h.send(777, b""), "the server answers 777"),
    ("204", lambda h: h.send(204, b""), "the server answers 204 No Content"),
    ("circle", lambda h: h.send(302, b"", Location="/d.csv"), "it is redirected in a circle, or to nowhere"),
    ("away", lambda h: h.send(302, b"", Location="file:///etc/passwd"), "it is redirected in a circle, or to nowhere"),
    ("astray", lambda h: h.send(302, b"", Location="http://[::1"), "the server does not answer as HTTP has it"),
    ("cut head", lambda h: h.send(200, CSV, cut=1000), "the connection ended in the middle of the file"),
    ("cut", lambda h: h.send(200, CSV, cut=150_000), "the connection ended in the middle of the file"),
    ("cut chunks", in_chunks(CSV, end=b""), "the connection ended in the middle of the file"),
    (
        "cut range",
        lambda h: h.send(206, CSV[:9], Content_Range="bytes 0-65535/200004"),
        "the connection ended in the middle of the file",
    ),
    (
        "endless",
        lambda h: h.send(200, CSV, Content_Length=""),
        "the server does not say where it ends, so nobody would see that a part is missing; fetch it first, for "
        "example with curl",
    ),
    (
        "other range",
        lambda h: h.send(206, CSV, Content_Range="bytes 5-200008/300000"),
        "the server sends another range than was asked for",
    ),
    ("no range", lambda h: h.send(206, CSV), "the server sends another range than was asked for"),
    ("changed", lambda h: h.send(200, CSV, ETag=f'"{len(h.server.asked)}"'), "it has changed since it was opened"),
    (
        "encoding",
        lambda h: h.send(200, CSV, Content_Encoding="br"),
        "it comes in the encoding 'br', which was not asked for",
    ),
    ("silent", lambda h: h.server.over.wait(30), "no answer within 0.2 s"),
    ("stalled", lambda h: (h.send(200, CSV, cut=99), h.server.over.wait(30)), "no answer within 0.2 s"),
    ("hung up", lambda h: None, "the server ended the connection without an answer"),
    ("no HTTP", lambda h: h.wfile.write(b"SSH-2.0-x\r\n"), "the server does not answer as HTTP has it"),
]


@pytest.mark.parametrize(("answer", "message"), [row[1:] for row in ANSWERS], ids=[row[0] for row in ANSWERS])
def test_an_answer_that_is_not_the_file(
    answer: Callable[[Handler], None], message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(web, "PATIENCE", 0.2)

    def once(handler: Handler) -> None:
        handler.close_connection = True
        answer(handler)

    with served({"/d.csv": once}) as (_, at):
        assert refusal(f"{at}/d.csv").startswith(f"cannot read {at}/d.csv: {message}")


def test_no_server_and_no_host(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        free = taken.getsockname()[1]
    assert refusal(f"http://127.0.0.1:{free}/d.csv").endswith("/d.csv: Connection refused")

    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    assert refusal("http://nowhere.invalid/d.csv") == "cannot read http://nowhere.invalid/d.csv: its host is not known"


def test_empty_files_and_what_a_server_compresses_by_itself() -> None:
    packed = gzip.compress(CSV)
    answers = {
        "/none.csv": b"",
        "/d.csv": lambda h: h.send_range(packed, Content_Encoding="gzip"),
        "/d.csv.gz": lambda h: h.send_range(packed, Content_Encoding="gzip"),
        "/plain.csv.gz": CSV,
    }
    for ranges in (True, False):
        with served(answers, ranges=ranges) as (_, at):
            assert refusal(f"{at}/none.csv") == f"{at}/none.csv is empty"
            assert read(opened(f"{at}/d.csv", f"{at}/d.csv.gz"), ["y"])["y"].tolist() == [2] * 100_000
            assert refusal(f"{at}/plain.csv.gz") == f"{at}/plain.csv.gz is not a gzip file, in spite of its name"


def test_many_files_are_opened_side_by_side() -> None:
    together = threading.Barrier(8, timeout=20)

    def met(handler: Handler) -> None:
        together.wait()
        handler.send(200, b"x\n%s\n" % handler.path[1:].encode())

    with served({f"/{k}": met for k in range(8)}) as (_, at):
        assert read(opened(*(f"{at}/{k}" for k in range(8))), ["x"])["x"].tolist() == list(range(8))


def test_a_password_goes_to_its_host_alone_and_into_no_message() -> None:
    seen: list[str | None] = []
    expected = f"Basic {b64encode('mé:a b'.encode()).decode()}"

    def guarded(handler: Handler) -> None:
        if handler.headers.get("Authorization") == expected:
            handler.send(200, b"x\n1\n")
        else:
            handler.send(401, b"")

    def open_to_all(handler: Handler) -> None:
        seen.append(handler.headers.get("Authorization"))
        handler.send(200, b"x\n2\n")

    with served({"/d.csv": open_to_all}) as (_, elsewhere):
        answers: dict[str, Any] = {
            "/d.csv": guarded,
            "/here": lambda h: h.send(302, b"", Location="/d.csv"),
            "/there": lambda h: h.send(307, b"", Location=f"{elsewhere}/d.csv"),
        }
        with served(answers) as (_, at):
            known = at.replace("//", "//m%C3%A9:a%20b@")
            assert read(opened(f"{known}/d.csv", f"{known}/here"), ["x"])["x"].tolist() == [1, 1]
            assert read(opened(f"{known}/there"), ["x"])["x"].tolist() == [2]
            assert set(seen) == {None}
            wrong = at.replace("//", "//me:secret@")
            message = refusal(f"{wrong}/d.csv?X-Amz-Signature=secret#secret")
            assert message.startswith(f"cannot read {at}/d.csv: the server answers 401 Unauthorized")
            assert "secret" not in message


def test_names_and_queries_reach_the_server_as_they_are() -> None:
    with served({"/a b/ü*?.csv": b"x\n1\n"}) as (site, at):
        assert read(opened(f"{at}/a b/ü%2A%3f.csv?sig=a%2Fb+c[]*&é"), ["x"])["x"].tolist() == [1]
        assert site.asked[0] == "/a%20b/%C3%BC%2A%3f.csv?sig=a%2Fb+c[]*&%C3%A9 bytes=0-65535"


def test_certificates_and_a_redirect_out_of_encryption(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = certificate(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    with (
        served({"/d.csv": CSV}) as (_, plain),
        served({"/d.csv": CSV, "/down": lambda h: h.send(301, b"", Location=f"{plain}/d.csv")}, tls=context) as (_, at),
    ):
        assert "the server's certificate is not trusted: self-signed certificate" in refusal(f"{at}/d.csv")
        web._opener.cache_clear()
        monkeypatch.setenv("SSL_CERT_FILE", str(file))
        assert read(opened(f"{at}/d.csv"), ["x"])["x"].tolist() == [1] * 50_000
        assert refusal(f"{at}/down").endswith("it is redirected from https to a connection in plain")
        assert refusal(f"{plain.replace('http:', 'https:')}/d.csv").endswith("no encrypted connection to the server")


def test_what_goes_wrong_with_s3(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(buckets, "_PATIENCE", 1)
    answers: dict[str, Any] = {
        "/bucket/dir/d.csv": CSV,
        "/bucket/locked.csv": lambda h: h.send(403, b""),
        "/bucket/moved.csv": lambda h: h.send(301, b""),
        "/bucket/cut.csv": lambda h: h.send(206 if h.headers.get("Range") else 200, CSV, cut=999),
        "/bucket/shrunk.csv": lambda h: h.send_range(
            CSV if len([line for line in h.server.asked if "shrunk" in line]) < 4 else CSV[:100_000]
        ),
        "/bucket/silent.csv": lambda h: h.server.over.wait(30),
    }
    with served(answers, S3Handler) as (_, at):
        monkeypatch.setenv("AWS_ENDPOINT_URL", at)
        for name, message in (
            ("none.csv", "No such file or directory"),
            ("dir", "Is a directory"),
            ("locked.csv", "access is denied; give AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or"),
            ("moved.csv", "the store answers 301"),
            ("cut.csv", "the connection to the store fails: Transferred a partial file"),
            ("shrunk.csv", "it has changed since it was opened"),
            ("silent.csv", "the connection to the store fails: Timeout was reached"),
        ):
            assert refusal(f"s3://bucket/{name}").startswith(f"cannot read s3://bucket/{name}: {message}")
    assert refusal("s3://bucket/d.csv").endswith("the connection to the store fails: Could not connect to server")


def test_patterns_in_a_bucket(monkeypatch: pytest.MonkeyPatch) -> None:
    names = ["part-0.csv", "part-1.csv", "part-10.csv", ".part-2.csv", "a/part-3.csv", "a/b/part-4.csv", "[1]?.csv"]
    with served({f"/bucket/data/{name}": b"x\n1\n" for name in names}, S3Handler) as (_, at):
        monkeypatch.setenv("AWS_ENDPOINT_URL_S3", at)
        for pattern, expected in {
            "part-*.csv": names[:3],
            "part-?.csv": names[:2],
            "*.csv": [*names[:3], names[6]],
            "part-[1-9].csv": names[1:2],
            "*/part-*.csv": names[4:5],
            "**/part-[34].csv": [names[5], names[4]],
            ".part*": names[3:4],
            "[1]?.csv": names[6:],
        }.items():
            found = matching([f"s3://bucket/data/{pattern}"])
            assert found == sorted(f"s3://bucket/data/{name}" for name in expected)
        (url,) = matching([f"s3://key:secret@bucket/d*/part-1?.csv?endpoint_override={at}"])
        assert url == f"s3://key:secret@bucket/data/part-10.csv?endpoint_override={at}"
        assert refusal("s3://bucket/data/none-*.csv") == "no file matches s3://bucket/data/none-*.csv"
        assert refusal("s3://bucket/none/*") == "no file matches s3://bucket/none/*"


def test_a_bucket_is_read_without_credentials_where_anonymous_stands_before_it() -> None:
    def public(handler: Handler) -> None:
        handler.send_range(b"x\n1\n") if "Authorization" not in handler.headers else handler.send(403, b"")

    with served({"/bucket/d.csv": public}, S3Handler) as (_, at):
        assert read(opened(f"s3://anonymous@bucket/d.csv?endpoint_override={at}"), ["x"])["x"].tolist() == [1]


SHOWN = [
    ("https://me:secret@host:80/a/b.csv?secret#secret", "https://host:80/a/b.csv"),
    ("https://me:sec/ret@host/b.csv", "https://…"),
    ("https://me:123/secret@host/b.csv", "https://…"),
    ("https://host/@scope/b.csv", "https://host/@scope/b.csv"),
    ("s3://key:sec%2Fret@bucket/a#?.csv?region=secret", "s3://bucket/a#?.csv"),
    ("s3://key:sec/ret@bucket/a.csv", "s3://…"),
    ("HTTP://[::1]:80", "http://[::1]:80"),
    ("ftp://x", "ftp://x"),
    ("http://", "http://"),
]


@pytest.mark.parametrize(("url", "shown"), SHOWN)
def test_what_messages_and_reports_show_of_a_url(url: str, shown: str) -> None:
    assert parsed(url).shown == shown
    assert without_secrets(["eval", "-x", f"--data={url}"])[2].removesuffix("?…") == f"--data={shown}"


class Memory:
    """A store in memory."""

    name = "memory"
    version = ""
    ranged = True

    def __init__(self, content: bytes) -> None:
        self.content = content
        self.size = len(content)
        self.start = content[:7]
        self.asked = 0

    def open(self, start: int, end: int | None) -> io.BytesIO:
        self.asked += 1
        return io.BytesIO(self.content[start:end])


@given(st.binary(max_size=60), st.lists(st.tuples(st.integers(0, 70), st.integers(0, 30)), max_size=12))
@pytest.mark.parametrize("kind", [Forward, Anywhere])
def test_any_place_of_a_store_is_that_of_its_bytes(
    kind: type[Forward], content: bytes, reads: list[tuple[int, int]]
) -> None:
    before, store._BLOCK = store._BLOCK, 5
    try:
        with kind(Memory(content)) as file:
            for place, size in reads:
                assert file.seek(place) == place
                got = bytearray()
                while (more := file.read(size - len(got))) and len(got) < size:
                    got += more
                assert bytes(got) == content[place : place + size]
            assert file.seek(0, io.SEEK_END) == len(content)
    finally:
        store._BLOCK = before


def test_what_was_fetched_is_not_asked_for_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "_BLOCK", 50)
    for kind, requests in ((Forward, 1), (Anywhere, 2)):
        memory = Memory(bytes(range(100)))
        with kind(memory) as file:
            assert b"".join(file.read(3) for _ in range(40)) == memory.content
        assert memory.asked == requests
