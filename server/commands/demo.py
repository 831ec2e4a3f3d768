"""`dazzle demo`."""
from __future__ import annotations

from server.commands.output import Output
from server.settings import Settings


async def demo(_: Settings, out: Output) -> None:
    """Placeholder while the demo is written."""
