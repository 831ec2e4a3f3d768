"""Looks for what is new while somebody listens, a few times a second, in the tables: so it hears of what any process did.

While nobody listens it costs nothing, and nothing that is written anywhere depends on it.
"""
from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from types import MappingProxyType
from typing import Any

import structlog
from aiohttp import web

from models import AccessToken, Announce, Member, changes, clock
from models.changes import Changes
from models.ids import new_id
from models.member import MemberState
from server.background.tasks import beside
from server.keys import LISTENERS
from server.streams import events
from server.streams.channels import USER
from server.streams.events import News
from server.streams.listeners import Listener

LOOK_SECONDS = 0.25
CHECK_SECONDS = 0.4  # a token that has ended is heard for no longer
FILTER_SECONDS = 1.0
WINDOW = timedelta(seconds=5)  # for so long after its id was made a row may still be committed
AT_ONCE = 4  # members who are told at the same time
BATCH = 500  # rows of one question
PAUSE_SECONDS = 2.0  # after something failed
log = structlog.get_logger()


@asynccontextmanager
async def following(app: web.Application) -> AsyncIterator[None]:
    """For as long as the block lasts, those who listen are told, and sent away when their token ends."""
    tail = Tail(app)
    async with beside(tail.repeat(work) for work in (tail.follow, tail.check, tail.watch_filters, tail.watch_announces)):
        yield


class Tail:
    """What it has seen already, of the last seconds."""

    def __init__(self, app: web.Application) -> None:
        self._app = app
        self._listeners = app[LISTENERS]
        self._known: frozenset[int] = frozenset()
        self._held: frozenset[int] = frozenset()
        self._filters: Mapping[int, int | None] = MappingProxyType({})  # of those who listen, by actor

    async def repeat(self, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Work whenever somebody listens. A failure is logged, and then it starts again."""
        while True:
            await self._listeners.somebody()
            try:
                await work()
            except Exception as error:
                log.error("streams failed", exc_info=error)
                await asyncio.sleep(PAUSE_SECONDS)

    async def follow(self) -> None:
        """Tell of what is new, until nobody listens."""
        start = new_id()  # also where ids are ahead of a clock that was set back
        found = await self._look()
        self._known = frozenset(id_ for id_ in ids_of(found) if id_ < start)
        while True:
            if news := self._news(found):
                await self._tell(news)
            if not len(self._listeners):
                return
            await asyncio.sleep(LOOK_SECONDS)
            found = await self._look()

    async def _look(self) -> Changes:
        now = clock.now()
        return await changes.since(now - WINDOW, now)

    def _news(self, found: Changes) -> News:
        """What was not there at the last look. A message that is held becomes news when it is let go."""
        held, gone = frozenset(found.held), found.deletions | found.hidings
        entries = (found.posts | found.announces) - held - self._known | (self._held - held)
        news = News(
            entries=frozenset(entries), posts=frozenset(entries & (found.posts | self._held)),
            notices={id_: who for id_, who in found.notifications.items() if id_ not in self._known},
            edited=frozenset(post for id_, post in found.edits.items() if id_ not in self._known),
            deleted=frozenset(post for id_, post in gone.items() if id_ not in self._known))
        self._held, self._known = held, ids_of(found) - held
        return news

    async def _tell(self, news: News) -> None:
        listening, told = self._listeners.by_member(), set(news.notices.values())
        turns = asyncio.Semaphore(AT_ONCE)
        for ids in in_batches(list(listening)):
            members = await Member.filter(id__in=ids, state=MemberState.ACTIVE).select_related("actor")
            concerned = [member for member in members if news.concerns(member.actor_id)]
            concerned.sort(key=lambda member: member.actor_id not in told)  # those first who are meant
            await asyncio.gather(*(self._tell_one(turns, member, listening[member.id], news) for member in concerned))

    async def _tell_one(self, turns: asyncio.Semaphore, member: Member, listeners: Sequence[Listener], news: News) -> None:
        async with turns:
            try:
                await events.tell(self._app, member, listeners, news)
            except Exception as error:  # what cannot be told to one is no reason not to tell the others
                log.error("a stream failed", exc_info=error)

    async def check(self) -> None:
        """Send those away whose token is no more, or whose member is suspended: here or by any other process."""
        open_ = [listener for listeners in self._listeners.by_member().values() for listener in listeners]
        good: set[int] = set()
        for ids in in_batches(list({listener.token.id for listener in open_})):
            good |= set(await AccessToken.in_force(ids))
        for listener in open_:
            if listener.token.id not in good:
                listener.end()
        await asyncio.sleep(CHECK_SECONDS)

    async def watch_announces(self) -> None:
        """Say to those who were shown that somebody passed a message on that it was taken back: no row tells of that."""
        hearing = [listener for listeners in self._listeners.by_member().values() for listener in listeners]
        shown = {id_ for listener in hearing for id_ in listener.announces}
        left: set[int] = set()
        for ids in in_batches(list(shown)):
            left |= {announce.id for announce in await Announce.filter(id__in=ids).only("id")}
        if gone := shown - left:
            for listener in hearing:
                listener.tell_taken_back(gone)
        await asyncio.sleep(CHECK_SECONDS)

    async def watch_filters(self) -> None:
        """Say to those who listen that their filters have changed."""
        listening = {listeners[0].member.actor_id: listeners for listeners in self._listeners.by_member().values()}
        now: dict[int, int | None] = dict.fromkeys(listening)
        for ids in in_batches(list(listening)):
            now |= await changes.filters_of(ids)
        for actor_id, listeners in listening.items():
            if actor_id in self._filters and self._filters[actor_id] != now[actor_id]:
                for listener in listeners:
                    listener.tell_on(USER, "filters_changed")
        self._filters = now
        await asyncio.sleep(FILTER_SECONDS)


def ids_of(found: Changes) -> frozenset[int]:
    """All ids in it; they are of one kind with each other, whatever the table."""
    return frozenset(found.posts | found.announces | found.notifications.keys() | found.edits.keys() | found.deletions.keys()
                     | found.hidings.keys())


def in_batches(ids: Sequence[int]) -> list[Sequence[int]]:
    """Few enough for one statement each."""
    return [ids[at:at + BATCH] for at in range(0, len(ids), BATCH)]
