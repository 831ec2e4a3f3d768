"""The waiting list between two directories: what each tells the other of those who wait, blinded, and what it answers.

    Update   the whole list, in steps of sixteen entries: who waits, nobodies that fill up, and canaries, all alike
    Accept   of it: a digest for each entry, by which the two servers see the same matches (`federation.blinding`)
    Remove   somebody waits no longer; answered by Accept as for listings (`federation.listing_news`)
"""
from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from federation import blinding, directories, listing_alarms, values
from federation.addresses import name_in, same_origin
from federation.errors import Malformed, Refused
from federation.incoming import Heard, Incoming, Waits
from federation.listing_news import check, names, say
from federation.render import exact_instant, instant
from federation.withdrawal_notices import digest_of
from federation.withdrawal_notices import uri_of as notice_uri_of
from models import (
    Actor,
    ConsentRecord,
    DirectoryPeer,
    WaitingEntry,
    WaitingMatch,
    WaitingPeer,
    WaitingThere,
    Withdrawal,
    clock,
)
from models.actor import ActorKind
from models.consent import Purpose
from models.ids import new_key

TYPE = "WaitingList"
VIEW = "waiting"
STEP = 16  # a list has a multiple of so many entries
ENTRIES_LIMIT = 128
NEW_A_DAY = 64  # entries of one partner that are answered: each may be a guess
LIFETIME = timedelta(days=14)
_ANSWER = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Told:
    """One entry as it is sent."""

    key: str
    blinded: str


def view_of(directory_uri: str) -> str:
    """The id of a waiting list: nothing can be read there."""
    return f"{directory_uri}/{VIEW}"


def uri_of(us: Actor, key: str) -> str:
    """The id of an entry of ours: nothing can be read there."""
    return f"{view_of(us.uri)}/{key}"


def key_in(uri: str | None, us: Actor) -> str:
    """The key in the id of an entry of ours; "" if it is none."""
    return name_in(uri, uri_of(us, ""))


def is_between(incoming: Incoming) -> bool:
    """Whether a directory speaks of its own waiting list."""
    sender, activity = incoming.sender, incoming.activity
    return sender.kind is ActorKind.SERVICE and not sender.is_local and activity.target == view_of(sender.uri)


