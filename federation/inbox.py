"""The front door for activities, and their way from the queue to their handler.

At the door: cheap checks, proof of who sent it, one row, and only then 202. Later: what is missing is fetched, then one
transaction carries the activity out. A crash in between loses nothing, a repeat changes nothing.
"""
from __future__ import annotations

import json
import logging
from datetime import datetime, timedelta

import structlog

from federation import continuity, forwarding, json_gate, keyring, signatures, synchronisation
from federation.addresses import host_of, same_origin
from federation.arrivals import Arrival
from federation.errors import Gone, Refused, Unproven
from federation.handlers import HANDLERS, Incoming
from federation.instance import Instance
from federation.keys import load_public
from federation.signatures import Claim, Request
from federation.wire import Activity
from models import Actor, ActorKey, Host, InboxItem, Knock, Q, clock
from models.availability import is_unavailable
from models.database import in_transaction
from models.delivery import ItemState
from models.errors import CommunityError
from models.host import Standing
from moderation import hosts
from moderation.domain_names import registrable

#: What may follow on an Offer to become partners, the one thing that a server we do not exchange with may say unasked.
ABOUT_AN_OFFER = frozenset({"Accept", "Reject", "Undo"})
#: What is taken back, and that it is erased: heard from every server that we ever exchanged with, also when we do no longer.
ABOUT_COPIES = frozenset({"Withdraw", "Acknowledge"})
#: A partner that waits for our host: what it changes, takes back or says of its charter. Nothing new.
OF_THE_PAUSED = frozenset({"Accept", "Delete", "Offer", "Reject", "Undo", "Update"})
ATTEMPTS_LIMIT = 8
OUTCOME_LIMIT = 100
log = structlog.get_logger()


async def accept(instance: Instance, request: Request, received_at: datetime) -> None:
    """Take one activity in: after this it is stored and its sender proven, or an error says why not.

    Raises Malformed, Unproven, Refused, Unreachable.
    """
    document = json_gate.loads(request.body, max_bytes=instance.network.inbox_limit_bytes)
    activity, claim = Activity.parse(document), signatures.parse(request)
    may_be_forwarded = forwarding.is_forwarded(document, activity)
    try:
        await _admit(claim, activity, may_be_forwarded)
    except Refused as error:
        await _note_stranger(error.host, activity, request)
        raise
    if activity.type == "Delete" and activity.object_id == activity.actor and not await Actor.exists(uri=activity.actor):
        return  # somebody we never knew is gone; their key can no longer be had (fediverse.md §1.3)
    sender = signer = await prove(instance, request, claim, received_at)
    await continuity.check(instance, claim.key_id, signer)
    if sender.uri != activity.actor and may_be_forwarded:
        sender = await forwarding.author(instance, document, activity, received_at)
    if sender.uri != activity.actor or not same_origin(activity.id, activity.actor):
        raise Unproven("signed by somebody else than the actor", host=sender.host)
    await instance.arrivals.store(Arrival(activity.id, activity.type, activity.actor, sender.host, request.body.decode(),
                                          received_at, sender, document))
    await synchronisation.compare(instance, signer, request)


async def prove(instance: Instance, request: Request, claim: Claim, received_at: datetime) -> Actor:
    """The actor whose key signed this request. A key that does not fit is read once more, as keys change.

    Raises Unproven, Unreachable.
    """
    key = await keyring.find(claim.key_id)
    try:
        if key is None:
            key = await keyring.fetch(instance, claim.key_id)
            return _verified(instance, request, claim, key, received_at)
        try:
            return _verified(instance, request, claim, key, received_at)
        except Unproven:
            newer = await keyring.fetch_again(instance, key)
            if newer is None or newer.public_pem == key.public_pem:
                raise
            return _verified(instance, request, claim, newer, received_at)
    except (Gone, Refused) as error:
        raise Unproven("the key cannot be read", host=error.host) from error


def _verified(instance: Instance, request: Request, claim: Claim, key: ActorKey, received_at: datetime) -> Actor:
    # inline and not in a thread: verifying takes 20 µs, the hop to a thread 50 (performance.md, Limits)
    signatures.verify(request, claim, load_public(key.public_pem), received_at, instance.network.clock_skew_seconds)
    return key.actor


