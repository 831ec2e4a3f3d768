"""Waiting for somebody with the same condition, here or with partners; being told of each other only after two yeses."""
from __future__ import annotations

from datetime import timedelta

from federation import directories, followings, waiting_lists, waiting_meetings
from models import (
    Actor,
    Block,
    Follow,
    HostBlock,
    Notification,
    ProfileValue,
    Waiting,
    WaitingEntry,
    WaitingMatch,
    WaitingPeer,
    clock,
)
from models.catalogue.hpo_files import UNDIAGNOSED
from models.consent import LastWord
from models.database import in_transaction
from models.errors import NotHere
from models.notification import Notice
from models.profile import ProfileLine
from models.turns import take_turn
from models.waiting import MatchState
from moderation import findable
from server.actions import listings
from server.errors import Refused

#: A match is told after it has stood for a while: a canary that an honest partner hits is gone by then, and nobody hopes in vain.
SETTLED_AFTER = timedelta(minutes=10)
AT_ONCE = 50


async def conditions(actor: Actor) -> list[str]:
    """With what a member can wait: the conditions of their profile, whoever may read that line."""
    values = await ProfileValue.of(actor.id)
    return [one.code for one in values if one.line is ProfileLine.CONDITION and one.code not in ("", UNDIAGNOSED)]


async def join(actor: Actor, code: str) -> None:
    """Wait with one of the member's own conditions. Raises NotHere if it is none of theirs, Refused without C4 and C5."""
    if code not in await conditions(actor):
        raise NotHere("not a condition of theirs")
    if await findable.permit_elsewhere(actor) is None:
        raise Refused("consent")
    async with in_transaction():
        await take_turn("waiting", code)  # of two who begin at once, the second finds the first
        mine, is_new = await Waiting.get_or_create(actor=actor, code=code)
        if not is_new:
            return
        await WaitingPeer.all().update(is_due=True)
        for other in await Waiting.filter(code=code).exclude(actor_id=actor.id):
            if not await Block.either_way(actor.id, other.actor_id):
                await WaitingMatch.create(waiting=mine, actor=actor, other=other.key)
                await WaitingMatch.create(waiting=other, actor_id=other.actor_id, other=mine.key)
    await listings.open_directory()


async def leave(actor: Actor, code: str) -> None:
    """Wait no longer. Where it was told, it is taken back."""
    async with in_transaction():
        await take_turn("waiting", code)
        if mine := await Waiting.get_or_none(actor_id=actor.id, code=code):
            await _end(mine)


async def bring_in_line(actor: Actor, given: LastWord | None) -> None:
    """After a word of a member, or a change of their profile. Inside the act's transaction."""
    waits = await Waiting.filter(actor_id=actor.id)
    kept = await conditions(actor) if waits and given else []
    for mine in waits:
        if mine.code not in kept:
            await _end(mine)
    if waits and (us := await directories.ours()) and (blocked := await HostBlock.of(actor.id)):
        for entry in await WaitingEntry.filter(actor_id=actor.id, host__in=list(blocked)):
            await WaitingMatch.filter(waiting_id=entry.waiting_id, host=entry.host).delete()
            await waiting_lists.retract(us, await listings.directory_of(entry.host), entry)


async def _end(mine: Waiting) -> None:
    us, record = await directories.ours(), await findable.newest_no(mine.actor_id)
    for entry in await WaitingEntry.filter(waiting_id=mine.id):
        if us is not None:
            await waiting_lists.retract(us, await listings.directory_of(entry.host), entry, record)
    for other in await WaitingMatch.filter(host="", other=mine.key):
        await _drop(other)
    for match in await WaitingMatch.filter(waiting_id=mine.id):
        await _drop(match)
    await mine.delete()


async def _drop(match: WaitingMatch) -> None:
    actor_id = match.actor_id
    await match.delete()
    if not await WaitingMatch.filter(actor_id=actor_id, state=MatchState.TOLD).exists():
        await Notification.filter(recipient_id=actor_id, kind=Notice.WAITING).delete()


async def answer(actor: Actor, key: str, wanted: bool) -> None:
    """Say yes or no to meeting somebody who waits with the same. Nobody hears of a no. Raises NotHere, Refused."""
    match = await WaitingMatch.get_or_none(key=key, actor_id=actor.id, state=MatchState.TOLD)
    if match is None:
        raise NotHere("nobody to answer")
    if wanted and await findable.permit_elsewhere(actor) is None:
        raise Refused("consent")
    async with in_transaction():
        match.state = MatchState.YES if wanted else MatchState.NO
        if not await WaitingMatch.filter(id=match.id, state=MatchState.TOLD).update(state=match.state):
            raise NotHere("answered meanwhile")
        if not await WaitingMatch.filter(actor_id=actor.id, state=MatchState.TOLD).exists():
            await Notification.filter(recipient_id=actor.id, kind=Notice.WAITING).delete()
        await go_on(match)


async def go_on(match: WaitingMatch) -> None:
    """Whether the other has said yes too, and what follows. Inside a transaction."""
    if match.host:
        us, them = await directories.ours(), await listings.directory_of(match.host)
        if us is not None and them is not None:
            await waiting_meetings.go_on(us, them, match)
        return
    mine = await Waiting.get(id=match.waiting_id)
    back = await WaitingMatch.get_or_none(host="", waiting__key=match.other, other=mine.key).select_related("actor")
    if match.state is MatchState.YES and back is not None and back.state is MatchState.YES:
        await _meet(await Actor.get(id=match.actor_id), back.actor)
        await WaitingMatch.filter(id__in=[match.id, back.id]).update(state=MatchState.MET)


async def _meet(one: Actor, two: Actor) -> None:
    """Two members of ours: they follow each other."""
    if await Block.either_way(one.id, two.id):
        return
    for ours, other in ((one, two), (two, one)):
        await followings.ask(ours, other)
        if (follow := await Follow.between(ours, other)) and follow.accepted_at is None:
            await follow.accept()
        await Notification.withdraw(Notice.FOLLOW_REQUEST, ours, recipient=other)
        await Notification.tell(ours, Notice.MET, other)


async def found(actor: Actor) -> list[WaitingMatch]:
    """What a member may know of others who wait with the same: that there is somebody, and what they themselves answered."""
    told = WaitingMatch.filter(actor_id=actor.id).exclude(state=MatchState.NEW)
    return await told.order_by("-id").limit(AT_ONCE).select_related("waiting")


async def tell_due() -> int:
    """A job: tell members of those who wait with the same, once a match has stood for a while; how many were told."""
    due = WaitingMatch.filter(state=MatchState.NEW, created_at__lte=clock.now() - SETTLED_AFTER)
    matches = await due.limit(AT_ONCE).select_related("actor")
    for match in matches:
        async with in_transaction():
            if await WaitingMatch.filter(id=match.id, state=MatchState.NEW).update(state=MatchState.TOLD):
                await Notification.filter(recipient_id=match.actor_id, kind=Notice.WAITING).delete()
                await Notification.tell(match.actor, Notice.WAITING)
    return len(matches)
