"""Two people on two servers wait for the same, and both say yes: the directories introduce them (`federation.introductions`).

Of two directories the one whose id sorts first asks, once its own member said yes; the other answers once its member has. So
nobody's yes is known to the other member before there are two, and a no is never sent.
"""
from __future__ import annotations

import json
from datetime import timedelta

from federation import directories, introductions, values, waiting_lists
from federation.addresses import origin_of
from federation.errors import Malformed
from federation.incoming import Incoming
from federation.listing_news import check
from models import Actor, Introduction, WaitingEntry, WaitingMatch, clock
from models.directory import IntroductionState
from models.ids import new_key
from models.turns import take_turn
from models.waiting import MatchState

ALIVE = (IntroductionState.AGREED, IntroductionState.MET, IntroductionState.TIED)


async def is_about(incoming: Incoming) -> bool:
    """Whether a directory asks because of our waiting list."""
    thing, us = incoming.activity.object, await directories.ours()
    return isinstance(thing, dict) and us is not None and bool(waiting_lists.key_in(values.link(thing.get("object")), us))


async def receive(incoming: Incoming) -> None:
    """Somebody there said yes. If ours has too, it goes on; else it waits, and ours is told nothing."""
    host, us = await check(incoming), await directories.ours()
    thing = incoming.activity.object
    if us is None or not isinstance(thing, dict):
        raise Malformed("nobody to meet", host=host.name)
    other = values.link(thing.get("subject")) or ""
    until = values.instant(json.loads(incoming.body).get("endTime"), waiting_lists.LIFETIME)
    if not waiting_lists.is_of(other, incoming.sender) or until is None:
        raise Malformed("somebody who does not wait there", host=host.name)
    entry = await WaitingEntry.get_or_none(key=waiting_lists.key_in(values.link(thing.get("object")), us), host=host.name)
    match = await WaitingMatch.get_or_none(waiting_id=entry.waiting_id, other=other, host=host.name) if entry else None
    if match is None or _asks(us, incoming.sender):
        return
    match.offer_uri, match.offer_ends_at = incoming.activity.id, until
    await match.save(update_fields=["offer_uri", "offer_ends_at"])
    await go_on(us, incoming.sender, match)


async def go_on(us: Actor, them: Actor, match: WaitingMatch) -> None:
    """The next step towards a meeting after our member's yes, once for each. Inside a transaction."""
    await take_turn("meeting", match.id)
    await match.refresh_from_db()  # the other side, our member and a job may bring it on at the same moment
    mine = await WaitingEntry.get_or_none(waiting_id=match.waiting_id, host=match.host)
    if match.state is not MatchState.YES or mine is None or await _is_under_way(match):
        return
    actor, now = await Actor.get(id=match.actor_id), clock.now()
    entry_uri = waiting_lists.uri_of(us, mine.key)
    if _asks(us, them):
        made = await Introduction.create(
            actor=actor, host=match.host, is_asker=True, offer_uri=f"{origin_of(us.uri)}/activities/{new_key()}",
            listing_uri=match.other, pseudonym_uri=entry_uri, ends_at=waiting_lists.ends_at())
        await introductions.offer(us, them, made)
    elif match.offer_uri and match.offer_ends_at and match.offer_ends_at > now:
        made = await Introduction.create(
            actor=actor, host=match.host, is_asker=False, offer_uri=match.offer_uri, listing_uri=entry_uri,
            pseudonym_uri=match.other, state=IntroductionState.AGREED, ends_at=match.offer_ends_at, answered_at=now)
        await introductions.accept(us, them, made)


async def _is_under_way(match: WaitingMatch) -> bool:
    """An Introduction of these two has begun, or has been. One that nobody answered in time may be made again."""
    of_these = Introduction.filter(actor_id=match.actor_id, host=match.host)
    rows = await of_these.filter(listing_uri=match.other) or await of_these.filter(pseudonym_uri=match.other)
    if any(row.state in (IntroductionState.MET, IntroductionState.TIED) for row in rows):
        match.state = MatchState.MET
        await match.save(update_fields=["state"])
    return any(row.state in ALIVE or row.ends_at > clock.now() - timedelta(seconds=1) for row in rows)


def _asks(us: Actor, them: Actor) -> bool:
    """Whether we are the one of the two that asks."""
    return us.uri < them.uri
