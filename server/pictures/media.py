"""Images on disk: decoded elsewhere, written anew without their hidden data, named at random."""
from __future__ import annotations

import asyncio
import errno
import os
import sys
import tempfile
import time
from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import IO

from tortoise.queryset import QuerySet

from federation.errors import FederationError
from federation.instance import Instance
from models import Actor, Attachment, Draft, Emoji, Host, Q, ScheduledPost, Subquery, clock
from models.errors import CommunityError, NotHere
from models.ids import new_key
from server.pictures import fetching, imaging
from server.pictures.scanners import Scanner, Verdict

DEADLINE_SECONDS = 30.0
PROCESSES = 2
SETTLED_SECONDS = 600
MEDIA_TYPE = "image/webp"
ACCEPT = "image/webp, image/avif, image/png, image/jpeg, image/gif"
REMOTE_LIMIT_BYTES = 10 * 1024 * 1024
FETCH_WAITS = (timedelta(), timedelta(minutes=1), timedelta(minutes=15))  # before each attempt, from when we learnt of it
TO_FORGET = -1  # in `fetch_attempts`: no image of its server is shown, and the file is still to be erased
UNUSED_FOR = timedelta(days=31)  # a draft is kept 30 days and one to finish it
FORGOTTEN_AT_ONCE = 100
FREE_FOR = timedelta(days=1)  # what was part of a message, to become part of another


class BadImage(CommunityError):
    """The file is no image that we can show."""

    status = 415
    safe = "This file is not an image that we can show. Use a JPEG, PNG, WebP, AVIF or GIF file."


class ImageRefused(BadImage):
    """The host's scanner knows it as something that may not be here, or was not sure and nobody can look."""

    status = 422
    safe = "This image cannot be used here. Use another one."


class ImageTooLarge(BadImage):
    """More pixels than we decode, or too long to decode."""

    status = 413
    safe = "This image is too large. Use one with at most 40 million pixels."


@dataclass(frozen=True, slots=True)
class Stored:
    """An image that is on disk under `key`. Sizes in pixels."""

    key: str
    width: int
    height: int
    blurhash: str
    is_doubted: bool = False  # the scanner was not sure: the team looks before others do


Rectangle = tuple[int, int, int, int]  # left, top, width, height in thousandths of the image


class MediaStore:
    """The folder with the images of one server, and who looks at them before they come into it."""

    def __init__(self, folder: Path, scanner: Scanner | None = None) -> None:
        self.folder, self.scanner = folder, scanner or Scanner()
        self._slots = asyncio.Semaphore(PROCESSES)

    def path(self, key: str) -> Path:
        """Where the image with this key is; the key is ours, never a part of an address that was not looked up."""
        return self.folder / key[:2] / f"{key}.webp"

    async def store(self, file: IO[bytes], key: str = "", *, may_wait: bool = False, verdict: Verdict | None = None) -> Stored:
        """Write an image anew, under a new name or `key`, once the scanner has seen it (its `verdict`, if it has already).

        `may_wait`: one of which it is not sure is kept, for the team to look at. Raises BadImage, ImageTooLarge, ImageRefused;
        nothing is left behind then.
        """
        verdict = verdict or await self.scanner.look(file)
        if verdict is Verdict.BAD or verdict is Verdict.UNSURE and not may_wait:
            raise ImageRefused(verdict)
        return replace(await self._write(file, key or new_key()), is_doubted=verdict is Verdict.UNSURE)

    async def blur(self, key: str, rectangles: Sequence[Rectangle]) -> Stored:
        """The image with parts that nobody can make out any more, under a new name. Raises BadImage; NotHere without a file."""
        try:
            with await asyncio.to_thread(self.path(key).open, "rb") as file:
                return await self._write(file, new_key(), rectangles)
        except FileNotFoundError as error:
            raise NotHere("its file is gone") from error

    async def _write(self, file: IO[bytes], key: str, blurred: Sequence[Rectangle] = ()) -> Stored:
        target = self.path(key)
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        unfinished = target.with_suffix(".part")
        try:
            async with self._slots:
                width, height, hashed = await _reencode(file, unfinished, blurred)
            os.replace(unfinished, target)
        finally:
            unfinished.unlink(missing_ok=True)
        return Stored(key, width, height, hashed)

    def forget(self, key: str) -> None:
        """Erase an image; one that is not there is erased already."""
        self.path(key).unlink(missing_ok=True)