async def _admit(claim: Claim, activity: Activity, may_be_forwarded: bool) -> None:
    """Before any fetch: is this a host that we listen to, and is what it says about its own, or passed on with a proof?"""
    host = host_of(claim.key_id)
    standing = await hosts.standing(host)
    if not hosts.is_heard(standing) and not await _may_say_all_the_same(standing, host, activity.type):
        raise Refused("host", host=host)
    if host_of(activity.actor) != host:
        if not may_be_forwarded:
            raise Unproven("key and actor live on two servers", host=host)
        await forwarding.check_host(activity)


async def _note_stranger(host: str, activity: Activity, request: Request) -> None:
    """An unknown server knocked: its name waits for our hosts. It is not proven, as nothing of a stranger is fetched."""
    if await hosts.standing(host) is Standing.UNKNOWN:
        software = request.headers.get("User-Agent", "").partition(" ")[0]
        await Knock.heard(host, registrable(host), activity.type[:20], "".join(filter(str.isprintable, software))[:100])


async def _may_say_all_the_same(standing: Standing, host: str, kind: str) -> bool:
    """Whether a server that we do not exchange with may say this: what concerns copies from the time when we did; a stranger
    may ask to become partners, or answer where we have asked.
    """
    if kind in ABOUT_COPIES:
        return await Host.exists(name=host, takes_withdrawals=True)
    if standing is Standing.PAUSED:
        return kind in OF_THE_PAUSED
    if standing is not Standing.UNKNOWN:
        return False
    return kind == "Offer" or kind in ABOUT_AN_OFFER and await Host.exists(
        Q(asked_them_at__isnull=False) | ~Q(offer_uri=""), name=host)


async def process(instance: Instance, item: InboxItem) -> None:
    """Carry one stored activity out. What went wrong is written on the item; only a database that cannot be used is raised."""
    is_last = item.attempts + 1 >= ATTEMPTS_LIMIT
    try:
        await _carry_out(instance, item)
    except CommunityError as error:
        if getattr(error, "retry", False) and not is_last:
            await _postpone(item)
        else:
            await _finish(item, ItemState.REFUSED, str(error))
    except Exception as error:  # one poison item must not stop the queue
        if is_unavailable(error):
            raise  # it says nothing about the item: that waits as it was
        log.log(logging.ERROR if is_last else logging.WARNING, "inbox item failed", item=item.id, exc_info=error)
        await (_finish(item, ItemState.BROKEN, type(error).__name__, keep=True) if is_last else _postpone(item))


async def _carry_out(instance: Instance, item: InboxItem) -> None:
    """What the activity says, and that it is done, in one transaction: a crash leaves both or neither, and of two
    processes that took the same item the second finds it done.
    """
    activity = Activity.parse(json.loads(item.body))
    handler, sender = HANDLERS.get(activity.type), await Actor.get_or_none(uri=item.sender_uri)
    if handler is None or sender is None or not _is_heard(activity, sender) or await _is_shut(sender.host, activity.type):
        await _finish(item, ItemState.DONE, "unknown type" if handler is None else "unknown sender")
        return
    incoming = Incoming(activity=activity, sender=sender, us=instance.actor, body=item.body,
                        is_alone=True, is_repeat=bool(item.outcome))
    if handler.prepare:
        incoming = await handler.prepare(instance, incoming)
    async with in_transaction():
        if await InboxItem.filter(id=item.id, state=ItemState.NEW).select_for_update():
            await handler.carry_out(incoming)
            await _finish(item, ItemState.DONE, "done")


def _is_heard(activity: Activity, sender: Actor) -> bool:
    """Whether the sender is there. Who is suspended may still take back what is theirs, and leave: the end of a suspension shows
    what is left. Of whom their own server had suspended, it may say what the profile is now.
    """
    if not sender.is_gone or activity.type == "Delete":
        return True
    return sender.is_suspended_there and activity.type == "Update" and activity.object_id == sender.uri


async def _is_shut(host: str, kind: str) -> bool:
    """Suspended since the activity was taken in."""
    return kind not in ABOUT_COPIES and await hosts.standing(host) is Standing.SUSPENDED


async def _finish(item: InboxItem, state: ItemState, outcome: str, *, keep: bool = False) -> None:
    """The text goes, the id stays to end duplicates. `keep` leaves the text for the person who looks into it."""
    item.state, item.outcome = state, outcome[:OUTCOME_LIMIT]
    if not keep:
        item.body = ""
    await item.save(update_fields=["state", "outcome", *([] if keep else ["body"])])


async def _postpone(item: InboxItem) -> None:
    item.attempts += 1
    item.due_at = clock.now() + timedelta(seconds=2 ** item.attempts)
    await item.save(update_fields=["attempts", "due_at"])
