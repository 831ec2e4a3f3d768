"""Waiting for somebody with the same condition, here or with partners; being told of each other only after two yeses."""
from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

from federation import blinding, directories, followings, waiting_lists, waiting_meetings
from federation.directories import pairwise
from federation.listing_alarms import tries
from models import (
    Actor,
    Block,
    DirectoryPeer,
    Follow,
    Host,
    HostBlock,
    Notification,
    ProfileValue,
    Waiting,
    WaitingEntry,
    WaitingMatch,
    WaitingPeer,
    WaitingThere,
    clock,
    queues,
)
from models.catalogue.catalogue import Catalogue
from models.catalogue.hpo_files import UNDIAGNOSED
from models.consent import LastWord
from models.database import in_transaction
from models.errors import NotHere
from models.notification import Notice
from models.profile import ProfileLine
from models.queues import Due
from models.queues import Told as Disclosed
from models.waiting import MatchState
from moderation import findable
from server.actions import listings
from server.errors import Refused

DISCLOSED = "WaitingList"
#: A match is told after it has stood for a while: a canary that an honest partner hits is gone by then, and nobody hopes in vain.
SETTLED_AFTER = timedelta(minutes=10)
RENEW_AFTER = timedelta(days=7)
RESEND_AFTER = timedelta(hours=6)  # where some entries were not answered
CANARIES = 2
VIEW = waiting_lists.VIEW
AT_ONCE = 50
ENTRIES = waiting_lists.ENTRIES_LIMIT - CANARIES


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
        await match.save(update_fields=["state"])
        if not await WaitingMatch.filter(actor_id=actor.id, state=MatchState.TOLD).exists():
            await Notification.filter(recipient_id=actor.id, kind=Notice.WAITING).delete()
        await _go_on(match)


async def _go_on(match: WaitingMatch) -> None:
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


async def compare_due() -> int:
    """A job: look for the same conditions in what partners sent and answered; 1 if there was something to compare."""
    peer = await WaitingPeer.filter(is_new=True).first()
    if peer is None:
        return 0
    await peer.change(is_new=False)
    pairs = await waiting_lists.find(peer)
    async with in_transaction():
        for entry, other in pairs:
            if entry.waiting_id is None:
                await tries(peer.host)
                await WaitingEntry.filter(id=entry.id).delete()
                await peer.change(is_due=True)
            elif await Waiting.exists(id=entry.waiting_id):
                await WaitingMatch.get_or_create({"host": peer.host, "actor_id": entry.actor_id},
                                                 waiting_id=entry.waiting_id, other=other)
    return 1


async def publish_due(var_dir: Path) -> int:
    """A job: send our list to one partner where it changed, ends, or belongs to an epoch that is over; 1 if one was sent.

    Nothing is sent before somebody here has waited for the first time.
    """
    us, now, epoch = await directories.ours(), clock.now(), blinding.epoch()
    if us is None or not await queues.is_due(Due.WAITING_LISTS) or not await directories.is_open():
        return 0
    for them in await directories.subscribers(us):
        peer = await WaitingPeer.of(them.host)
        is_due = peer.is_due or peer.told_epoch != epoch or peer.told_at is None or peer.told_at < now - RENEW_AFTER
        is_unanswered = peer.told_at is not None and peer.told_at < now - RESEND_AFTER and await WaitingEntry.exists(
            host=them.host, answer="")
        if (is_due or is_unanswered) and await directories.subscription(us, them) is not None:
            await _publish(us, them, peer, epoch, var_dir)
            return 1
    return 0


