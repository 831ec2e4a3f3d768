"""Those who read come first: while a page is being made, what other servers bring waits for a moment.

In one process both take turns on one processor. Without this, thirty activities that come at once would all be proven before a
page that came a little later gets its turn. With `inbox_port` they have a process of their own, and nothing waits here.
"""
from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

#: So long a request counts as one that somebody waits for: not a stream, nor a download over a slow line.
AHEAD_SECONDS = 0.25
#: So long an activity waits for readers at most; so they never wait for more than one in this time, however many read.
WAIT_SECONDS = 0.01
#: While nobody is known to read, whoever came meanwhile is looked for so often.
TURN_SECONDS = 0.0005


class Precedence:
    """Of one process."""

    def __init__(self) -> None:
        self._reading = 0
        self._nobody = asyncio.Event()
        self._nobody.set()
        self._door = asyncio.Lock()
        self._turn_until = 0.0

    @contextmanager
    def ahead(self) -> Iterator[None]:
        """Somebody waits for what is made in this block."""
        loop = asyncio.get_running_loop()
        self._reading += 1
        self._nobody.clear()
        timer = loop.call_later(AHEAD_SECONDS, self._done)
        try:
            yield
        finally:
            if loop.time() < timer.when():
                timer.cancel()
                self._done()

    async def give_way(self) -> None:
        """Return when nobody waits for a page, or after a moment; one by one, and after whatever else is ready now."""
        if not self._reading and not self._door.locked() and time.perf_counter() < self._turn_until:
            return
        async with self._door:
            if self._reading:
                with suppress(TimeoutError):
                    async with asyncio.timeout(WAIT_SECONDS):
                        await self._nobody.wait()
            elif time.perf_counter() < self._turn_until:
                return
            await asyncio.sleep(0)
            self._turn_until = time.perf_counter() + TURN_SECONDS

    def _done(self) -> None:
        self._reading -= 1
        if not self._reading:
            self._nobody.set()