async def _reencode(file: IO[bytes], target: Path, blurred: Sequence[Rectangle] = ()) -> tuple[int, int, str]:
    """Run `server.pictures.imaging` on one file. `-I`: no variable of ours and no module of ours reaches that process."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-I", str(Path(imaging.__file__)), str(target),
        *(",".join(map(str, one)) for one in blurred), stdin=file,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL, env={})
    try:
        async with asyncio.timeout(DEADLINE_SECONDS):
            said, _ = await process.communicate()
    except TimeoutError as error:
        raise ImageTooLarge("decoding took too long") from error
    finally:
        if process.returncode is None:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()
    if process.returncode == imaging.TOO_LARGE:
        raise ImageTooLarge("pixels")
    if process.returncode == imaging.NO_ROOM:
        raise OSError(errno.ENOSPC, "no room for an image")
    if process.returncode != 0:
        raise BadImage(imaging.REASONS.get(process.returncode or 0, "the decoder ended"))
    width, height, hashed = said.decode("ascii").split()
    return int(width), int(height), hashed


async def receive(store: MediaStore, owner: Actor, file: IO[bytes]) -> Attachment:
    """Keep an upload of a member, not yet part of any message. Raises BadImage, ImageTooLarge, ImageRefused."""
    stored, now = await store.store(file, may_wait=True), clock.now()
    return await Attachment.create(key=stored.key, owner=owner, media_type=MEDIA_TYPE, width=stored.width, height=stored.height,
                                   blurhash=stored.blurhash, stored_at=now, doubted_at=now if stored.is_doubted else None)


async def fetch_wanted(instance: Instance, store: MediaStore) -> int:
    """A job: fetch images of messages from elsewhere, so that no reader's browser ever asks another server for one.

    Returns how many were looked for; an image gets as many attempts as FETCH_WAITS has, then its alternative text stays alone.
    """
    async def choose(sites: Collection[str], ids: Collection[int]) -> list[tuple[str, Attachment]]:
        now = clock.now()
        due = Q(*(Q(fetch_attempts=made, created_at__lte=now - wait) for made, wait in enumerate(FETCH_WAITS)), join_type="OR")
        there = Attachment.filter(due, stored_at__isnull=True, post__deleted_at__isnull=True).exclude(remote_uri="")
        lit = there.exclude(Q(owner__host__in=_dark()) | Q(owner__domain__in=_dark()))
        others = lit.exclude(fetching.below("owner__host", sites) | Q(id__in=list(ids) or [0]))
        wanted = await others.order_by("fetch_attempts", "id").limit(fetching.LANES).select_related("owner")
        return [(one.owner.host, one) for one in wanted]

    return await fetching.fairly(choose, partial(_fetch, instance, store))


def _dark() -> Subquery:
    """The servers of which no image is fetched."""
    return Subquery(Host.filter(Host.without_media()).values("name"))


async def forget_rejected(store: MediaStore) -> int:
    """A job: erase the files of images whose server shows none here any more. Their rows stay, so that they can come back."""
    images = await Attachment.filter(stored_at__isnull=True, fetch_attempts=TO_FORGET).limit(FORGOTTEN_AT_ONCE)
    pictures = await Emoji.filter(stored_at__isnull=True, fetch_attempts=TO_FORGET).limit(FORGOTTEN_AT_ONCE)
    for key in [image.key for image in images] + [picture.key for picture in pictures]:
        store.forget(key)
    await Attachment.filter(id__in=[one.id for one in images] or [0]).update(fetch_attempts=0)
    await Emoji.filter(id__in=[one.id for one in pictures] or [0]).update(fetch_attempts=0)
    return len(images) + len(pictures)


async def _fetch(instance: Instance, store: MediaStore, attachment: Attachment) -> None:
    await Attachment.filter(id=attachment.id).update(fetch_attempts=attachment.fetch_attempts + 1)
    try:
        answer = await instance.client.get(attachment.remote_uri, accept=ACCEPT, headers_for=instance.sign_get,
                                           limit_bytes=REMOTE_LIMIT_BYTES)
        with tempfile.TemporaryFile() as file:
            file.write(answer.body)
            file.seek(0)
            stored = await store.store(file, attachment.key)
    except (FederationError, BadImage):
        return
    except OSError:  # of our disk: that was no attempt
        await Attachment.filter(id=attachment.id).update(fetch_attempts=attachment.fetch_attempts)
        raise
    kept = await Attachment.filter(id=attachment.id).update(
        media_type=MEDIA_TYPE, width=stored.width, height=stored.height, stored_at=clock.now(),
        blurhash=attachment.blurhash or stored.blurhash)
    if not kept:  # erased while it was fetched
        store.forget(attachment.key)


async def set_free(images: QuerySet[Attachment]) -> None:
    """Take images out of their message; `forget_unused` erases them when FREE_FOR is over."""
    await images.update(post_id=None, created_at=clock.now() - UNUSED_FOR + FREE_FOR)


async def forget_unused(store: MediaStore) -> int:
    """A job: erase uploads that became part of no message, no draft and nothing for later. Returns how many."""
    erased = ~Q(owner__host="")  # of a message from elsewhere that was erased there
    old = await Attachment.filter(Q(created_at__lt=clock.now() - UNUSED_FOR) | erased, post_id__isnull=True).limit(100)
    owners = {attachment.owner_id for attachment in old} or {0}
    drafted = {key for draft in await Draft.filter(owner_id__in=owners) for key in draft.form.get("images", [])}
    waiting = {id_ for row in await ScheduledPost.filter(owner_id__in=owners) for id_ in row.media_ids}
    gone = [attachment for attachment in old if attachment.key not in drafted and attachment.id not in waiting]
    for attachment in gone:
        store.forget(attachment.key)
    await Attachment.filter(id__in=[attachment.id for attachment in gone]).delete()
    return len(gone)


async def forget_erased(store: MediaStore) -> int:
    """Erase the images of messages from elsewhere that are erased, now. Returns how many."""
    gone = await Attachment.filter(~Q(owner__host=""), post_id__isnull=True).limit(100)
    for attachment in gone:
        store.forget(attachment.key)
    await Attachment.filter(id__in=[attachment.id for attachment in gone] or [0]).delete()
    return len(gone)


async def forget_orphans(store: MediaStore) -> int:
    """A job: erase files whose row is gone, as after a Delete from elsewhere. Returns how many."""
    gone = 0
    for folder in await asyncio.to_thread(lambda: list(store.folder.glob("??"))):
        keys = await asyncio.to_thread(_settled, folder)
        known = {image.key for image in await Attachment.filter(key__in=keys or [""]).only("id", "key")}
        known |= {emoji.key for emoji in await Emoji.filter(key__in=keys or [""]).only("id", "key")}
        for key in set(keys) - known:
            store.forget(key)
            gone += 1
    return gone


def _settled(folder: Path) -> list[str]:
    """The keys of the images in a folder, but for those so new that their row may still be on its way."""
    newest = time.time() - SETTLED_SECONDS
    return [path.stem for path in folder.glob("*.webp") if path.stat().st_mtime < newest]
