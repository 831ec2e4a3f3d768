"""Keeps the lanes busy: as many hosts at once as there are slots, and never a slow host in a good host's slot.

Hosts are leased, and what is due to them is read, for many at once and before a lane is free for them, so that no slot waits for
the database. Whoever writes a delivery down wakes the dispatcher of the same process with the commit; for what others write, and
what is due later, it looks every tenth of a second.
"""
from __future__ import annotations

import asyncio
import time
from collections import deque
from contextlib import suppress
from functools import partial

import structlog

from federation import delivery
from federation.disclosure import Waiting
from federation.dockets import Dockets
from federation.instance import Instance
from models import Host, clock, memory
from models.availability import is_unavailable
from models.ids import new_key

POLL_SECONDS = 0.1
REST_SECONDS = 0.005  # between two looks, so that lanes that end at the same time are filled at once
LOOK_EVERY_SECONDS = 0.05  # while something is under way
REST_AFTER_FAILURE_SECONDS = 1.0
LOOK_AHEAD = 1000  # hosts: asking anew for each free lane would cost more than the deliveries
LEASED_AHEAD = 64  # hosts whose deliveries are read before a lane is free
log = structlog.get_logger()


class Lanes:
    """Hosts that are served, some at once, each by a task; and those that are leased and loaded for the next free lane."""

    def __init__(self, slots: int, ahead: int) -> None:
        self._slots, self._ahead = slots, ahead
        self.tasks: dict[str, asyncio.Task[None]] = {}
        self.next: deque[tuple[Host, list[Waiting]]] = deque()

    @property
    def is_free(self) -> bool:
        """Whether one more may be served now."""
        return len(self.tasks) < self._slots

    @property
    def wanted(self) -> int:
        """How many more to lease."""
        return self._slots - len(self.tasks) + self._ahead - len(self.next)

    def names(self) -> set[str]:
        """Of whatever is in hand."""
        return {*self.tasks, *(host.name for host, _ in self.next)}


class Dispatcher:
    """One for each process. `run` until it is cancelled; what is under way then is sent again later."""

    def __init__(self, instance: Instance) -> None:
        self._instance = instance
        self._worker = new_key()
        self._dockets = Dockets(instance, self._worker)
        self._due: deque[Host] = deque()  # hosts that had something due at the last look
        self._next_look = 0.0
        network = instance.network
        self._good = Lanes(network.slots, min(LEASED_AHEAD, network.slots))
        self._slow = Lanes(network.slow_slots, 0)
        self._kept: dict[str, Host] = {}  # leased, and could not be given back: the database was away
        self._rests_until = 0.0  # while it is
        self._woken = memory.current().deliveries_written

    async def run(self) -> None:
        """Look for due hosts, lease them ahead of the lanes, look again when there is news or after a moment."""
        try:
            while True:
                await self._look()
                await self._rest()
        finally:
            await self._stop()

    async def _rest(self) -> None:
        """Until a lane is done, something is written down, or a moment has passed."""
        with suppress(TimeoutError):
            async with asyncio.timeout(POLL_SECONDS):
                await self._woken.wait()
                until_look = self._next_look - time.monotonic()
                await asyncio.sleep(REST_SECONDS if self._due else max(until_look, 0))
        self._woken.clear()

    async def _look(self) -> None:
        """A failure to look, as when the database restarts, is logged: deliveries must not end with it."""
        if time.monotonic() < self._rests_until:
            return
        try:
            await self._give_back()
            await self._look_ahead()
            await self._take()
        except Exception as error:
            log.error("looking for deliveries failed", exc_info=error)
            self._rests_until = time.monotonic() + REST_AFTER_FAILURE_SECONDS

    async def _give_back(self) -> None:
        """Hosts that nobody could serve before their lease is over, because it could not be ended in time."""
        kept = [*self._kept.values()]
        await asyncio.gather(*map(self._dockets.release, kept))
        for host in kept:
            del self._kept[host.name]

    async def _look_ahead(self) -> None:
        """Ask for due hosts once those that were quick lately have all had their turn: slow ones must not hold up the look."""
        now = time.monotonic()
        wants_more = self._good.wanted > 0 or self._slow.wanted > 0
        if now >= self._next_look and wants_more and all(host.is_slow for host in self._due):
            self._next_look = now + (LOOK_EVERY_SECONDS if self._good.tasks else REST_SECONDS)
            self._due = deque(await delivery.due_hosts(LOOK_AHEAD))

    async def _take(self) -> None:
        """Lease as many hosts as there are lanes for, and some ahead, and read what is due to them."""
        chosen = self._choose()
        try:
            taken = await self._dockets.take(chosen)
        except Exception:
            self._kept |= {host.name: host for host in chosen}
            raise
        for host, waiting in taken:
            (self._slow if host.is_slow else self._good).next.append((host, waiting))
        self._start()

    def _choose(self) -> list[Host]:
        """Due hosts for as many lanes as are wanted of each kind; the others stay where they are."""
        wanted = {False: self._good.wanted, True: self._slow.wanted}
        chosen, later = list[Host](), list[Host]()
        in_hand = self._good.names() | self._slow.names() if self._due else set()
        while self._due and any(number > 0 for number in wanted.values()):
            host = self._due.popleft()
            if wanted[host.is_slow] <= 0:
                later.append(host)
            elif host.name not in in_hand:
                wanted[host.is_slow] -= 1
                chosen.append(host)
        self._due.extendleft(reversed(later))
        return chosen

    def _start(self) -> None:
        """A lane for each host that is leased, as far as there are free ones."""
        for lanes in (self._good, self._slow):
            while lanes.next and lanes.is_free:
                host, waiting = lanes.next.popleft()
                task = lanes.tasks[host.name] = asyncio.create_task(self._lane(host, waiting))
                task.add_done_callback(partial(self._finished, lanes, host.name))

    def _finished(self, lanes: Lanes, name: str, task: asyncio.Task[None]) -> None:
        lanes.tasks.pop(name, None)
        if task.cancelled():
            return
        if error := task.exception():
            log.error("a delivery lane failed", host=name, exc_info=error)
            if is_unavailable(error):
                self._rests_until = time.monotonic() + REST_AFTER_FAILURE_SECONDS
        self._start()
        self._woken.set()

    async def _lane(self, host: Host, waiting: list[Waiting]) -> None:
        """Serve one host until nothing is due or something fails. Not if it waited for a lane until its lease was over."""
        if host.leased_until is None or host.leased_until <= clock.now():
            return
        is_given_back = False
        try:
            is_given_back = await delivery.send_to_host(self._instance, self._dockets, host, self._worker, waiting)
        finally:
            if not is_given_back:
                await self._release(host)

    async def _release(self, host: Host) -> None:
        try:
            await asyncio.shield(self._dockets.release(host))
        except Exception:
            self._kept[host.name] = host
            raise

    async def _stop(self) -> None:
        tasks = [*self._good.tasks.values(), *self._slow.tasks.values()]
        self._good.next.clear()
        self._slow.next.clear()
        for task in tasks:
            task.cancel()
        for task in tasks:
            with suppress(asyncio.CancelledError, Exception):
                await task
        with suppress(Exception):  # what is not given back now is free in a minute
            await delivery.release_all(self._worker)
