"""What two servers compare to know that they agree on who follows whom, without telling each other (FEP-8fcf).

The digest of a set of followers: the SHA-256 of each one's id, joined by exclusive or, as hexadecimal.
"""
from __future__ import annotations

import hashlib
import re
import time
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from federation.flights import Flights
from models import OutgoingActivity, outgoing

HEADER: Final = "Collection-Synchronization"
MAX_HEADER_CHARS = 2000
FOLLOWERS_LIMIT = 5000  # of one actor on one server; beyond it the collection could not be shown whole, and nothing is compared
KEPT_ACTORS = 8
KEPT_SECONDS = 60.0
DRIFTS_LIMIT = 1000
COMPARE_AGAIN_SECONDS = 60.0
SETTLE_AGAIN_SECONDS = 600.0
_PARAMETER = re.compile(r'(\w{1,40})="([^"]{0,600})"')
Digests = dict[str, tuple[int, int]]  # host -> digest, number of followers


@dataclass(frozen=True, slots=True)
class Stated:
    """What a server says about the followers of one of its actors who live here."""

    collection_id: str
    url: str
    digest: str


def digest(uris: Iterable[str]) -> str:
    """The digest of a set of ids: 64 hexadecimal letters, all zero for none."""
    return _as_text(_joined(uris))


def parse(header: str) -> Stated | None:
    """Read the header, which is written like that of a signature; None if it says less than it must."""
    said = {name.lower(): value for name, value in _PARAMETER.findall(header[:MAX_HEADER_CHARS])}
    if not all(said.get(name) for name in ("collectionid", "url", "digest")):
        return None
    return Stated(said["collectionid"], said["url"], said["digest"].lower())


def _joined(uris: Iterable[str]) -> int:
    joined = 0
    for uri in uris:
        joined ^= int.from_bytes(hashlib.sha256(uri.encode()).digest())
    return joined


def _as_text(joined: int) -> str:
    return joined.to_bytes(32).hex()


class FollowerDigests:
    """The digests of an author's followers by host, made once for all deliveries of an activity and of those before it. Bounded,
    and soon forgotten.
    """

    def __init__(self) -> None:
        self._kept: OrderedDict[int, tuple[float, int, Digests]] = OrderedDict()  # by actor: until when, up to which activity
        self._flights: Flights[Digests] = Flights()

    async def header(self, activity: OutgoingActivity, host: str) -> dict[str, str]:
        """The header for a delivery to a host; nothing unless the activity is addressed to its actor's followers."""
        followers_uri = activity.actor.followers_uri
        if not followers_uri or f'"{followers_uri}"' not in activity.body:
            return {}
        joined, count = (await self._digests(activity)).get(host, (0, 0))
        if count > FOLLOWERS_LIMIT:
            return {}
        return {HEADER: f'collectionId="{followers_uri}", url="{followers_uri}", digest="{_as_text(joined)}"'}

    async def _digests(self, activity: OutgoingActivity) -> Digests:
        now, (until, newest, kept) = time.monotonic(), self._kept.get(activity.actor_id, (0.0, 0, {}))
        if until > now and activity.id <= newest:
            return kept
        made = await self._flights.share(str(activity.actor_id), lambda: _by_host(activity.actor_id))
        newest = max(newest, activity.id)  # of another who came meanwhile, too: what was made now is newer than either
        self._kept[activity.actor_id] = (now + KEPT_SECONDS, newest, made)
        if len(self._kept) > KEPT_ACTORS:
            self._kept.popitem(last=False)
        return made


async def _by_host(actor_id: int) -> Digests:
    found: Digests = {}
    for host, uri in await outgoing.followers_elsewhere(actor_id):
        joined, count = found.get(host, (0, 0))
        found[host] = joined ^ _joined((uri,)), count + 1
    return found


class Drifts:
    """Whose followers here are said to be others than we know, and when to look at an actor again. Bounded, lost at a restart:
    the next delivery says it again.
    """

    def __init__(self) -> None:
        self._waiting: OrderedDict[int, str] = OrderedDict()
        self._next: OrderedDict[int, float] = OrderedDict()

    def is_due(self, actor_id: int) -> bool:
        """Whether to compare now; not again for a minute, whatever comes of it."""
        now = time.monotonic()
        if self._next.get(actor_id, 0.0) > now:
            return False
        self._wait(actor_id, now + COMPARE_AGAIN_SECONDS)
        return True

    def add(self, actor_id: int, url: str) -> None:
        """They differ: the list is at this address."""
        if len(self._waiting) < DRIFTS_LIMIT:
            self._waiting[actor_id] = url

    def take(self) -> tuple[int, str] | None:
        """The one that waits longest, id of the actor and address; it is left alone for ten minutes then."""
        if not self._waiting:
            return None
        actor_id, url = self._waiting.popitem(last=False)
        self._wait(actor_id, time.monotonic() + SETTLE_AGAIN_SECONDS)
        return actor_id, url

    def _wait(self, actor_id: int, until: float) -> None:
        self._next[actor_id] = until
        self._next.move_to_end(actor_id)
        if len(self._next) > DRIFTS_LIMIT:
            self._next.popitem(last=False)
