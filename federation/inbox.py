"""The front door for activities, and their way from the queue to their handler.

At the door: cheap checks, proof of who sent it, one row, and only then 202. Later: what is missing is fetched, then one
transaction carries the activity out. A crash in between loses nothing, a repeat changes nothing.
"""
from __future__ import annotations

import json
from datetime import datetime, timedelta

import structlog

from federation import json_gate, keyring, signatures
from federation.addresses import host_of, same_origin
from federation.errors import FederationError, Gone, Refused, Unproven
from federation.handlers import HANDLERS, Incoming
from federation.instance import Instance
from federation.keys import load_public
from federation.signatures import Claim, Request
from federation.wire import Activity
from models import Actor, ActorKey, Host, InboxItem, clock
from models.database import in_transaction
from models.delivery import ItemState
from models.errors import CommunityError
from models.host import Standing
from moderation import hosts

#: What a server that we do not exchange with may say: all of it is about becoming partners.
FROM_STRANGERS = frozenset({"Offer", "Accept", "Reject", "Undo"})
#: Repeated under the same id when an answer got lost, and then carried out again (fediverse.md §8.7).
REPEATABLE = frozenset({"Follow", "Undo", "Offer"})
ATTEMPTS_LIMIT = 8
OUTCOME_LIMIT = 100
log = structlog.get_logger()


async def accept(instance: Instance, request: Request, received_at: datetime) -> None:
    """Take one activity in: after this it is stored and its sender proven, or an error says why not.

    Raises Malformed, Unproven, Refused, Unreachable.
    """
    activity = Activity.parse(json_gate.loads(request.body, max_bytes=instance.network.inbox_limit_bytes))
    claim = signatures.parse(request)
    await _admit(claim, activity)
    if activity.type == "Delete" and activity.object_id == activity.actor and not await Actor.exists(uri=activity.actor):
        return  # somebody we never knew is gone; their key can no longer be had (fediverse.md §1.3)
    sender = await prove(instance, request, claim, received_at)
    if sender.uri != activity.actor or not same_origin(activity.id, activity.actor):
        raise Unproven("signed by somebody else than the actor", host=sender.host)
    await Host.filter(name=sender.host).update(heard_at=received_at)
    await _store(activity, request.body)


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


async def _admit(claim: Claim, activity: Activity) -> None:
    """Before any fetch: is this a host that we listen to, and is what it says about its own?"""
    host = host_of(claim.key_id)
    standing = await hosts.standing(host)
    stranger_may = standing is Standing.UNKNOWN and activity.type in FROM_STRANGERS
    if not (hosts.is_heard(standing) or stranger_may):
        raise Refused("host", host=host)
    if host_of(activity.actor) != host:
        raise Unproven("key and actor live on two servers", host=host)


async def _store(activity: Activity, body: bytes) -> None:
    """Write the activity down once; a repeat ends here, or is carried out anew where that is what it asks for."""
    item, is_new = await InboxItem.get_or_create({"body": body.decode()}, activity_uri=activity.id, sender_uri=activity.actor)
    if not is_new and activity.type in REPEATABLE and item.state is not ItemState.NEW:
        await InboxItem.filter(id=item.id).update(state=ItemState.NEW, body=body.decode(), attempts=0, due_at=clock.now())


async def process(instance: Instance, item: InboxItem) -> None:
    """Carry one stored activity out. Never raises: what went wrong is written on the item."""
    try:
        outcome = await _carry_out(instance, item)
        await _finish(item, ItemState.DONE, outcome)
    except FederationError as error:
        if error.retry and item.attempts + 1 < ATTEMPTS_LIMIT:
            await _postpone(item)
        else:
            await _finish(item, ItemState.REFUSED, error.detail)
    except CommunityError as error:
        await _finish(item, ItemState.REFUSED, str(error))
    except Exception as error:  # one poison item must not stop the queue
        log.error("inbox item failed", item=item.id, exc_info=error)
        await (_postpone(item) if item.attempts + 1 < ATTEMPTS_LIMIT else _finish(item, ItemState.BROKEN, type(error).__name__, keep=True))


async def _carry_out(instance: Instance, item: InboxItem) -> str:
    activity = Activity.parse(json.loads(item.body))
    handler = HANDLERS.get(activity.type)
    if handler is None:
        return "unknown type"
    sender = await Actor.get_or_none(uri=item.sender_uri)
    if sender is None or sender.is_gone:
        return "unknown sender"
    incoming = Incoming(activity=activity, sender=sender, us=instance.actor)
    if handler.prepare:
        incoming = await handler.prepare(instance, incoming)
    async with in_transaction():
        await handler.receive(incoming)
    return "done"


async def _finish(item: InboxItem, state: ItemState, outcome: str, *, keep: bool = False) -> None:
    """The text goes, the id stays to end duplicates. `keep` leaves the text for the person who looks into it."""
    item.state, item.outcome = state, outcome[:OUTCOME_LIMIT]
    item.body = item.body if keep else ""
    await item.save(update_fields=["state", "outcome", "body"])


async def _postpone(item: InboxItem) -> None:
    item.attempts += 1
    item.due_at = clock.now() + timedelta(seconds=2 ** item.attempts)
    await item.save(update_fields=["attempts", "due_at"])
