"""A ZIP that is written to disk piece by piece, off the event loop, and never beyond its limit."""
from __future__ import annotations

import asyncio
import json
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from models.errors import CommunityError

LIMIT_BYTES = 4 * 1024**3  # before packing


class ArchiveTooLarge(CommunityError):
    """More than LIMIT_BYTES."""

    status = 413
    safe = "error.too_much"


class Bundle:
    """An open ZIP. One part is written at a time."""

    def __init__(self, path: Path, limit_bytes: int = LIMIT_BYTES) -> None:
        path.touch(mode=0o600)
        self._zip = zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED)
        self._left = limit_bytes

    async def write(self, name: str, content: str | bytes) -> None:
        """One whole part. Raises ArchiveTooLarge."""
        data = content.encode() if isinstance(content, str) else content
        self._count(len(data))
        await asyncio.to_thread(self._zip.writestr, name, data)

    async def write_json(self, name: str, document: Any) -> None:
        """One document."""
        await self.write(name, json.dumps(document, ensure_ascii=False, indent=1))

    async def stream(self, name: str, pieces: AsyncIterator[str]) -> None:
        """One part whose pieces come one after the other."""
        with self._zip.open(name, "w", force_zip64=True) as part:
            async for piece in pieces:
                data = piece.encode()
                self._count(len(data))
                await asyncio.to_thread(part.write, data)

    async def add_file(self, name: str, path: Path) -> None:
        """A file as it is on disk; one that is not there is left out."""
        if not await asyncio.to_thread(path.is_file):
            return
        self._count((await asyncio.to_thread(path.stat)).st_size)
        await asyncio.to_thread(self._zip.write, path, name, zipfile.ZIP_STORED)

    async def close(self) -> None:
        """Write the list of parts."""
        await asyncio.to_thread(self._zip.close)

    def _count(self, number: int) -> None:
        self._left -= number
        if self._left < 0:
            raise ArchiveTooLarge("archive")


async def listed(rows: AsyncIterator[Any], before: str = "", after: str = "") -> AsyncIterator[str]:
    """JSON objects as the pieces of a list, between two pieces of text."""
    yield f"{before}["
    comma = ""
    async for row in rows:
        yield f"{comma}\n{json.dumps(row, ensure_ascii=False)}"
        comma = ","
    yield f"\n]{after}\n"
