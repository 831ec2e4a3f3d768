"""Uploads of apps that do not wait for an image to be ready: put aside as files, looked at by a job.

A file's name is the key of its row; whoever renames it has it, so that each is looked at once however many workers there are.
"""
from __future__ import annotations

import asyncio
import os
import shutil
import time
from contextlib import suppress
from pathlib import Path
from typing import IO

from models import Actor, Attachment, clock
from models.ids import new_key
from server.pictures.media import MEDIA_TYPE, BadImage, ImageRefused, MediaStore
from server.pictures.scanners import Scanner, Verdict

FOLDER = "uploads"
AT_ONCE = 4
TAKEN = ".taken"
GIVEN_UP_SECONDS = 600.0  # of a worker that died


async def put_aside(folder: Path, scanner: Scanner, owner: Actor, file: IO[bytes], description: str,
                    focus: tuple[float, float] | None) -> Attachment:
    """Keep an upload of a member that is not an image yet: `stored_at` stays empty until `store_waiting` has made one of it.

    The scanner sees it first. Raises ImageRefused.
    """
    if (verdict := await scanner.look(file)) is Verdict.BAD:
        raise ImageRefused(verdict)
    key, (x, y) = new_key(), focus or (None, None)
    unfinished = folder / FOLDER / f"{key}.part"
    try:
        await asyncio.to_thread(_write, unfinished, file)
        image = await Attachment.create(key=key, owner=owner, description=description, focus_x=x, focus_y=y,
                                        doubted_at=clock.now() if verdict is Verdict.UNSURE else None)
    except BaseException:
        unfinished.unlink(missing_ok=True)  # a disk that is full needs the room
        raise
    os.replace(unfinished, folder / FOLDER / key)
    return image


def has_failed(image: Attachment) -> bool:
    """Whether an upload turned out to be no image."""
    return image.stored_at is None and image.fetch_attempts > 0


def release_all(folder: Path) -> None:
    """Let others have what somebody has taken: when a server starts and no other one is there, whoever took it is dead."""
    for path in (folder / FOLDER).glob(f"*{TAKEN}"):
        os.replace(path, path.with_name(path.name.removesuffix(TAKEN)))


async def store_waiting(folder: Path, store: MediaStore) -> int:
    """A job: make images of what was put aside. Returns how many were looked at."""
    taken = await asyncio.to_thread(_take, folder / FOLDER)
    await asyncio.gather(*(_store(path, store) for path in taken))
    return len(taken)


async def _store(path: Path, store: MediaStore) -> None:
    """Make an image, and let go of the upload. Without room, without the database, or at the end of this server it stays for
    another time.
    """
    key = path.name.removesuffix(TAKEN)
    try:
        await _make(path, key, store)
    except BadImage:
        await Attachment.filter(key=key).update(fetch_attempts=1)
    except BaseException:
        with suppress(OSError):
            os.replace(path, path.with_name(key))
        raise
    await asyncio.to_thread(path.unlink, missing_ok=True)


async def _make(path: Path, key: str, store: MediaStore) -> None:
    with path.open("rb") as file:
        stored = await store.store(file, key, verdict=Verdict.GOOD)  # it was seen before it was put aside
    kept = await Attachment.filter(key=key).update(
        media_type=MEDIA_TYPE, width=stored.width, height=stored.height, blurhash=stored.blurhash,
        stored_at=clock.now())
    if not kept:  # erased meanwhile
        store.forget(key)


def _write(path: Path, file: IO[bytes]) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with path.open("wb") as target:
        shutil.copyfileobj(file, target)


def _take(folder: Path) -> list[Path]:
    """Some files for this worker; what nobody has finished in time is free again."""
    if not folder.is_dir():
        return []
    found: list[Path] = []
    oldest = time.time() - GIVEN_UP_SECONDS
    for path in sorted(folder.iterdir()):
        if path.suffix == ".part":
            if path.stat().st_mtime < oldest:
                path.unlink(missing_ok=True)
            continue
        if path.suffix == TAKEN and path.stat().st_mtime > oldest:
            continue
        mine = path.with_name(path.name.removesuffix(TAKEN) + TAKEN)
        try:
            os.utime(path)
            os.replace(path, mine)
        except FileNotFoundError:  # another worker was quicker
            continue
        found.append(mine)
        if len(found) == AT_ONCE:
            break
    return found
