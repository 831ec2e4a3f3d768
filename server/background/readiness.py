"""Whether the server can do what it is for: there is room on its disk, and its database can be written."""
from __future__ import annotations

import asyncio
import os
from pathlib import Path
from tempfile import TemporaryFile

import structlog

from models import Community
from models.availability import is_unavailable
from models.database import is_sqlite, sqlite_path
from models.memory import Recent
from server.settings import Settings

CHECK_SECONDS = 3.0
EVERY_SECONDS = 2.0  # whoever asks more often gets the same answer
ROOM_BYTES = 16 * 1024 * 1024
WRITTEN_BYTES = 4096
READY = "ok"
log = structlog.get_logger()


class Readiness:
    """Whether this server can do what it is for: looked at again after a moment, whoever asks."""

    def __init__(self, settings: Settings) -> None:
        places = [Path(settings.var_dir)]
        if is_sqlite(settings.database_url):
            places.append(sqlite_path(settings.database_url).parent)
        self._places = places
        self._found: Recent[str, str] = Recent(EVERY_SECONDS, 1)
        self._looks = asyncio.Lock()

    async def look(self) -> str:
        """READY, "disk" (there is no room, or soon none) or "database" (it cannot be written)."""
        async with self._looks:
            return await self._found.get("", self._look)

    async def _look(self) -> str:
        try:
            if not await asyncio.to_thread(self._has_room):
                return "disk"
            async with asyncio.timeout(CHECK_SECONDS):
                await Community.touch()
        except Exception as error:
            log.error("not ready", exc_info=error)
            return "database" if isinstance(error, TimeoutError) or is_unavailable(error) else "unexpected"
        return READY

    def _has_room(self) -> bool:
        """Whether there is some, and a file can be written: a quota shows only then."""
        try:
            return all(_is_roomy(place) for place in self._places)
        except OSError:
            return False


def _is_roomy(place: Path) -> bool:
    free = os.statvfs(place)
    with TemporaryFile(dir=place) as file:
        file.write(b"?" * WRITTEN_BYTES)
        file.flush()
    return free.f_bavail * free.f_frsize >= ROOM_BYTES
