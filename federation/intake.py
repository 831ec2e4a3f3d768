"""Carries out what came in: one lane for each sender, so that a server that hangs holds up its own people only."""
from __future__ import annotations

import asyncio
import time
from contextlib import suppress

import structlog

from federation import bulk, groups, inbox
from federation.addresses import host_of
from federation.instance import Instance
from models import InboxItem, clock, intake
from models.availability import is_unavailable
from models.queues import Due, is_due
from moderation.domain_names import registrable

POLL_SECONDS = 0.2
BATCH = 100
REST_SECONDS = 0.005  # between two looks, so that what ends at the same time is looked at once
#: While this many come in between two looks, they are further apart: what is carried out together costs less.
GATHERED_FROM = 4
GATHERING_SECONDS = 0.03
REST_AFTER_FAILURE_SECONDS = 1.0
LANES = 24
LANES_PER_SITE = 6  # of a registrable domain: names below it cost nothing
LANES_KEPT = 8  # for those who have none: a few servers that hand out nothing hold up nobody else
log = structlog.get_logger()


class Intake:
    """One for each process. `run` until it is cancelled; what is under way then is carried out after the next start."""

    def __init__(self, instance: Instance) -> None:
        self._instance = instance
        self._lanes: dict[str, asyncio.Task[None]] = {}  # by the sender's uri
        self._rests_until = 0.0  # while the database cannot be used, on the clock of `time.monotonic`
        self._together = 0  # so many activities of the last look were carried out together: there may be more

    async def run(self) -> None:
        """Start a lane for each sender of whom something waits; look again when one is done, or after a moment."""
        try:
            while True:
                await self._fill()
                if not self._together:
                    await self._something()
                is_steady = GATHERED_FROM <= self._together < BATCH // 2
                await asyncio.sleep(GATHERING_SECONDS if is_steady else REST_SECONDS)
        finally:
            await self._stop()

    async def _fill(self) -> None:
        """A failure to look is logged: this must not die unseen."""
        self._forget_finished()
        self._together = 0
        if time.monotonic() < self._rests_until:
            return
        try:
            waiting = await self._less_grouped(await self._waiting())
        except Exception as error:
            self._failed("looking into the inbox failed", error)
            waiting = {}
        for sender, items in waiting.items():
            if self._has_lane(_site_of(sender)):
                self._lanes[sender] = asyncio.create_task(self._lane(items))

    async def _waiting(self) -> dict[str, list[InboxItem]]:
        """What is due, oldest first, by sender; not of senders that have a lane, nor of sites that get no more."""
        if not await is_due(Due.ITEMS):
            return {}
        full = {site for sender in self._lanes if not self._has_lane(site := _site_of(sender))}
        by_sender: dict[str, list[InboxItem]] = {}
        for item in await intake.due(clock.now(), without=self._lanes, sites=full, limit=BATCH):
            by_sender.setdefault(item.sender_uri, []).append(item)
        return by_sender

    async def _less_grouped(self, waiting: dict[str, list[InboxItem]]) -> dict[str, list[InboxItem]]:
        """What is left for lanes once all that goes together is carried out."""
        left = await groups.carry_out(self._instance.actor, await self._less_ordinary(waiting))
        self._together = sum(map(len, waiting.values())) - sum(map(len, left.values()))
        return left

    async def _less_ordinary(self, waiting: dict[str, list[InboxItem]]) -> dict[str, list[InboxItem]]:
        """What is left once the ordinary messages have been stored together; everything, if that failed."""
        if not waiting:
            return {}
        try:
            done = await bulk.carry_out(waiting)
        except Exception as error:
            if is_unavailable(error):
                raise
            log.warning("messages go one by one", exc_info=error)
            return waiting
        left = {sender: [item for item in items if item.id not in done] for sender, items in waiting.items()}
        return {sender: items for sender, items in left.items() if items}

    async def _something(self) -> None:
        """Return when something has come in through this process, a lane ends, or after a moment: other things become due."""
        came = self._instance.arrivals.came
        coming = asyncio.create_task(came.wait())
        try:
            await asyncio.wait({coming, *self._lanes.values()}, timeout=POLL_SECONDS, return_when=asyncio.FIRST_COMPLETED)
        finally:
            coming.cancel()
        came.clear()

    def _has_lane(self, site: str) -> bool:
        """Whether one more of this site may begin."""
        in_use = sum(_site_of(sender) == site for sender in self._lanes)
        return in_use < LANES_PER_SITE and len(self._lanes) < (LANES - LANES_KEPT if in_use else LANES)

    async def _lane(self, items: list[InboxItem]) -> None:
        for item in items:
            await inbox.process(self._instance, item)

    def _forget_finished(self) -> None:
        for sender in [sender for sender, task in self._lanes.items() if task.done()]:
            if error := self._lanes.pop(sender).exception():
                self._failed("a lane of the inbox failed", error)

    def _failed(self, event: str, error: BaseException) -> None:
        log.error(event, exc_info=error)
        if is_unavailable(error):
            self._rests_until = time.monotonic() + REST_AFTER_FAILURE_SECONDS

    async def _stop(self) -> None:
        tasks = list(self._lanes.values())
        for task in tasks:
            task.cancel()
        for task in tasks:
            with suppress(asyncio.CancelledError, Exception):
                await task


def _site_of(uri: str) -> str:
    return registrable(host_of(uri))
