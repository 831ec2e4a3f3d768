# ruff: noqa: E501 - statements read better in one line
"""kill -9 again and again, in the middle of everything that is going on: messages, images, exports, new keys, the first start.

What `tests/stories/test_kill.py` and the killed-… cases of `./run bench` do to the inbox and to deliveries alone, for the rest.
"""
from __future__ import annotations

import asyncio
import os
import random
import signal
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

from models import Actor, ActorKey, Archive, Attachment, Member
from models.database import open_database
from models.migration import migrate, missing
from models.rights import ArchiveState
from server.actions import archives
from tests.bench import scene
from tests.bench.child import ROOT
from tests.bench.scene import Place
from tests.drills.judging import Broken, judged
from tests.drills.world import LOOK_SECONDS, Crowd, World, environment, served, world
from tests.live import promised

KILLS = 5
STARTS = 6
TAKEN_BEFORE_A_KILL = 20
MADE_SECONDS = 30.0
FIRST_MIGRATION = "0001_initial"


async def killed(place: Place, folder: Path) -> dict[str, Any]:
    """See above."""
    starts = await _while_it_starts(place, folder)
    chance = random.Random(1)
    async with world(place, folder) as there:
        crowd = Crowd(there)
        asked = 0
        for _ in range(KILLS):
            with suppress(AssertionError):
                async with served(there) as server, crowd:
                    asked += await _ask_for_copy(there)
                    rotating = asyncio.create_task(_rotate(there, promised(chance.uniform(0.5, 4))))
                    goal = len(crowd.inbox.taken) + TAKEN_BEFORE_A_KILL
                    with suppress(TimeoutError):
                        async with asyncio.timeout(promised(15)):
                            while len(crowd.inbox.taken) < goal:
                                await asyncio.sleep(LOOK_SECONDS)
                    await asyncio.sleep(chance.uniform(0, 1.5))
                    server.process.kill()
                    await asyncio.sleep(0.3)
                await rotating
            await rotating
        async with served(there):
            await _copies_and_images_are_made(crowd)
            row = await judged(there, crowd, {"kills": KILLS, "killed_starts": starts}, hard=("before",), bars={})
        return row | await _keys(there) | {"copies": asked}


async def _while_it_starts(place: Place, folder: Path) -> int:
    """A server is killed while it makes its first tables, or brings old ones up to date, at so many points; the next start does it."""
    url = await place.new_database("starting")
    origin = scene.free_origin()
    await migrate(url, FIRST_MIGRATION)
    for number in range(STARTS):
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "server", "serve", "--json", cwd=ROOT, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
            env=environment(origin, url, folder / "starting"), start_new_session=True)
        await asyncio.sleep(0.5 + 0.15 * number)
        with suppress(ProcessLookupError):
            (os.kill if number % 2 else os.killpg)(process.pid, signal.SIGKILL)  # with and without the child that migrates
        await process.wait()
        await asyncio.sleep(0.5 if number % 2 else 0)
    await migrate(url)
    if left := await missing(url):
        raise Broken(f"not migrated: {left}")
    async with open_database(url):
        if await Actor.filter(host="").count() > 1:
            raise Broken("two actors of the community")
    return STARTS


async def _rotate(there: World, after: float) -> None:
    """`dazzle keys rotate`, killed."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "server", "keys", "rotate", "alice", cwd=ROOT, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
        env=environment(there.origin, there.url, there.folder / "var"))
    await asyncio.sleep(after)
    with suppress(ProcessLookupError):
        process.kill()
    await process.wait()


async def _ask_for_copy(there: World) -> int:
    """A copy of everything about Alice, unless one is being made."""
    if await Archive.filter(state=ArchiveState.WAITING).exists():
        return 0
    await archives.ask(await Member.get(actor_id=there.alice.id).select_related("actor"))
    return 1


async def _copies_and_images_are_made(crowd: Crowd) -> None:
    """Also those that were being made when somebody was killed."""
    unmade = Attachment.filter(stored_at__isnull=True, id__in=[int(id_) for id_ in crowd.uploads.taken] or [0])
    try:
        async with asyncio.timeout(promised(MADE_SECONDS)):
            while await Archive.filter(state=ArchiveState.WAITING).exists() or await unmade.exists():
                await asyncio.sleep(LOOK_SECONDS)
    except TimeoutError as error:
        raise Broken(f"{await unmade.count()} images and {await Archive.filter(state=ArchiveState.WAITING).count()} copies were never made") from error
    if await Archive.filter(state=ArchiveState.FAILED).exists():
        raise Broken("a copy of somebody's data failed")


async def _keys(there: World) -> dict[str, int]:
    """Each rotation is there as a whole: as many keys of one kind as of the other, and the newest can sign."""
    keys = await ActorKey.filter(actor_id=there.alice.id)
    kinds = [sum(key.kind == kind for key in keys) for kind in {key.kind for key in keys}]
    if len(set(kinds)) != 1 or not all(key.private_pem for key in keys):
        raise Broken(f"half a rotation: {kinds}")
    return {"rotations": kinds[0] - 1}
