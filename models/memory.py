"""What is remembered of an open database for a moment, so that the same question is not asked a thousand times a second.

Each database that is open has a memory of its own, and nothing in it counts for longer than its seconds: another process
may change rows at any time. A change in this process is forgotten at once, by the models that know what depends on it.
"""
from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from contextvars import ContextVar
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

STANDING_SECONDS = 1.0
KEY_SECONDS = 5.0
EDGE_SECONDS = 1.0
STANDINGS_LIMIT = 10_000
KEYS_LIMIT = 10_000
EDGES_LIMIT = 8  # tables
SPARSE_SECONDS = 60.0
SPARSE_LIMIT = 1_000  # lists
INDEXABLE_SECONDS = 1.0
INDEXABLE_LIMIT = 10_000  # people
KNOCK_SECONDS = 60.0
KNOCKS_LIMIT = 10_000
SPARING_SECONDS = 1.0
UNSETTLED_SECONDS = 600.0
UNSETTLED_LIMIT = 1_000  # readers


class Recent(Generic[K, V]):
    """Answers by question, each for some seconds. The one asked for longest ago goes when there are too many."""

    def __init__(self, seconds: float, limit: int) -> None:
        self._seconds, self._limit = seconds, limit
        self._kept: OrderedDict[K, tuple[float, V]] = OrderedDict()
        self._changes = 0
        self._keeps_from = 0.0

    def __len__(self) -> int:
        return len(self._kept)

    async def get(self, name: K, ask: Callable[[], Awaitable[V]]) -> V:
        """The answer, asked for if it is unknown or old. What changes while it is asked for is not kept."""
        kept, now = self._kept.get(name), time.monotonic()
        if kept is not None and kept[0] > now:
            return kept[1]
        changes = self._changes
        answer = await ask()
        if changes == self._changes:
            self.put(name, answer)
        return answer

    def known(self, name: K) -> V | None:
        """The answer, if it is known and new enough."""
        kept = self._kept.get(name)
        return kept[1] if kept is not None and kept[0] > time.monotonic() else None

    def has(self, name: K) -> bool:
        """Whether this is known and new enough."""
        kept = self._kept.get(name)
        return kept is not None and kept[0] > time.monotonic()

    def put(self, name: K, answer: V) -> None:
        """Keep an answer that was asked for in another way."""
        if (now := time.monotonic()) < self._keeps_from:
            return
        self._kept[name] = (now + self._seconds, answer)
        self._kept.move_to_end(name)
        if len(self._kept) > self._limit:
            self._kept.popitem(last=False)

    def taken(self, limit: int) -> list[K]:
        """Some of what is kept, the oldest first, and kept no more."""
        return [self._kept.popitem(last=False)[0] for _ in range(min(limit, len(self._kept)))]

    def forget(self, name: K) -> None:
        """This has changed."""
        self._changes += 1
        self._kept.pop(name, None)

    def clear(self) -> None:
        """Anything may have changed. For its seconds nothing is kept: others read what was before until the change is there."""
        self._changes += 1
        self._kept.clear()
        self._keeps_from = time.monotonic() + self._seconds


class Memory:
    """The memory of one open database. `standings`: host -> Standing, as text; `keys`: key id -> row with its actor;
    `edges`: table -> the id at which its newest rows began a moment ago; `sparse`: (table, its authors) of lists to which few of
    the newest rows belonged, so that one begins with the authors; `indexable`: actor -> whether search engines may keep
    what they wrote, as pages say it in their head; `knocks`: names of unknown servers that were counted; `sparing`: what
    newcomers are spared (`Community.sparing`); `unsettled`: readers for whose home it is not kept yet who wrote last.
    `deliveries_written` is set when something was written down that may leave now.
    """

    def __init__(self) -> None:
        self.standings: Recent[str, str] = Recent(STANDING_SECONDS, STANDINGS_LIMIT)
        self.keys: Recent[str, object] = Recent(KEY_SECONDS, KEYS_LIMIT)
        self.edges: Recent[str, int] = Recent(EDGE_SECONDS, EDGES_LIMIT)
        self.sparse: Recent[Hashable, bool] = Recent(SPARSE_SECONDS, SPARSE_LIMIT)
        self.indexable: Recent[int, bool] = Recent(INDEXABLE_SECONDS, INDEXABLE_LIMIT)
        self.knocks: Recent[str, bool] = Recent(KNOCK_SECONDS, KNOCKS_LIMIT)
        self.sparing: Recent[str, tuple[int, list[str] | None, list[str] | None]] = Recent(SPARING_SECONDS, 1)
        self.unsettled: Recent[int, bool] = Recent(UNSETTLED_SECONDS, UNSETTLED_LIMIT)
        self.deliveries_written = asyncio.Event()


_current: ContextVar[Memory] = ContextVar("memory of the open database")


def start() -> None:
    """A fresh memory, for this task and those that it starts: called when a database is opened."""
    _current.set(Memory())


def current() -> Memory:
    """The memory of the database that this task has open; an empty one that nobody else sees if there is none."""
    return _current.get(None) or Memory()
