"""The book at the door: what came in is written down in groups, and whoever brought it hears 202 after the commit.

Ordinary messages are carried out in the same transaction, unless something of their sender waits in line before them.
What is already waiting of one server is bounded, so that none can fill the queue for all; so is what waits for one server because
it asked: who takes no answers is not asked to be answered more.
"""
from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from federation import bulk, values
from federation.addresses import origin_of
from federation.bulk import Ordinary
from federation.contexts import PUBLIC
from federation.errors import Busy
from federation.gathering import Gathering
from models import Actor, Host, InboxItem, arrivals, clock, outgoing, vault
from models.arrivals import NewItem
from models.delivery import ItemState
from models.memory import Recent

#: Repeated under the same id when an answer got lost, and then carried out again (fediverse.md §8.7).
REPEATABLE = frozenset({"Follow", "Undo", "Offer", "Withdraw"})
WAITING_LIMIT = 5000  # activities of one server
#: What we answer, with a delivery each.
ANSWERED = frozenset({"AnnounceRequest", "FeatureRequest", "Follow", "LikeRequest", "Offer", "QuoteRequest", "ReplyRequest"})
OWED_LIMIT = 10_000  # deliveries to one server
OWED_SECONDS = 30.0
ADDRESSEES_LIMIT = 20  # that are looked at to know whether something is for the web
GROUP_LIMIT = 48  # some milliseconds: a page that writes something waits for no longer transaction
APART_SECONDS = 0.005  # groups begin: where hundreds a second come in, a commit is for more of them
COUNT_SECONDS = 1.0
ORIGINS_LIMIT = 5000
HEARD_EVERY = timedelta(minutes=1)
LINE_LIMIT = 500  # of all that waits: where more does, everything goes the same way
Name = tuple[str, str]  # of the activity and its sender
log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Arrival:
    """A proven activity: its id, its kind, who sent it, from which host, its text, when."""

    uri: str
    kind: str
    sender_uri: str
    host: str
    body: str
    at: datetime
    sender: Actor
    document: object  # the body, read

    @property
    def name(self) -> Name:
        """What ends duplicates."""
        return self.uri, self.sender_uri

    def kept(self) -> str:
        """The text as it waits: sealed, but for what the whole web may read."""
        given = self.document if isinstance(self.document, dict) else {}
        to = (*values.audience(given.get("to"), ADDRESSEES_LIMIT), *values.audience(given.get("cc"), ADDRESSEES_LIMIT))
        return self.body if PUBLIC in to else vault.in_passage(self.body)


class Arrivals:
    """One for each process. `came` is set whenever something new has been written down."""

    def __init__(self) -> None:
        self.came = asyncio.Event()
        self._group: Gathering[Arrival, None] = Gathering(self._store, GROUP_LIMIT, apart_seconds=APART_SECONDS)
        self._waiting: Recent[str, list[int]] = Recent(COUNT_SECONDS, ORIGINS_LIMIT)
        self._indebted: Recent[str, frozenset[str]] = Recent(OWED_SECONDS, 1)
        self._heard: dict[str, datetime] = {}
        self._is_line = False  # something of the last group waits

    async def store(self, arrival: Arrival) -> None:
        """Write an activity down, once, for good; a repeat ends here, or is carried out anew where that is what it asks for.

        Raises Busy if too much of that server waits.
        """
        await self._group.do(arrival)

    async def _store(self, group: Sequence[Arrival]) -> list[None | Exception]:
        room = [await self._has_room(arrival) for arrival in group]
        taken = {one.name: one for one, fits in zip(group, room, strict=True) if fits}
        await self._write(taken, await self._at_once(taken.values()))
        return [None if fits else Busy("too much waits already", host=one.host)
                for one, fits in zip(group, room, strict=True)]

    async def _at_once(self, group: Iterable[Arrival]) -> list[Ordinary[Name]]:
        """The ordinary messages among these that nothing has to be carried out before; none while much waits."""
        by_sender: dict[str, list[Arrival]] = {}
        for one in group:
            by_sender.setdefault(one.sender_uri, []).append(one)
        try:
            # `bulk` asks for it too, of what it has read: where there is a line, most of that would be read in vain
            line = await arrivals.in_line(clock.now(), LINE_LIMIT) if self._is_line else frozenset()
            return [] if line is None else await bulk.ordinary(
                [(theirs[0].sender, [(one.name, one.document) for one in theirs])
                 for sender_uri, theirs in by_sender.items() if sender_uri not in line], LINE_LIMIT)
        except Exception as error:  # of one document: it is carried out, and refused, by itself
            log.warning("messages wait in line", exc_info=error)
            return []

    async def _write(self, taken: Mapping[Name, Arrival], at_once: Sequence[Ordinary[Name]]) -> None:
        """What has to wait, and what others do at once, in one transaction. Where that fails, everything waits."""
        try:
            await self._commit(taken, at_once)
        except Exception as error:
            if not at_once:
                raise
            log.warning("messages wait in line", exc_info=error)
            await self._commit(taken, [])

    async def _commit(self, taken: Mapping[Name, Arrival], at_once: Sequence[Ordinary[Name]]) -> None:
        made = {one.name: one.made for one in at_once}
        waits = {name: one for name, one in taken.items() if name not in made}
        new = await arrivals.take_in([NewItem(*name, one.kept(), one.at) for name, one in waits.items()], list(made.values()))
        for name, one in waits.items():
            if name not in new and one.kind in REPEATABLE:
                await _again(one)
        await self._hear(clock.now(), {one.host for one in taken.values()})
        self._is_line = bool(waits)
        if waits:
            self.came.set()

    async def _has_room(self, arrival: Arrival) -> bool:
        """Counted by the database once a second, and on our fingers in between: for each server only while there is much."""
        if arrival.kind in ANSWERED and arrival.host in await self._indebted.get("", lambda: outgoing.indebted(OWED_LIMIT)):
            return False
        in_all = await self._waiting.get("", _count_all)
        in_all[0] += 1
        if in_all[0] <= WAITING_LIMIT:
            return True
        origin = origin_of(arrival.sender_uri)
        count = await self._waiting.get(origin, lambda: _count(origin))
        count[0] += 1
        return count[0] <= WAITING_LIMIT

    async def _hear(self, at: datetime, hosts: set[str]) -> None:
        """These servers live. Written once a minute: nobody needs to know it to the second."""
        new = [host for host in hosts if at - self._heard.get(host, at - HEARD_EVERY) >= HEARD_EVERY]
        if not new:
            return
        await Host.filter(name__in=new).update(heard_at=at)
        if len(self._heard) > ORIGINS_LIMIT:
            self._heard.clear()
        self._heard |= dict.fromkeys(new, at)


async def _count_all() -> list[int]:
    return [await arrivals.count_waiting(WAITING_LIMIT)]


async def _count(origin: str) -> list[int]:
    return [await InboxItem.filter(state=ItemState.NEW, sender_uri__startswith=f"{origin}/").count()]


async def _again(arrival: Arrival) -> None:
    """Carry it out once more, unless it still waits."""
    done = InboxItem.filter(activity_uri=arrival.uri, sender_uri=arrival.sender_uri).exclude(state=ItemState.NEW)
    await done.update(state=ItemState.NEW, body=arrival.kept(), attempts=0, due_at=clock.now())
