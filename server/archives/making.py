"""The job that makes copies of members' data, one after the other, and forgets them after a week."""
from __future__ import annotations

import asyncio
import fcntl
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from pathlib import Path

import structlog
from aiohttp import web

from models import Archive, Community, Member, OutgoingMail, clock, vault
from models.availability import is_unavailable
from models.database import in_transaction
from models.mail import Letter
from models.rights import ArchiveState
from server.archives import locked, portable, readable, tables
from server.archives.bundle import ArchiveTooLarge, Bundle
from server.keys import MEDIA, SETTINGS, THEME

KEPT = timedelta(days=7)
LOCK_FILE = ".making"
LOOK_AGAIN_SECONDS = 0.2
log = structlog.get_logger()


def path(var_dir: Path, archive: Archive) -> Path:
    """Where the file is."""
    return Path(var_dir) / "archives" / f"{archive.key}.sealed"


async def make_due(app: web.Application) -> int:
    """Make the copy that has waited longest; how many were made or forgotten."""
    folder = Path(app[SETTINGS].var_dir) / "archives"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    async with _alone(folder):
        forgotten = await forget_old(Path(app[SETTINGS].var_dir))
        archive = await Archive.filter(state=ArchiveState.WAITING).order_by("id").first()
        if archive is None:
            return forgotten
        await _make(app, archive)
    return 1


@asynccontextmanager
async def _alone(folder: Path) -> AsyncIterator[None]:
    """One at a time, also of several processes; the system drops the lock when a process dies."""
    handle = os.open(folder / LOCK_FILE, os.O_CREAT | os.O_RDWR, 0o600)
    try:
        while True:
            with suppress(BlockingIOError):
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            await asyncio.sleep(LOOK_AGAIN_SECONDS)
        yield
    finally:
        os.close(handle)


async def _make(app: web.Application, archive: Archive) -> None:
    """Make one copy, and tell its member by mail."""
    member = await Member.get(actor_id=archive.owner_id).select_related("actor")
    target = path(app[SETTINGS].var_dir, archive)
    unfinished = target.with_suffix(".part")
    try:
        await _write(app, member, unfinished)
        size = (await asyncio.to_thread(unfinished.stat)).st_size
        target.unlink(missing_ok=True)  # half of one, of a process that died
        await asyncio.to_thread(locked.lock, unfinished, target, vault.current(), archive.owner_id)
    except Exception as error:
        if is_unavailable(error):
            raise  # no room, or no database: it waits, and is made later
        await archive.change(state=ArchiveState.FAILED, expires_at=clock.now() + KEPT)
        if isinstance(error, ArchiveTooLarge):
            log.warning("archive too large")
            return
        raise
    finally:
        unfinished.unlink(missing_ok=True)
    async with in_transaction():
        await archive.change(state=ArchiveState.READY, size_bytes=size, expires_at=clock.now() + KEPT)
        if member.email:
            await OutgoingMail.owe(Letter.ARCHIVE, member.email, member=member, language=member.language)


async def _write(app: web.Application, member: Member, target: Path) -> None:
    bundle = Bundle(target)
    try:
        language = member.language or app[SETTINGS].language
        await readable.write(bundle, member, app[THEME], language, (await Community.current()).name)
        await tables.write(bundle, member)
        await portable.write(bundle, member, app[MEDIA])
    finally:
        await bundle.close()


async def forget_old(var_dir: Path) -> int:
    """Erase copies whose week is over, and files that no row names any more; how many rows went."""
    old = await Archive.filter(expires_at__lt=clock.now())
    await Archive.filter(id__in=[archive.id for archive in old] or [0]).delete()
    folder = Path(var_dir) / "archives"
    files = await asyncio.to_thread(lambda: list(folder.glob("[!.]*")))
    named = {archive.key for archive in await Archive.filter(key__in=[file.stem for file in files] or [""]).only("id", "key")}
    for file in files:
        if file.stem not in named:
            file.unlink(missing_ok=True)
    return len(old)
