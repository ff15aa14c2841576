"""Two workers on this machine, for all tests that no worker is killed in on purpose."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from exprgrad.cluster.connect import connected
from exprgrad.cluster.connection import Connection
from exprgrad.cluster.settings import Settings


@pytest.fixture(scope="session")
def workers() -> Iterator[Connection]:
    with connected(Settings("local:2"), lambda message: None) as connection:
        yield connection
