"""How to reach a cluster."""

from __future__ import annotations

from typing import NamedTuple

CONNECT = 6
"""Seconds to reach a scheduler in."""
PATIENCE = 30
"""Seconds to go on without a worker that works."""


class Settings(NamedTuple):
    """How to connect."""

    address: str
    """Of a scheduler; or "local", "local:4": workers of this machine, for as long as they are needed."""
    ca: str | None = None
    """File with the certificate that has signed those of scheduler and workers."""
    cert: str | None = None
    key: str | None = None
    insecure: bool = False
    """Whether a connection to another machine may be in plain."""
    dashboard: bool = False