def blinded(peer: DirectoryPeer, entries: Sequence[WaitingEntry], epoch: int) -> list[Told]:
    """The list for one partner, in an order that says nothing. Takes some milliseconds: in a thread."""
    key = blinding.secret_for(peer.secret, epoch)
    told = [Told(entry.key, blinding.blind(key, entry.code)) for entry in entries[:ENTRIES_LIMIT]]
    size = max(STEP, -(-len(told) // STEP) * STEP)
    told += [Told(*blinding.padding(peer.secret, epoch, place)) for place in range(size - len(told))]
    return sorted(told, key=lambda one: one.key)


async def send(us: Actor, them: Actor, told: Sequence[Told], epoch: int) -> None:
    """Tell a partner who waits. Inside a transaction."""
    entries = [{"id": uri_of(us, one.key), "blinded": one.blinded} for one in told]
    now = clock.now()
    thing = {"id": view_of(us.uri), "type": TYPE, "epoch": epoch, "entries": entries, "updated": exact_instant(now),
             "endTime": instant(now + LIFETIME)}
    await say("Update", us, them, thing, about=view_of(us.uri), extra={"target": view_of(us.uri)})


async def retract(us: Actor, them: Actor | None, entry: WaitingEntry, record: ConsentRecord | None = None) -> None:
    """Remove one entry where it was told, and keep that it was asked. Inside the act's transaction."""
    uri, key = uri_of(us, entry.key), new_key()
    if not await WaitingEntry.filter(id=entry.id).delete():
        return
    await (await WaitingPeer.of(entry.host)).change(is_due=True)
    if them is None:
        return
    if entry.actor_id:
        await Withdrawal.create(key=key, actor_id=entry.actor_id, host=entry.host, object_uris=[uri],
                                purpose=Purpose.FOUND_BY_PARTNERS, consent_id=record.id if record else None)
    await say("Remove", us, them, [uri], about=view_of(us.uri), uri=notice_uri_of(key, us),
              extra={"target": view_of(us.uri), "published": instant(clock.now())})


async def prepare(incoming: Incoming) -> Incoming:
    """Blind what came a second time, outside the transaction. Raises Refused, Unproven, Malformed."""
    await check(incoming)
    us = await directories.ours()
    if us is None or not await directories.is_open() or await directories.subscriber(us, incoming.sender.host) is None:
        raise Refused("exchanges no waiting list with us", host=incoming.sender.host)
    thing = incoming.activity.object
    if not isinstance(thing, dict) or thing.get("type") != TYPE or thing.get("id") != view_of(incoming.sender.uri):
        raise Malformed("not a waiting list", host=incoming.sender.host)
    peer = await DirectoryPeer.of(incoming.sender.host)
    return replace(incoming, waiting=await asyncio.to_thread(_read, thing, incoming.sender, peer))


def _read(thing: dict[str, Any], them: Actor, peer: DirectoryPeer) -> Heard:
    number, items = thing.get("epoch"), thing.get("entries")
    updated, until = values.instant(thing.get("updated")), values.instant(thing.get("endTime"), LIFETIME)
    if type(number) is not int or not blinding.is_near(number) or updated is None or until is None or until <= clock.now():
        raise Malformed("a waiting list of another time", host=them.host)
    if not isinstance(items, list) or len(items) > ENTRIES_LIMIT:
        raise Malformed("not the entries of a waiting list", host=them.host)
    key = blinding.secret_for(peer.secret, number)
    found = {one.uri: one for one in (_entry(item, them, key) for item in items)}
    if len({one.blinded for one in found.values()}) < len(items):
        raise Malformed("an entry twice", host=them.host)
    return Heard(number, updated, until, tuple(found.values()))


def _entry(item: object, them: Actor, key: X25519PrivateKey) -> Waits:
    uri, given = (values.own_id(item), item.get("blinded")) if isinstance(item, dict) else ("", None)
    if not uri.startswith(f"{view_of(them.uri)}/") or not isinstance(given, str):
        raise Malformed("an entry of another list", host=them.host)
    return Waits(uri, given, blinding.double(key, given))


async def take(incoming: Incoming) -> None:
    """Keep the list in place of the one before, and answer it: what is new beyond the day's measure waits until tomorrow."""
    heard, us, them = incoming.waiting, await directories.ours(), incoming.sender
    peer = await WaitingPeer.of(them.host)
    if heard is None or us is None or peer.heard_at and heard.updated < peer.heard_at:
        return
    kept = await _keep(heard, peer)
    await peer.change(heard_at=heard.updated, is_new=True)
    said = {"id": incoming.activity.id, "type": "Update", "actor": them.uri}
    answers = [{"id": one.uri, "answer": blinding.answer(one.doubled, one.uri)} for one in kept]
    await say("Accept", us, them, said, about=view_of(us.uri), extra={"epoch": heard.epoch, "answers": answers})


async def _keep(heard: Heard, peer: WaitingPeer) -> list[Waits]:
    """The entries that are answered: those that were before, and as many new ones as may be. No others stay."""
    known, named = await WaitingThere.filter(host=peer.host), {one.uri for one in heard.entries}
    await forget([row.uri for row in known if row.uri not in named], peer.host)
    answered = {(row.uri, row.blinded) for row in known if row.epoch == heard.epoch}
    same = [one for one in heard.entries if (one.uri, one.blinded) in answered]
    fresh = [one for one in heard.entries if (one.uri, one.blinded) not in answered]
    kept = same + fresh[:await _room(peer, len(fresh))]
    await WaitingThere.filter(host=peer.host).delete()
    await WaitingThere.bulk_create([WaitingThere(host=peer.host, uri=one.uri, epoch=heard.epoch, blinded=one.blinded,
                                                 doubled=one.doubled, ends_at=heard.until) for one in kept])
    return kept


async def _room(peer: WaitingPeer, wanted: int) -> int:
    """How many new entries are taken of a partner today. Who wants more tries out codes, or is large: our hosts hear of it."""
    today = clock.now().date()
    taken = peer.taken if peer.taken_on == today else 0
    room = min(wanted, max(NEW_A_DAY - taken, 0))
    await peer.change(taken=taken + room, taken_on=today)
    if room < wanted:
        await listing_alarms.tries(peer.host)
    return room


async def remove(incoming: Incoming) -> None:
    """Somebody waits no longer: gone, and the directory is told so."""
    host, us = await check(incoming), await directories.ours()
    uris = names(incoming)
    await forget(uris, host.name)
    if us is not None:
        removal = {"id": incoming.activity.id, "type": "Remove", "actor": incoming.sender.uri}
        await say("Accept", us, incoming.sender, removal, about=incoming.activity.id,
                  extra={"digest": digest_of(uris), "published": instant(clock.now())})


async def forget(uris: Sequence[str], host: str) -> None:
    """Drop what a partner told, and what was found by it."""
    await WaitingThere.filter(host=host, uri__in=list(uris) or [""]).delete()
    await WaitingMatch.filter(host=host, other__in=list(uris) or [""]).delete()


async def is_answer(incoming: Incoming) -> bool:
    """Accept of a list of ours. False if this is about something else."""
    said = json.loads(incoming.body) if incoming.sender.kind is ActorKind.SERVICE else {}
    if incoming.activity.object_type != "Update" or "answers" not in said:
        return False
    host, us = await check(incoming), await directories.ours()
    known = {uri_of(us, row.key): row for row in await WaitingEntry.filter(host=host.name)} if us else {}
    for item in values.objects(said["answers"], ENTRIES_LIMIT):
        row, answered = known.get(str(item.get("id"))), item.get("answer")
        if row and row.epoch == said.get("epoch") and isinstance(answered, str) and _ANSWER.fullmatch(answered):
            row.answer = answered
            await row.save(update_fields=["answer"])
    await (await WaitingPeer.of(host.name)).change(is_new=True)
    return True


async def find(peer: WaitingPeer) -> list[tuple[WaitingEntry, str]]:
    """Which entries of ours mean the same as which of a partner, as ids."""
    us, number = await directories.ours(), blinding.epoch()
    if us is None:
        return []
    ours = {uri_of(us, row.key): row for row in await WaitingEntry.filter(host=peer.host, epoch=number).exclude(answer="")}
    theirs = {row.uri: row.doubled for row in await WaitingThere.filter(host=peer.host, epoch=number, ends_at__gt=clock.now())}
    found = await asyncio.to_thread(blinding.matches, {uri: row.answer for uri, row in ours.items()}, theirs)
    return [(ours[uri], other) for uri, other in found]


def is_of(uri: str, directory: Actor) -> bool:
    """Whether this is the id of an entry of that directory."""
    return same_origin(uri, directory.uri) and uri.startswith(f"{view_of(directory.uri)}/")


def ends_at() -> datetime:
    """Until when an Offer that is made now can be answered."""
    return (clock.now() + LIFETIME).replace(microsecond=0)
