"""Follows that end because a server is suspended: the members are told, keep the list, and may ask again."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from federation import outbox
from models import Actor, CutFollow, Follow, Member, Notification, OutgoingPush, Q, clock
from models.errors import CommunityError, NotHere
from models.ids import new_id
from models.notification import Notice
from moderation import hosts
from server.actions import follows
from server.actions.follows import Wishes
from server.errors import Refused

AT_ONCE = 500
EVENTS_SHOWN = 50


@dataclass(frozen=True, slots=True)
class Event:
    """One time that follows were cut, for one member: how many whom they followed, and how many who followed them."""

    id: int
    host: str
    at: datetime
    following: int
    followers: int


async def cut(names: Sequence[str], domain: str) -> None:
    """End every follow between members and the people of these hosts, and tell the members. For the caller's transaction.

    Where a member followed somebody, their server is told (taking back goes to a suspended server too); it is not told that we
    let its people follow no longer.
    """
    events: dict[int, int] = {}
    while found := await Follow.filter(_between(names)).limit(AT_ONCE).select_related("follower", "target"):
        rows = [_row(follow, domain, events) for follow in found if follow.accepted_at]
        await CutFollow.bulk_create(rows)
        for follow in found:
            if follow.follower.is_local:
                await outbox.undo_follow(follow)
        await Follow.filter(id__in=[follow.id for follow in found]).delete()
    await _tell(events, domain)


def _between(names: Sequence[str]) -> Q:
    there = Q(target__host__in=names) | Q(target__domain__in=names)
    here = Q(follower__host__in=names) | Q(follower__domain__in=names)
    return (Q(follower__host="") & there) | (Q(target__host="") & here)


def _row(follow: Follow, domain: str, events: dict[int, int]) -> CutFollow:
    ours, theirs = (follow.follower, follow.target) if follow.follower.is_local else (follow.target, follow.follower)
    if ours.id not in events:
        events[ours.id] = new_id()
    return CutFollow(owner=ours, other=theirs, host=domain, event_id=events[ours.id], is_follower=not follow.follower.is_local,
                     shows_announces=follow.shows_announces, tells_posts=follow.tells_posts, languages=follow.languages)


async def _tell(events: dict[int, int], domain: str) -> None:
    """One notice for each member, whose id is that of the event. Nothing comes to the dead, nor to what is no person."""
    living = await Member.filter(actor_id__in=list(events) or [0], deceased_at__isnull=True).values_list("actor_id", flat=True)
    for actor_id in living:
        event = events[int(str(actor_id))]
        told = await Notification.create(id=event, recipient_id=actor_id, kind=Notice.CUT_FOLLOWS, host=domain)
        await OutgoingPush.owe_all({told.id: told.recipient_id})


async def events_of(owner: Actor, ids: Sequence[int] = ()) -> list[Event]:
    """What was cut of a member, the newest first; only these events, if they are named."""
    wanted = CutFollow.filter(owner_id=owner.id)
    rows = await (wanted.filter(event_id__in=list(ids)) if ids else wanted).order_by("-event_id").values_list(
        "event_id", "host", "created_at", "is_follower")
    found: dict[int, list[tuple[str, datetime, bool]]] = {}
    for event_id, host, at, is_follower in rows:
        found.setdefault(event_id, []).append((host, at, is_follower))
    return [Event(id_, parts[0][0], parts[0][1], sum(not part[2] for part in parts), sum(part[2] for part in parts))
            for id_, parts in found.items()][:EVENTS_SHOWN]


async def people(owner: Actor, event_id: int, *, is_follower: bool) -> list[CutFollow]:
    """Whom the member followed, or who followed them, each with the person."""
    found = CutFollow.filter(owner_id=owner.id, event_id=event_id, is_follower=is_follower)
    return await found.order_by("id").select_related("other")


async def ask_again(owner: Actor, event_id: int) -> int:
    """Ask to follow those whom the member followed before. How many were asked; whoever is gone or cannot be asked is left out.

    Raises: NotHere for what is not theirs; Refused where nothing is exchanged with that server yet.
    """
    wanted = await people(owner, event_id, is_follower=False)
    if not wanted:
        raise NotHere("no such follows")
    if not hosts.is_heard(await hosts.standing(wanted[0].other.host)):
        raise Refused("host")
    asked = 0
    for row in wanted:
        if row.asked_at is None and not row.other.is_gone and await _ask(owner, row):
            asked += 1
    return asked


async def _ask(owner: Actor, row: CutFollow) -> bool:
    languages = [one for one in row.languages.split(",") if one] or None
    try:
        await follows.follow(owner, row.other, Wishes(row.shows_announces, row.tells_posts, languages))
    except CommunityError:
        return False
    await CutFollow.filter(id=row.id).update(asked_at=clock.now())
    return True
