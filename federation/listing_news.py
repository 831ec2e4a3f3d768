"""What directories tell each other, and what follows from it.

    Add, Update   these listings are new or changed: they are read at their own ids, nothing private stands in the activity
    Remove        they are gone; answered by a signed Accept of it, which the member is shown
    Accept        of a Remove of ours; of an Offer (`federation.introductions`)

Each activity names listings under the names of one partner, goes to that one alone, and holds a proof (FEP-8b32).
"""
from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from federation import audience, directories, listing_documents, outbox, proofs
from federation.addresses import origin_of, same_origin
from federation.directories import view_of
from federation.errors import FederationError, Malformed, Refused, Unproven
from federation.incoming import Incoming
from federation.instance import Instance
from federation.keys import load_public
from federation.render import instant
from federation.withdrawal_notices import digest_of, key_in, uri_of
from models import (
    Actor,
    ActorKey,
    ConsentRecord,
    DirectoryPeer,
    Disclosure,
    Host,
    Listing,
    OfferedListing,
    Tombstone,
    Withdrawal,
    clock,
    listings,
)
from models.actor import ActorKind
from models.consent import Purpose
from models.ids import new_key
from models.listings import Told
from models.withdrawal import WithdrawalState
from moderation import counts

NAMES_LIMIT = 50  # of one activity
ONE_BY_ONE = 5  # listings of one activity that are read at their own ids
LISTINGS_LIMIT = 12_000  # of one partner
UNKNOWN_A_DAY = 1_000  # names of one partner that we never knew, and that are kept as gone


def is_between(incoming: Incoming) -> bool:
    """Whether this says something about the sender's own list of people."""
    sender, activity = incoming.sender, incoming.activity
    return sender.kind is ActorKind.SERVICE and not sender.is_local and activity.target == view_of(sender.uri)


async def announce(us: Actor, them: Actor, kind: str, rows: Sequence[OfferedListing]) -> None:
    """Add or Update: tell a partner which listings are new or changed. Inside the act's transaction."""
    for at in range(0, len(rows), NAMES_LIMIT):
        names = [listing_documents.uri_of(us, row.key) for row in rows[at:at + NAMES_LIMIT]]
        await say(kind, us, them, names, about=names[0], extra={"target": view_of(us.uri)})


async def retract(us: Actor, them: Actor, row: OfferedListing, record: ConsentRecord | None = None) -> None:
    """Remove one listing where it was told, and keep that it was asked. Inside the act's transaction."""
    uri, key = listing_documents.uri_of(us, row.key), new_key()
    if not await OfferedListing.filter(id=row.id).delete():
        return  # taken back meanwhile
    if row.actor_id:
        await Withdrawal.create(key=key, actor_id=row.actor_id, host=row.host, object_uris=[uri],
                                purpose=Purpose.FOUND_BY_PARTNERS, consent_id=record.id if record else None)
    await say("Remove", us, them, [uri], about=uri, uri=uri_of(key, us),
              extra={"target": view_of(us.uri), "published": instant(clock.now())})


async def say(kind: str, us: Actor, them: Actor, thing: object, *, about: str, uri: str = "",
              extra: dict[str, Any] | None = None) -> None:
    """One activity of our directory to another, with a proof. Inside a transaction."""
    context = {"@context": listing_documents.context(origin_of(us.uri))}
    await outbox.send(kind, us, thing, about=about, uri=uri, goes_to=audience.people(them), to=[them.uri],
                      extra=context | (extra or {}), is_proven=True)


async def check(incoming: Incoming) -> Host:
    """The partner whose directory speaks, if it also proves it. Raises Refused, Unproven."""
    sender, document = incoming.sender, json.loads(incoming.body)
    if (host := await directories.host_of_directory(sender)) is None:
        raise Refused("not the directory of a partner", host=sender.host)
    key = await ActorKey.known(proofs.key_id(document) or "")
    if key is None or key.actor.id != sender.id:
        raise Unproven("without a proof by the directory", host=sender.host)
    proofs.verify(document, load_public(key.public_pem))
    return host


async def prepare(instance: Instance, incoming: Incoming) -> Incoming:
    """Read the listings that are said to be new or changed, if we are subscribed. Network."""
    await check(incoming)
    us = await directories.ours()
    if us is None or await directories.subscription(us, incoming.sender) is None:
        return incoming
    if len(names(incoming)) > ONE_BY_ONE:
        return incoming
    read = [told for uri in names(incoming) if (told := await _read(instance, uri, incoming.sender))]
    return replace(incoming, listings=tuple(read))


