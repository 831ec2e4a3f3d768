# ruff: noqa: E501 - statements read better in one line
"""The disk gets full under load, stays so for a while, and has room again (security.md R6)."""
from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg

from models.database import config
from tests import postgres
from tests.bench.scene import Place
from tests.drills.judging import NotHere, judged
from tests.drills.world import Crowd, World, served, world
from tests.live import promised

DISK_MIB = 128
LEFT_KIB = 1500
CALM_SECONDS, FULL_SECONDS, BACK_SECONDS = 4.0, 20.0, 30.0
LOG_BYTES = 40_000  # of those seconds
CPU_SHARE = 0.6  # of one core, that a server under this load may take while it can store nothing


@contextlib.contextmanager
def small_disk(folder: Path) -> Iterator[Path]:
    """A file system of DISK_MIB; NotHere if we may not make one."""
    disk = folder / "disk"
    disk.mkdir()
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK_MIB}m,mode=755", "tmpfs", disk], capture_output=True, text=True, check=False)
    if made.returncode:
        raise NotHere(f"a small file system needs root: {made.stderr.strip()}")
    try:
        yield disk
    finally:
        subprocess.run(["umount", "-l", disk], check=False)


def fill(disk: Path, but_bytes: int) -> None:
    """Take all room but so much."""
    free = os.statvfs(disk)
    size = free.f_bavail * free.f_frsize - but_bytes
    with contextlib.suppress(OSError), (disk / "filler").open("ab", buffering=0) as filler:
        while size > 0:
            size -= filler.write(b"\0" * min(size, 64 * 1024))


async def keep_full(disk: Path) -> None:
    """Something else on that disk takes every byte that gets free."""
    while True:
        fill(disk, 0)
        await asyncio.sleep(0.2)


async def on_sqlite(folder: Path) -> dict[str, Any]:
    """Everything is on the small disk: database, keys and images."""
    with small_disk(folder) as disk:
        async with world(Place(disk, ""), disk, log=folder / "log") as there:
            return await _drill(there, disk)


@dataclass(frozen=True)
class SmallPlace(Place):
    """New databases have their tables on the small disk. PostgreSQL's log of changes is elsewhere: it ends itself where that cannot
    grow, which is the drill `database-restarted`.
    """

    async def new_database(self, name: str) -> str:
        url = await super().new_database(name)
        await run(self.postgres, f'ALTER DATABASE "{name}" SET TABLESPACE small')
        return url


async def on_postgres(folder: Path) -> dict[str, Any]:
    """The tables are on the small disk, with keys and images."""
    with small_disk(folder) as disk, postgres.cluster(("max_connections=100", "listen_addresses=")) as database:
        (tables := disk / "tables").mkdir()
        if os.geteuid() == 0:
            folder.chmod(0o755)
            shutil.chown(tables, "nobody")
        await run(database.url, f"CREATE TABLESPACE small LOCATION '{tables}'")
        async with world(SmallPlace(disk, database.url), disk, log=folder / "log") as there:
            return await _drill(there, disk)


async def run(url: str, statement: str) -> None:
    """A statement on the server itself, outside any transaction."""
    credentials = config(url.format(db="postgres"))["connections"]["pg"]["credentials"]
    connection = await asyncpg.connect(**{key: credentials[key] for key in ("host", "port", "user", "password", "database")})
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


async def _drill(there: World, disk: Path) -> dict[str, Any]:
    async with served(there) as server:
        async with Crowd(there) as crowd:
            await crowd.go_on("before", CALM_SECONDS)
            fill(disk, LEFT_KIB * 1024)
            await crowd.go_on("filling", CALM_SECONDS)
            filler = asyncio.create_task(keep_full(disk))
            cpu, log = server.cpu_seconds, there.log.stat().st_size
            await crowd.go_on("full", FULL_SECONDS)
            cpu, log = server.cpu_seconds - cpu, there.log.stat().st_size - log
            filler.cancel()
            (disk / "filler").unlink()
            back = await crowd.until_taken("after", promised(BACK_SECONDS))
        figures = {"back_seconds": back, "cpu_share": cpu / FULL_SECONDS, "log_bytes": log}
        return await judged(there, crowd, figures, hard=("filling", "full", "after"), dark="full", bars={"cpu_share": CPU_SHARE, "log_bytes": LOG_BYTES, "back_seconds": BACK_SECONDS})
