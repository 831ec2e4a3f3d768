"""Keeps the lanes busy: as many hosts at once as there are slots, and never a slow host in a good host's slot."""
from __future__ import annotations

import asyncio
import time
from collections import deque
from contextlib import suppress

import structlog

from federation import delivery, dockets
from federation.dockets import Dockets
from federation.instance import Instance
from models import Host
from models.availability import is_unavailable
from models.ids import new_key

POLL_SECONDS = 0.1
REST_SECONDS = 0.005  # between two looks, so that lanes that end at the same time are filled at once
LOOK_EVERY_SECONDS = 0.05
REST_AFTER_FAILURE_SECONDS = 1.0
LOOK_AHEAD = 1000  # hosts: asking anew for each free lane would cost more than the deliveries
log = structlog.get_logger()


class Dispatcher:
    """One for each process. `run` until it is cancelled; what is under way then is sent again later."""

    def __init__(self, instance: Instance) -> None:
        self._instance = instance
        self._worker = new_key()
        self._dockets = Dockets(instance, self._worker)
        self._due: deque[Host] = deque()  # hosts that had something due at the last look
        self._next_look = 0.0
        self._good: dict[str, asyncio.Task[None]] = {}
        self._slow: dict[str, asyncio.Task[None]] = {}
        self._kept: dict[str, Host] = {}  # leased, and could not be given back: the database was away
        self._rests_until = 0.0  # while it is

    async def run(self) -> None:
        """Look for due hosts, start a lane for each, look again when one is done or after a moment."""
        try:
            while True:
                await self._look()
                lanes = [*self._good.values(), *self._slow.values()]
                if lanes:
                    await asyncio.wait(lanes, timeout=POLL_SECONDS, return_when=asyncio.FIRST_COMPLETED)
                    await asyncio.sleep(REST_SECONDS)
                else:
                    await asyncio.sleep(POLL_SECONDS)
        finally:
            await self._stop()

    async def _look(self) -> None:
        """A failure to look, as when the database restarts, is logged: deliveries must not end with it."""
        self._forget_finished()
        if time.monotonic() < self._rests_until:
            return
        try:
            await self._give_back()
            await self._fill()
        except Exception as error:
            log.error("looking for deliveries failed", exc_info=error)
            self._rests_until = time.monotonic() + REST_AFTER_FAILURE_SECONDS

    async def _give_back(self) -> None:
        """Hosts that nobody could serve before their lease is over, because it could not be ended in time."""
        for name, host in [*self._kept.items()]:
            await self._dockets.release(host)
            del self._kept[name]

    async def _fill(self) -> None:
        network = self._instance.network
        free_good, free_slow = network.slots - len(self._good), network.slow_slots - len(self._slow)
        if free_good <= 0 and free_slow <= 0:
            return
        await self._look_ahead()
        for _ in range(len(self._due)):
            host = self._due.popleft()
            lanes, free = (self._slow, free_slow) if host.is_slow else (self._good, free_good)
            if free > 0 and host.name not in self._good and host.name not in self._slow:
                lanes[host.name] = asyncio.create_task(self._lane(host))
                free_good, free_slow = network.slots - len(self._good), network.slow_slots - len(self._slow)
            elif free <= 0:
                self._due.append(host)

    async def _look_ahead(self) -> None:
        """Ask for due hosts once those that were quick lately have all had their turn: slow ones must not hold up the look."""
        now = time.monotonic()
        if now >= self._next_look and all(host.is_slow for host in self._due):
            self._next_look = now + LOOK_EVERY_SECONDS
            self._due = deque(await delivery.due_hosts(LOOK_AHEAD))

    def _forget_finished(self) -> None:
        for lanes in (self._good, self._slow):
            for name in [name for name, task in lanes.items() if task.done()]:
                task = lanes.pop(name)
                if error := task.exception():
                    log.error("a delivery lane failed", host=name, exc_info=error)
                    if is_unavailable(error):
                        self._rests_until = time.monotonic() + REST_AFTER_FAILURE_SECONDS

    async def _lane(self, host: Host) -> None:
        """Serve one host until nothing is due or something fails."""
        if not await self._dockets.lease(host):
            return
        try:
            while await delivery.send_to_host(self._instance, self._dockets, host, self._worker) == dockets.BATCH:
                pass
        finally:
            try:
                await asyncio.shield(self._dockets.release(host))
            except Exception:
                self._kept[host.name] = host
                raise

    async def _stop(self) -> None:
        tasks = [*self._good.values(), *self._slow.values()]
        for task in tasks:
            task.cancel()
        for task in tasks:
            with suppress(asyncio.CancelledError, Exception):
                await task
