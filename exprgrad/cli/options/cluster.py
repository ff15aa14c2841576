"""The options of commands that may compute on a cluster, and the connection to it."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

from exprgrad.backends.engine import Engine
from exprgrad.cli.options.files import InputFile
from exprgrad.cli.options.option import CLUSTER, row, take
from exprgrad.cli.output import complain, terminated_cleanly
from exprgrad.errors import UsageError

if TYPE_CHECKING:
    from exprgrad.cluster.connection import Connection
    from exprgrad.data.source import TableSource


class ClusterOptions(NamedTuple):
    """What the command line says about a cluster."""

    address: str | None
    ca: str | None
    cert: str | None
    key: str | None
    insecure: bool
    dashboard: bool


_FILE = InputFile()
_ROWS = (
    row(
        "--cluster",
        field="cluster_address",
        heading=CLUSTER,
        metavar="ADDRESS",
        help="Compute on a Dask cluster: tls://HOST:PORT, or local[:N], N processes started for this command.",
    ),
    row("--cluster-ca", heading=CLUSTER, type=_FILE, metavar="FILE", help="The cluster's certificate authority."),
    row("--cluster-cert", heading=CLUSTER, type=_FILE, metavar="FILE", help="The certificate to show to the cluster."),
    row("--cluster-key", heading=CLUSTER, type=_FILE, metavar="FILE", help="The key of that certificate."),
    row(
        "--insecure",
        field="cluster_insecure",
        heading=CLUSTER,
        is_flag=True,
        help="Allow a connection in plain: others may read the data and run code.",
    ),
    row("--cluster-dashboard", heading=CLUSTER, is_flag=True, help="Say where the cluster can be watched."),
)

cluster_options = take(*_ROWS)
"""The options, given to the command as the fields of ClusterOptions with `cluster_` before them."""


def taken(options: dict[str, Any]) -> ClusterOptions:
    """The cluster's options, taken out of a command's options."""
    return ClusterOptions(*(options.pop(f"cluster_{name}") for name in ClusterOptions._fields))


@contextmanager
def engine_on(options: ClusterOptions, source: TableSource | None, engine: Engine, *, quiet: bool) -> Iterator[Engine]:
    """The engine on the cluster that the options name, which loads the columns of the source; without --cluster
    the engine unchanged. Raises UsageError for options or data that do not go with a cluster."""
    if not is_wanted(options):
        yield engine
        return
    if source is None:
        raise UsageError("a cluster computes on the rows of files", hint="give --data FILE, or leave out --cluster")
    from exprgrad.cluster.backend import Resident
    from exprgrad.data.parts.divide import divide

    table, watched = source.table, source
    parts = divide(table)
    with connection_to(options, quiet=quiet) as connection:
        resident = Resident(
            connection, parts, source.columns, table.nulls, lambda rows: watched.watch(rows), table.found.add
        )
        yield engine._replace(cluster=resident)


def is_wanted(options: ClusterOptions) -> bool:
    """Whether a cluster is named. Raises UsageError for other options of a cluster without it."""
    if options.address is None and (given := [name for name, value in options._asdict().items() if value]):
        option = "insecure" if given[0] == "insecure" else f"cluster-{given[0]}"
        raise UsageError(f"--{option} goes with --cluster ADDRESS")
    return options.address is not None


@contextmanager
def connection_to(options: ClusterOptions, *, quiet: bool) -> Iterator[Connection]:
    """The workers of the cluster that the options name. Raises UsageError for options that do not go together,
    ClusterError where it is not reached."""
    from exprgrad.cluster.connect import connected
    from exprgrad.cluster.settings import Settings

    def say(message: str) -> None:
        if not quiet:
            complain(f"note: {message}")

    gc.enable()  # docs/decisions/0006: Dask leaves cycles behind with each task
    with terminated_cleanly(), connected(Settings(**options._asdict()), say) as connection:
        yield connection
