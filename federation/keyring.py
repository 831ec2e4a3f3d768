"""Whose key signed: from a key id to the actor who owns it. The one place that decides who sent something.

The key's id need not be the actor's address with a fragment (fediverse.md §8.4): the id is read, its owner is read,
and the owner's own document must name the key.
"""
from __future__ import annotations

from datetime import timedelta

from federation import resolve
from federation.addresses import same_origin
from federation.errors import FederationError, Gone, Malformed, Unproven, Unreachable
from federation.fetches import signed
from federation.instance import Instance
from federation.wire import ActorDocument, key_entries
from models import ActorKey, clock


async def find(key_id: str) -> ActorKey | None:
    """A key that we know already, with its actor."""
    return await ActorKey.known(key_id)


async def fetch(instance: Instance, key_id: str) -> ActorKey:
    """Read a key and its owner from their server. Raises Unproven if they do not name each other; Gone, Unreachable.

    What led to no key is not read again at once (CVE-2026-34148): made-up key ids cost their server and us one request each.
    """
    instance.unreadable_keys.check(key_id)
    try:
        return await _fetch(instance, key_id)
    except FederationError as error:
        is_forbidden = error.http_status is not None and not isinstance(error, Gone | Unreachable)  # a second try is no better
        instance.unreadable_keys.remember(key_id, Unproven(error.detail, host=error.host) if is_forbidden else error)
        raise


async def _fetch(instance: Instance, key_id: str) -> ActorKey:
    headers_for = signed(instance, key_id, stays=True)
    url, document = await instance.client.get_document(key_id.partition("#")[0], headers_for=headers_for, fresh=True)
    if not same_origin(url, key_id):
        raise Unproven("the key is kept on another server")
    if "inbox" in document and document.get("id") == url:
        await resolve.keep_actor(instance, ActorDocument.parse(document))
        return await _known(key_id)
    owner = next((entry.owner for entry in key_entries(document) if entry.id == key_id), None)
    if owner is None or not same_origin(owner, key_id):
        raise Unproven("no owner of this key on its own server")
    await resolve.fetch_actor(instance, owner, key_uri=key_id)
    return await _known(key_id)


async def fetch_again(instance: Instance, key: ActorKey) -> ActorKey | None:
    """The key once more after it did not fit, because keys change; None if it was read a moment ago (§8.8)."""
    wait = timedelta(seconds=instance.network.key_refetch_seconds)
    if abs(clock.now() - key.fetched_at) < wait:  # one that is later than now was stamped by a clock that was ahead
        return None
    key.fetched_at = clock.now()  # here too: the row is remembered
    await ActorKey.filter(id=key.id).update(fetched_at=key.fetched_at)  # also when the fetch fails: one try in that time
    try:
        return await fetch(instance, key.uri)
    except Malformed:
        return None


async def _known(key_id: str) -> ActorKey:
    if key := await ActorKey.known(key_id, fresh=True):
        return key
    raise Unproven("the owner does not name this key")