def names(incoming: Incoming) -> list[str]:
    """The ids in an activity. Malformed unless all are the sender's own, and no more than one may name."""
    thing = incoming.activity.object
    things = thing if isinstance(thing, list) else [thing]
    uris = [uri for uri in things if isinstance(uri, str) and same_origin(uri, incoming.sender.uri)]
    if not 0 < len(uris) <= NAMES_LIMIT or len(uris) < len(things):
        raise Malformed("names what is no listing of its own", host=incoming.sender.host)
    return uris


async def _read(instance: Instance, uri: str, directory: Actor) -> Told | None:
    """One listing at its own id; None if it is gone or makes no sense."""
    try:
        _, document = await instance.client.get_document(uri, headers_for=instance.sign_there(uri), fresh=True)
        told = listing_documents.parse(document, directory)
    except FederationError as error:
        if error.retry:
            raise
        return None
    return told if told.uri == uri else None


async def take(incoming: Incoming) -> None:
    """Add or Update: keep what was read; of many at once the whole list is read soon."""
    await keep(incoming.listings, incoming.sender)
    if len(names(incoming)) > ONE_BY_ONE:
        await look_again(incoming.sender.host)


async def keep(told: Sequence[Told], directory: Actor) -> None:
    """Store listings of a partner, but none that it removed once, and no more than anybody has. Inside a transaction."""
    uris = [one.uri for one in told]
    dead = {str(uri) for uri in await Tombstone.filter(uri__in=uris or [""]).values_list("uri", flat=True)}
    room = LISTINGS_LIMIT - await Listing.filter(host=directory.host).exclude(uri__in=uris or [""]).count()
    least = (await counts.thresholds()).outside
    await listings.put([one for one in told if one.uri not in dead][:max(room, 0)], least)


async def remove(incoming: Incoming) -> None:
    """Remove: they go for good, and the directory is told so. A repeat is answered again: the first answer may be lost."""
    host, us = await check(incoming), await directories.ours()
    uris = names(incoming)
    known = {str(uri) for uri in await Listing.filter(uri__in=uris, host=host.name).values_list("uri", flat=True)}
    await listings.take_away(uris, host.name, (await counts.thresholds()).outside)
    buried = [uri for uri in uris if uri in known] + await _first_heard_of(host.name, [uri for uri in uris if uri not in known])
    for uri in buried:
        await Tombstone.bury(uri, incoming.sender.uri)
    if us is not None:
        removal = {"id": incoming.activity.id, "type": "Remove", "actor": incoming.sender.uri}
        await say("Accept", us, incoming.sender, removal, about=incoming.activity.id,
                  extra={"digest": digest_of(uris), "published": instant(clock.now())})


async def _first_heard_of(host: str, uris: Sequence[str]) -> list[str]:
    """Of names that we never knew, as many as may be remembered today: a removal may come before its listing, and what never was
    does not fill our disk.
    """
    peer, today = await DirectoryPeer.of(host), clock.now().date()
    said = peer.buried if peer.buried_on == today else 0
    taken = list(uris[:max(UNKNOWN_A_DAY - said, 0)])
    if taken:
        await peer.change(buried=said + len(taken), buried_on=today)
    return taken


async def is_receipt(incoming: Incoming) -> bool:
    """Accept: a partner has removed what we asked it to. False if this is about something else."""
    if incoming.activity.object_type != "Remove" or incoming.sender.kind is not ActorKind.SERVICE:
        return False
    host, said = await check(incoming), json.loads(incoming.body)
    key = key_in(incoming.activity.object_id, incoming.us)
    asked = await Withdrawal.get_or_none(key=key, host=host.name) if key else None
    if asked is None or said.get("digest") != digest_of(asked.object_uris):
        return True  # of a canary, or of what we do not know
    if asked.state is not WithdrawalState.CONFIRMED:
        now = clock.now()
        await Withdrawal.filter(id=asked.id).update(state=WithdrawalState.CONFIRMED, answered_at=now, answer=incoming.body,
                                                    delivered_at=asked.delivered_at or now)
        await Disclosure.filter(object_uri__in=asked.object_uris, host=host.name, ended_at__isnull=True).update(ended_at=now)
        if host.silent_at and not await Withdrawal.exists(host=host.name, state=WithdrawalState.FAILED):
            await host.change(silent_at=None)
    return True


async def look_again(host: str) -> None:
    """Have the whole list of a partner compared soon."""
    await (await DirectoryPeer.of(host)).change(wanted_at=clock.now())
