"""What an address of this server is."""
from __future__ import annotations

from dataclasses import dataclass

from server.doors import Handler


@dataclass(frozen=True, slots=True)
class Route:
    """One address. `handler` stands behind a door of `server.doors`."""

    method: str
    path: str
    handler: Handler
