"""The book of deliveries: leases, claims and results of all lanes, written in groups, one commit for many.

A lane waits for each entry before it goes on: what is claimed is on disk before it is sent, and what has arrived with the claim
of the next one, before that goes. So a crash repeats at most what was on its way to each host at that moment.
"""
from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache, partial

from federation import disclosure, signatures
from federation.disclosure import Waiting
from federation.gathering import Gathering
from federation.instance import Instance
from federation.requests import Key, Scheme
from models import Host, OutgoingActivity, clock, outgoing
from models.actor import KeyKind
from models.consent import LastWord
from models.database import in_transaction
from models.delivery import DeliveryState
from models.memory import Recent
from moderation import hosts

BATCH = 20
LEASE_SECONDS = 60
GROUP_LIMIT = 200
SIGNED_AT_ONCE = 16
SIGNING_THREADS = 2
ACTIVITY_SECONDS = 60.0
ACTIVITIES_LIMIT = 200
SIGNING_KEY_SECONDS = 1.0
LIVE_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Ended:
    """A delivery is over: the host answered, with this status."""

    delivery: Waiting
    host: Host
    status: int
    given: LastWord | None
    is_slow: bool
    signature: str  # the way of signing that it understood


@dataclass(frozen=True, slots=True)
class Turn:
    """A host's lane goes on: what ended, if anything did, and what goes next, if anything does; or the host is given back."""

    host: Host
    ended: Ended | None = None
    following: Waiting | None = None
    is_last: bool = False


@dataclass(frozen=True, slots=True)
class Unsigned:
    """What is to be signed, by whom, how."""

    url: str
    body: bytes
    actor_id: int
    kind: KeyKind
    scheme: Scheme


