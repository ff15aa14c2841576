"""How to reach a cluster."""

from __future__ import annotations

from typing import NamedTuple

CONNECT = 6
"""Seconds within which a scheduler has to be reached."""
PATIENCE = 30
"""Seconds to wait while no worker does anything."""


class Settings(NamedTuple):
    """How to connect."""

    address: str
    """The address of a scheduler; or "local", "local:4": workers on this machine, for as long as they are needed."""
    ca: str | None = None
    """The file of the certificate that has signed those of scheduler and workers."""
    cert: str | None = None
    key: str | None = None
    insecure: bool = False
    """Whether a connection to another machine may be without encryption."""
    dashboard: bool = False
