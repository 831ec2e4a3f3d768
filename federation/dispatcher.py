"""Keeps the lanes busy: as many hosts at once as there are slots, and never a slow host in a good host's slot."""
from __future__ import annotations

import asyncio
from contextlib import suppress

import structlog

from federation import delivery
from federation.instance import Instance
from models import Host
from models.ids import new_key

POLL_SECONDS = 0.2
log = structlog.get_logger()


class Dispatcher:
    """One for each process. `run` until it is cancelled; what is under way then is sent again later."""

    def __init__(self, instance: Instance) -> None:
        self._instance = instance
        self._worker = new_key()
        self._good: dict[str, asyncio.Task[None]] = {}
        self._slow: dict[str, asyncio.Task[None]] = {}

    async def run(self) -> None:
        """Look for due hosts, start a lane for each, look again when one is done or after a moment."""
        try:
            while True:
                await self._look()
                lanes = [*self._good.values(), *self._slow.values()]
                if lanes:
                    await asyncio.wait(lanes, timeout=POLL_SECONDS, return_when=asyncio.FIRST_COMPLETED)
                else:
                    await asyncio.sleep(POLL_SECONDS)
        finally:
            await self._stop()

    async def _look(self) -> None:
        """A failure to look, as when the database restarts, is logged: deliveries must not end with it."""
        try:
            await self._fill()
        except Exception as error:
            log.error("looking for deliveries failed", exc_info=error)

    async def _fill(self) -> None:
        self._forget_finished()
        network = self._instance.network
        free_good, free_slow = network.slots - len(self._good), network.slow_slots - len(self._slow)
        if free_good <= 0 and free_slow <= 0:
            return
        for host in await delivery.due_hosts(network.slots + network.slow_slots):
            lanes, free = (self._slow, free_slow) if host.is_slow else (self._good, free_good)
            if free > 0 and host.name not in self._good and host.name not in self._slow:
                lanes[host.name] = asyncio.create_task(self._lane(host))
                free_good, free_slow = network.slots - len(self._good), network.slow_slots - len(self._slow)

    def _forget_finished(self) -> None:
        for lanes in (self._good, self._slow):
            for name in [name for name, task in lanes.items() if task.done()]:
                task = lanes.pop(name)
                if error := task.exception():
                    log.error("a delivery lane failed", host=name, exc_info=error)

    async def _lane(self, host: Host) -> None:
        """Serve one host until nothing is due or something fails."""
        if not await delivery.lease(host, self._worker):
            return
        try:
            while await delivery.send_to_host(self._instance, host, self._worker) == delivery.BATCH:
                pass
        finally:
            await asyncio.shield(delivery.release(host, self._worker))

    async def _stop(self) -> None:
        tasks = [*self._good.values(), *self._slow.values()]
        for task in tasks:
            task.cancel()
        for task in tasks:
            with suppress(asyncio.CancelledError, Exception):
                await task