class Dockets:
    """One for each dispatcher; `worker` is its name on leases."""

    def __init__(self, instance: Instance, worker: str) -> None:
        self._instance, self._worker = instance, worker
        self._loads: Gathering[str, list[Waiting]] = Gathering(self._load, GROUP_LIMIT)
        self._turns: Gathering[Turn, disclosure.Permit | None] = Gathering(self._turn, GROUP_LIMIT)
        self._releases: Gathering[Host, None] = Gathering(self._release, GROUP_LIMIT)
        self._signing: Gathering[Unsigned, dict[str, str]] = Gathering(self._sign, SIGNED_AT_ONCE, SIGNING_THREADS)
        self._activities: Recent[int, OutgoingActivity] = Recent(ACTIVITY_SECONDS, ACTIVITIES_LIMIT)
        self._keys: Recent[tuple[int, KeyKind], Key] = Recent(SIGNING_KEY_SECONDS, ACTIVITIES_LIMIT)

    async def take(self, hosts: Sequence[Host]) -> list[tuple[Host, list[Waiting]]]:
        """Lease hosts for this worker alone, and read the next deliveries to each; those that another has, or that have nothing
        to send, are left out.
        """
        if not hosts:
            return []
        now = clock.now()
        until = now + timedelta(seconds=LEASE_SECONDS)
        leased = await outgoing.lease_hosts([host.id for host in hosts], self._worker, now, until)
        taken = [host for host in hosts if host.id in leased]
        for host in taken:
            host.leased_until = until
        loaded = [*zip(taken, await self._load([host.name for host in taken]), strict=True)]
        await outgoing.release_hosts([host.id for host, waiting in loaded if not waiting], self._worker)
        return [(host, waiting) for host, waiting in loaded if waiting]

    async def load(self, host: Host) -> list[Waiting]:
        """The next deliveries to a host, in order."""
        return await self._loads.do(host.name)

    async def turn(self, turn: Turn) -> disclosure.Permit | None:
        """Write down that one delivery arrived, or was refused for good; ask whether the next may go, and count the try: None if
        it may not, or was called back.
        """
        return await self._turns.do(turn)

    async def release(self, host: Host) -> None:
        """Give a host back."""
        await self._releases.do(host)

    async def sign(self, delivery: Waiting, scheme: Scheme, kind: KeyKind) -> dict[str, str]:
        """Headers that prove who sends it, made in a thread."""
        activity = delivery.activity
        return await self._signing.do(Unsigned(delivery.inbox_uri, sealed(activity.body), activity.actor_id, kind, scheme))

    async def _load(self, names: Sequence[str]) -> list[list[Waiting]]:
        found = await outgoing.due_deliveries(names, clock.now(), BATCH)
        activities = await self._needed({one.activity_id for one in found})
        by_host: dict[str, list[Waiting]] = defaultdict(list)
        for one in found:
            by_host[one.host].append(Waiting(one.id, one.created_at, activities[one.activity_id], one.host, one.inbox_uri,
                                             one.object_uri, one.attempts))
        return [by_host[name] for name in names]

    async def _needed(self, ids: set[int]) -> dict[int, OutgoingActivity]:
        return {id_: await self._activities.get(id_, partial(_read, id_)) for id_ in ids}

    async def _turn(self, group: Sequence[Turn]) -> list[disclosure.Permit | None | Exception]:
        now = clock.now()
        ended = [turn.ended for turn in group if turn.ended]
        async with in_transaction():
            await self._end(ended, now)
            news = await self._tell_hosts(ended, now)
            permits = await self._claim([(turn.following, turn.host) for turn in group if turn.following])
            await outgoing.release_hosts([turn.host.id for turn in group if turn.is_last], self._worker)
        for one in news:
            one.host.update_from_dict({"failures": 0, "retry_at": None, "reached_at": now, "is_slow": one.is_slow,
                                       "signature": one.signature})
        return [permits.get(turn.following.id) if turn.following else None for turn in group]

    async def _claim(self, group: Sequence[tuple[Waiting, Host]]) -> dict[int, disclosure.Permit]:
        """Asked right before sending: a yes taken back, or a host suspended, stops also what was written down before."""
        if not group:
            return {}
        asked = disclosure.Asked(await outgoing.present_actors({delivery.activity.actor_id for delivery, _ in group}),
                                 await hosts.standings({host.name for _, host in group}))
        permits = {delivery.id: await disclosure.may_go(delivery, host, asked) for delivery, host in group}
        claimed = await outgoing.claim([id_ for id_, permit in permits.items() if permit])
        await outgoing.end([id_ for id_, permit in permits.items() if not permit], DeliveryState.FAILED, 0, clock.now())
        return {id_: permit for id_, permit in permits.items() if permit and id_ in claimed}

    async def _end(self, ended: Sequence[Ended], now: datetime) -> None:
        by_status: dict[int, list[int]] = defaultdict(list)
        for one in ended:
            by_status[one.status].append(one.delivery.id)
        for status, ids in by_status.items():
            state = DeliveryState.DONE if 200 <= status < 300 else DeliveryState.FAILED
            await outgoing.end(ids, state, status, now)
        await disclosure.record([(one.delivery, one.given) for one in ended if 200 <= one.status < 300])

    async def _tell_hosts(self, ended: Sequence[Ended], now: datetime) -> list[Ended]:
        """Those that change what a host's row says; it is written."""
        news = [one for one in ended if _is_news(one, now)]
        alike: dict[tuple[bool, str], list[int]] = defaultdict(list)
        for one in news:
            alike[one.is_slow, one.signature].append(one.host.id)
        for (is_slow, signature), ids in alike.items():
            await outgoing.hosts_live(ids, now, is_slow, signature)
        return news

    async def _sign(self, group: Sequence[Unsigned]) -> list[dict[str, str] | Exception]:
        names = {(one.actor_id, one.kind) for one in group}
        keys = {name: await self._keys.get(name, partial(self._instance.key, *name)) for name in names}
        return await asyncio.to_thread(_sign_all, [(one, keys[one.actor_id, one.kind]) for one in group], clock.now())

    async def _release(self, hosts: Sequence[Host]) -> list[None | Exception]:
        await outgoing.release_hosts([host.id for host in hosts], self._worker)
        return [None] * len(hosts)


@lru_cache(maxsize=32)
def sealed(text: str) -> bytes:
    """The body of an activity as it is signed and sent, made once for all hosts."""
    return text.encode()


async def _read(activity_id: int) -> OutgoingActivity:
    return await OutgoingActivity.get(id=activity_id).select_related("actor")


def _is_news(ended: Ended, now: datetime) -> bool:
    """Whether a host's row says anything else: it lives, it is as quick as before; when it last answered, to a minute."""
    host = ended.host
    return bool(host.failures or host.retry_at or host.is_slow is not ended.is_slow or host.signature != ended.signature
                or host.reached_at is None or host.reached_at < now - LIVE_EVERY)


def _sign_all(group: Sequence[tuple[Unsigned, Key]], now: datetime) -> list[dict[str, str] | Exception]:
    signed: list[dict[str, str] | Exception] = []
    for one, key in group:
        sign = signatures.sign_rfc9421 if one.scheme is Scheme.RFC9421 else signatures.sign_cavage
        try:
            signed.append(sign("POST", one.url, one.body, key, now))
        except Exception as error:  # of this one alone: the others in the group are somebody else's
            signed.append(error)
    return signed
