"""For whom a client means something: from `to`, `cc` and their hidden siblings to a reach and a circle."""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from federation import render, values
from federation.addresses import origin_of
from federation.contexts import PUBLIC
from models import Actor
from models.actor import ActorKind
from models.errors import CommunityError
from models.reach import Reach

RECIPIENTS_LIMIT = 100
FIELDS = ("to", "cc", "bto", "bcc", "audience")


class UnknownAddressee(CommunityError):
    """Something is addressed that we cannot tell who it stands for: nothing is guessed where privacy hangs on it."""

    status = 422
    safe = "An addressee is not known here. Address people by their ids, or the collections that FEDERATION.md names."


@dataclass(frozen=True, slots=True)
class Audience:
    """Who is meant: `wanted` as asked for, and the people that are named. `followers`: their collection was addressed."""

    wanted: Reach
    people: tuple[Actor, ...] = ()
    followers: bool = False


async def read(author: Actor, *documents: Mapping[str, Any]) -> Audience:
    """The audience of an activity and its object together, as ActivityPub §6 asks clients to write both.

    The public collection means the web; `partners` of the actor the partner communities; the actor of our community its
    members; the author's followers the same as "followers only" in apps; people alone a circle; nobody oneself.
    Raises: UnknownAddressee.
    """
    uris = dict.fromkeys(uri for one in documents for field in FIELDS for uri in _links(one.get(field)))
    origin = origin_of(author.uri)
    collections = {PUBLIC: Reach.WEB, render.partners_uri(origin): Reach.PARTNERS, (await Actor.instance()).uri: Reach.COMMUNITY,
                   author.followers_uri: Reach.PARTNERS, author.uri: Reach.ME}
    wide = [collections[uri] for uri in uris if uri in collections]
    people = await _people([uri for uri in uris if uri not in collections])
    widest = max(wide, key=lambda reach: reach.level, default=Reach.ME)
    if people and widest is Reach.ME:
        return Audience(Reach.CIRCLE, people)
    only_followers = author.followers_uri in uris and not uris.keys() & {PUBLIC, render.partners_uri(origin)}
    return Audience(widest, people, only_followers)


def _links(value: object) -> tuple[str, ...]:
    """What is addressed. What is no address at all is refused too: it may have been meant to narrow."""
    items = values.many(value, RECIPIENTS_LIMIT + 1)
    if len(items) > RECIPIENTS_LIMIT or any(not values.audience(item, 1) for item in items):
        raise UnknownAddressee("no address")
    return values.audience(items, RECIPIENTS_LIMIT)


async def _people(uris: list[str]) -> tuple[Actor, ...]:
    found = await Actor.filter(Actor.present(), uri__in=uris or [""]).exclude(kind=ActorKind.APPLICATION)
    if len(found) < len(uris):
        raise UnknownAddressee("unknown")
    return tuple(found)
