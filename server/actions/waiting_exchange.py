"""Exchanging waiting lists with partners, and keeping them true: jobs of the server."""
from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

from federation import blinding, directories, waiting_lists
from federation.directories import pairwise
from federation.listing_alarms import tries
from models import (
    Actor,
    DirectoryPeer,
    Host,
    HostBlock,
    Waiting,
    WaitingEntry,
    WaitingMatch,
    WaitingPeer,
    WaitingThere,
    clock,
    outgoing,
    queues,
)
from models.catalogue.catalogue import Catalogue
from models.database import in_transaction
from models.outgoing import Told as Disclosed
from models.queues import Due
from models.waiting import MatchState
from moderation import findable
from server.actions import listings, waiting

DISCLOSED = "WaitingList"
RENEW_AFTER = timedelta(days=7)
RESEND_AFTER = timedelta(hours=6)  # where some entries were not answered
AT_ONCE = 50
CANARIES = 2
VIEW = waiting_lists.VIEW
ENTRIES = waiting_lists.ENTRIES_LIMIT - CANARIES


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
    us, epoch = await directories.ours(), blinding.epoch()
    if us is None or not await queues.is_due(Due.WAITING_LISTS) or not await directories.is_open():
        return 0
    for them in await directories.subscribers(us):
        peer = await WaitingPeer.of(them.host)
        if await _is_due(peer, epoch) and await directories.subscription(us, them) is not None:
            await _publish(us, them, peer, epoch, var_dir)
            return 1
    return 0


async def _is_due(peer: WaitingPeer, epoch: int) -> bool:
    now = clock.now()
    if peer.is_due or peer.told_epoch != epoch or peer.told_at is None or peer.told_at < now - RENEW_AFTER:
        return True
    return peer.told_at < now - RESEND_AFTER and await WaitingEntry.exists(host=peer.host, answer="")


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
    await outgoing.disclose(told, clock.now(), clock.now())


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
            await waiting.go_on(match)
    return len(over)


async def _walk() -> None:
    """Everybody who waits still may."""
    after = 0
    while waits := await Waiting.filter(id__gt=after).order_by("id").limit(AT_ONCE).select_related("actor"):
        for mine in waits:
            async with in_transaction():
                await waiting.bring_in_line(mine.actor, await findable.permit_elsewhere(mine.actor))
        after = waits[-1].id


async def partners() -> list[str]:
    """The names of the communities that get our waiting list."""
    us = await directories.ours()
    names = [them.host for them in await directories.subscribers(us)] if us else []
    return [host.title or host.name for host in await Host.filter(name__in=names or [""]).order_by("title", "name")]
