"""Files at URLs on a cluster: loaded by the workers, or the one line that says which could not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import exprgrad
from exprgrad.backends.engine import Engine
from exprgrad.cluster.backend import Resident
from exprgrad.cluster.connect import connected
from exprgrad.cluster.connection import Connection
from exprgrad.cluster.settings import Settings
from exprgrad.data.parts.divide import divide
from exprgrad.data.parts.files import matching
from exprgrad.data.source import TableSource
from exprgrad.data.table import open_table
from exprgrad.errors import DataError
from tests.data.servers import Handler, S3Handler, served
from tests.data.tables import FORMATS, write
from tests.handing import evaluated

HEADERS = {"x": "x"}
LOSS = "mean((w*x - 1)^2) + std(x)"


@pytest.fixture(scope="module")
def cluster() -> Iterator[Connection]:
    with connected(Settings("local:2"), print) as connection:
        yield connection


def computed(urls: list[str], connection: Connection | None, between: Any = None) -> exprgrad.results.Evaluation:
    """A loss over files; `between` is done when the command has seen them, and the workers have not."""
    table = open_table(matching(urls), again=lambda: True)
    source = TableSource(table, HEADERS)
    if between is not None:
        between()
    resident = Resident(connection, divide(table), HEADERS, "error") if connection else None
    return evaluated(exprgrad.parse(LOSS), {"w": 0.5}, data=source, engine=Engine("auto", cluster=resident))


def test_the_bits_are_those_of_files_here(cluster: Connection, tmp_path: Path) -> None:
    values = np.random.default_rng(5)
    here, there = [], {}
    for k, kind in enumerate(FORMATS):
        file = write(tmp_path / f"{k}.{kind}", {"x": values.normal(size=7001 + k)}, 3000)
        here.append(str(file))
        there[f"/bucket/{file.name}"] = file.read_bytes()
    expected = computed(here, None)
    for handler, ranges in ((Handler, True), (Handler, False), (S3Handler, True)):
        with served(there, handler, ranges=ranges) as (site, at):
            options = f"?endpoint_override={at}"
            urls = [f"s3://me:secret@bucket/*{options}"] if handler is S3Handler else [f"{at}{path}" for path in there]
            assert computed(urls, cluster, site.asked.clear) == expected
            assert {line.split("?")[0].split(" ")[0] for line in site.asked} == set(there), "workers ask for them"


def test_another_file_than_the_command_saw(cluster: Connection) -> None:
    answers: dict[str, Any] = {"/d.csv": b"x\n1\n"}

    def rewritten(handler: Handler) -> None:
        handler.send(200, b"x\n2\n", ETag='"2"')

    with served(answers) as (_, at):
        for other, message in (
            (b"x\n1\n2\n", "has 6 bytes on the worker .*, and 4 here"),
            (rewritten, "is another one on the worker .* than here"),
        ):
            answers["/d.csv"] = b"x\n1\n"
            with pytest.raises(DataError, match=f"^{at}/d.csv {message}; has it changed"):
                computed([f"{at}/d.csv"], cluster, lambda other=other: answers.update({"/d.csv": other}))


def test_a_worker_that_cannot_read_is_named_and_no_secret_is(cluster: Connection) -> None:
    content = b"x\n" + b"1\n" * 200_000
    answers: dict[str, Any] = {}

    def cut(handler: Handler) -> None:
        handler.send(200, content, cut=300_000)

    with served(answers) as (_, at):
        for other, message in ((None, "the server answers 404 Not Found"), (cut, "the connection ended in the middle")):
            answers["/d.csv"] = lambda h: h.send(200, content)
            url = f"{at.replace('//', '//me:secret@')}/d.csv?secret"
            with pytest.raises(DataError) as raised:
                computed([url], cluster, lambda other=other: answers.update({"/d.csv": other}))
            assert str(raised.value).startswith(f"{at}/d.csv cannot be read on the worker ")
            assert message in str(raised.value)
            assert "secret" not in str(raised.value)