async def _publish(us: Actor, them: Actor, peer: WaitingPeer, epoch: int, var_dir: Path) -> None:
    directory = await DirectoryPeer.of(them.host)
    is_first = peer.told_epoch != epoch and not await WaitingEntry.exists(host=them.host, waiting_id=None)
    canaries = await asyncio.to_thread(Catalogue(var_dir).some_conditions, CANARIES) if is_first else []
    async with in_transaction():
        same = {"told_at": peer.told_at} if peer.told_at else {"told_at__isnull": True}
        if not await WaitingPeer.filter(id=peer.id, **same).update(is_due=False, told_epoch=epoch, told_at=clock.now()):
            return  # somebody else is at it
        await WaitingEntry.filter(host=them.host).exclude(epoch=epoch).update(epoch=epoch, answer="")
        await _plant(us, directory, canaries, epoch)
        await _enter(us, directory, epoch)
        entries = await WaitingEntry.filter(host=them.host).order_by("id")
    told = await asyncio.to_thread(waiting_lists.blinded, directory, entries, epoch)
    gone = {entry.key for entry in entries}
    async with in_transaction():
        gone -= {str(key) for key in await WaitingEntry.filter(host=them.host).values_list("key", flat=True)}
        await waiting_lists.send(us, them, [one for one in told if one.key not in gone], epoch)


async def _plant(us: Actor, peer: DirectoryPeer, codes: Sequence[str], epoch: int) -> None:
    """Canaries: conditions that nobody here waits with, so that a partner that hits one was guessing, or was very lucky."""
    for code in codes:
        if not await Waiting.exists(code=code):
            await WaitingEntry.create(host=peer.host, key=pairwise(peer, VIEW, us.uri, code), code=code, epoch=epoch)


async def _enter(us: Actor, peer: DirectoryPeer, epoch: int) -> None:
    """An entry for each who waits and has none with this partner, as far as there is room, and the ledger of who was told."""
    there = await WaitingEntry.filter(host=peer.host, waiting_id__isnull=False).values_list("waiting_id", flat=True)
    room, told = max(ENTRIES - len(there), 0), list[Disclosed]()
    who_not = await HostBlock.filter(host=peer.host).values_list("owner_id", flat=True)
    waits = Waiting.exclude(id__in=list(there) or [0]).exclude(actor_id__in=list(who_not) or [0])
    new = await waits.order_by("id").limit(room).select_related("actor") if room else []
    for mine in new:
        if given := await findable.permit_elsewhere(mine.actor):
            await WaitingEntry.filter(host=peer.host, waiting_id=None, code=mine.code).delete()
            entry = await WaitingEntry.create(waiting=mine, actor=mine.actor, host=peer.host, epoch=epoch, code=mine.code,
                                              key=pairwise(peer, VIEW, mine.key))
            uri = waiting_lists.uri_of(us, entry.key)
            told.append(Disclosed(uri, peer.host, mine.actor_id, DISCLOSED, given.id))
    await queues.disclose(told, clock.now(), clock.now())


async def settle() -> int:
    """A job: what no single act brings about. Lists that are over, partners who went, yeses that ended, and meetings that are
    still to be asked for.
    """
    over = await WaitingThere.filter(ends_at__lt=clock.now()).limit(AT_ONCE)
    us = await directories.ours()
    if us is not None:
        subscribed = [them.host for them in await directories.subscribers(us)] or [""]
        over += await WaitingThere.exclude(host__in=subscribed).limit(AT_ONCE)
        for entry in await WaitingEntry.exclude(host__in=subscribed).limit(AT_ONCE):
            async with in_transaction():
                await waiting_lists.retract(us, await listings.directory_of(entry.host), entry)
    for there in over:
        async with in_transaction():
            await waiting_lists.forget([there.uri], there.host)
    await _walk()
    for match in await WaitingMatch.filter(state=MatchState.YES).order_by("id").limit(AT_ONCE):
        async with in_transaction():
            await _go_on(match)
    return len(over)


async def _walk() -> None:
    """Everybody who waits still may."""
    after = 0
    while waits := await Waiting.filter(id__gt=after).order_by("id").limit(AT_ONCE).select_related("actor"):
        for mine in waits:
            async with in_transaction():
                await bring_in_line(mine.actor, await findable.permit_elsewhere(mine.actor))
        after = waits[-1].id


async def partners() -> list[str]:
    """The names of the communities that get our waiting list."""
    us = await directories.ours()
    names = [them.host for them in await directories.subscribers(us)] if us else []
    return [host.title or host.name for host in await Host.filter(name__in=names or [""]).order_by("title", "name")]
