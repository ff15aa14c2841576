"""Connecting to a cluster: local workers or a running scheduler, checked before anything is computed."""

from __future__ import annotations

import asyncio
import logging
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from distributed import Client

from exprgrad.cluster.connection import Connection
from exprgrad.cluster.local import started
from exprgrad.cluster.remote import reached
from exprgrad.cluster.settings import PATIENCE, Settings
from exprgrad.cluster.versions import check_versions, versions
from exprgrad.data.stores.tls import mend
from exprgrad.errors import ClusterError
from exprgrad.text.escapes import visible

_PAUSE = 0.1
"""Seconds between looks for a worker."""
_SILENT = logging.CRITICAL + 1


@contextmanager
def connected(settings: Settings, note: Callable[[str], None]) -> Iterator[Connection]:
    """A connection for as long as the context lasts. Raises ClusterError for a cluster that cannot be reached or
    does not fit, UsageError for settings that make no sense."""
    _silence()
    mend()
    local = settings.address.partition(":")[0] == "local"
    with (started if local else reached)(settings) as client:
        connection = Connection(client, visible(settings.address), note)
        _check_workers(connection)
        if settings.dashboard:
            note(_dashboard(client))
        yield connection


def _dashboard(client: Client) -> str:
    try:
        return f"the dashboard is at {client.dashboard_link}"
    except KeyError:
        return "the cluster has no dashboard"


def _check_workers(connection: Connection) -> None:
    """Raises ClusterError if there are none, or if theirs are other versions."""
    client, name = connection.client, connection.name
    try:
        client.sync(asyncio.wait_for, _arrival(client), PATIENCE)
    except TimeoutError:
        raise ClusterError(f"the cluster at {name} has no workers", hint="dask worker ADDRESS starts one") from None
    except (OSError, AttributeError):
        raise connection.gone() from None
    try:
        answers = client.run(versions, on_error="return", callback_timeout=PATIENCE)
    except OSError:
        raise ClusterError(f"the workers of the cluster at {name} do not answer") from None
    for worker, found in answers.items():
        if isinstance(found, OSError):  # it was lost; those that come later are checked with their first task
            continue
        if isinstance(found, BaseException):
            raise ClusterError(f"exprgrad does not run on the worker {worker}: {visible(str(found))}")
        check_versions(connection.versions, found, worker)


async def _arrival(client: Client) -> None:
    """Wait for a worker. Dask's own `wait_for_workers` has no limit where the scheduler does not answer."""
    scheduler: Any = client.scheduler
    while not await scheduler.ncores(workers=None):
        await asyncio.sleep(_PAUSE)


def _silence() -> None:
    """What goes wrong is said in our words."""
    warnings.filterwarnings("ignore", module="distributed")
    for name in ("distributed", "tornado", "asyncio", "bokeh"):
        logging.getLogger(name).setLevel(_SILENT)
    for name, logger in logging.root.manager.loggerDict.items():
        if name.startswith("distributed.") and isinstance(logger, logging.Logger):
            logger.setLevel(_SILENT)
