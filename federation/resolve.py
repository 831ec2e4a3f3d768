"""From the name of something elsewhere to a row here: over the network, with budgets, never inside a transaction.

Whatever is stored was read from its own id on its own origin (security.md, rule 2).
"""
from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from federation import actors, authorizations, ended_accounts, handles, new_notes, quotes, webfinger
from federation.addresses import host_of, same_origin
from federation.errors import Gone, Malformed, Refused, Unreachable
from federation.fetches import check_host, signed
from federation.instance import Instance
from federation.wire import ActorDocument, Note
from models import Actor, Post
from models.database import in_transaction
from models.errors import CommunityError, NotHere
from models.turns import second_try

ANCESTORS_LIMIT = 5
GONE_FOR_GOOD = 410  # RFC 9110 §15.5.11


async def actor(instance: Instance, uri: str, *, fresh: bool = False) -> Actor:
    """The actor with this uri: from the database unless it is unknown, old, or `fresh` is asked for.

    Raises Refused, Gone, Unreachable, Malformed. An old copy is better than none when the network fails.
    """
    known = await Actor.get_or_none(uri=uri)
    if known and (known.is_local or known.is_gone or not (fresh or known.is_stale)):
        return known
    await check_host(uri)
    try:
        return await fetch_actor(instance, uri)
    except Gone as error:
        if known and error.http_status == GONE_FOR_GOOD:  # a 404 may be an accident of theirs
            await ended_accounts.empty(known)
            async with in_transaction():
                await ended_accounts.forget(known)
        raise
    except Unreachable:
        if known and not fresh:
            return known
        raise


async def fetch_actor(instance: Instance, uri: str, *, moved: bool = False, key_uri: str = "",
                      speaks_for_host: bool = False) -> Actor:
    """Read an actor's document from its own id, whatever we know of it and of its host.

    A document that names another id than the address it was found at is read once more, at that id. `key_uri` and
    `speaks_for_host`: see `actors.save`.
    """
    url, document = await instance.client.get_document(uri, headers_for=signed(instance, uri))
    _check_there(uri, url, document)
    parsed = ActorDocument.parse(document)
    if not same_origin(parsed.id, uri):
        await check_host(parsed.id)
    if parsed.id not in (uri, url) and not moved:
        return await fetch_actor(instance, parsed.id, moved=True, key_uri=key_uri)
    if parsed.id not in (uri, url) or not same_origin(parsed.id, url):
        raise Malformed("the actor is not where it says it is", host=host_of(uri))
    return await keep_actor(instance, parsed, key_uri, speaks_for_host=speaks_for_host and parsed.id == uri)


async def keep_actor(instance: Instance, document: ActorDocument, key_uri: str = "", *, speaks_for_host: bool = False) -> Actor:
    """Store an actor as it was read at its own id, with the domain of its address. See `actors.save`."""
    domain = await handles.domain_of(instance, document)
    async with in_transaction():
        return await actors.save(document, key_uri, speaks_for_host=speaks_for_host, domain=domain)


async def actor_at(instance: Instance, address: str) -> Actor:
    """The actor with a member address, "@name@host", by WebFinger (RFC 7033). NotHere if nobody has it.

    Raises Refused, Unreachable, Malformed.
    """
    match = webfinger.ADDRESS.fullmatch(address.strip())
    if not match:
        raise NotHere("not a member address")
    name, host = match["name"], host_of(f"https://{match['host']}")
    if host == instance.network.host:
        return await Actor.named(name)
    await check_host(f"https://{host}")
    known = await Actor.filter(Actor.present(), Actor.of_servers(host), name__iexact=name).limit(2)
    if len(known) == 1 and not known[0].is_stale:  # of two with one name, their server says who has it
        return known[0]
    return await actor(instance, await _named(instance, name, host), fresh=True)


async def _named(instance: Instance, name: str, host: str) -> str:
    """The actor uri behind an address. It must be on a host that we exchange with, which `actor` checks."""
    try:
        return webfinger.self_link(await webfinger.account(instance, name, host), host)
    except Gone as error:
        raise NotHere("nobody has this address") from error


async def post(instance: Instance, uri: str, *, ancestors: int = ANCESTORS_LIMIT) -> Post:
    """The post with this uri, read from its origin if it is unknown, and what it answers, up to `ancestors` steps.

    Raises Refused, Gone, Unreachable, Malformed, NotHere.
    """
    if known := await Post.kept(uri):
        return known
    if same_origin(uri, instance.origin):
        raise NotHere("no such post of ours")
    return await keep(instance, await fetch_note(instance, uri), ancestors=ancestors)


async def keep(instance: Instance, note: Note, *, ancestors: int) -> Post:
    """Store a post that was read from its origin, with its author and what it answers, up to `ancestors` steps. Refused if its
    author is suspended, whoever passes it on (CVE-2026-23961).
    """
    author = await actor(instance, note.attributed_to)
    if author.is_gone:
        raise Refused("of somebody who is gone, or suspended", host=author.host)
    if note.in_reply_to and ancestors > 0:
        await parent_of(instance, note, ancestors=ancestors - 1)
    note = await authorizations.checked(instance, await quotes.checked(instance, note))
    return await second_try(lambda: new_notes.save(note, author))  # the inbox may take it in just now


async def fetch_note(instance: Instance, uri: str, reader: Actor | None = None) -> Note:
    """A post as its origin shows it to us, or to this `reader` of ours; its author is on that origin too (FEP-fe34)."""
    return (await read_note(instance, uri, reader))[0]


async def read_note(instance: Instance, uri: str, reader: Actor | None = None) -> tuple[Note, Mapping[str, Any]]:
    """The same, with the document that it was read from."""
    await check_host(uri)
    url, document = await instance.client.get_document(
        uri, headers_for=signed(instance, uri, stays=reader is not None, by=reader), asks=reader.uri if reader else "signed")
    _check_there(uri, url, document)
    note = Note.parse(document)
    if note.id != url and not (note.id == uri and same_origin(uri, url)):
        raise Malformed("the post is not where it says it is", host=host_of(uri))
    if not same_origin(note.id, note.attributed_to):
        raise Malformed("the post and its author live on two servers", host=host_of(uri))
    return note, document


def _check_there(uri: str, url: str, document: Mapping[str, Any]) -> None:
    """Raise Gone for a Tombstone, whatever its status: what was put away for a while is as good as gone here (FEP-4f05)."""
    if document.get("type") == "Tombstone" and document.get("id") == uri and same_origin(uri, url):
        raise Gone("a tombstone", host=host_of(uri), http_status=GONE_FOR_GOOD)


async def parent_of(instance: Instance, note: Note, *, ancestors: int = ANCESTORS_LIMIT) -> None:
    """Bring in what a post answers, as far as it can be had: a hole in a conversation is no error."""
    if not note.in_reply_to or same_origin(note.in_reply_to, instance.origin):
        return
    try:
        await post(instance, note.in_reply_to, ancestors=ancestors)
    except CommunityError:
        return


async def quoted_by(instance: Instance, note: Note) -> Note:
    """Bring in what a post quotes, and find out whether it may be shown, and may stand below what it answers; the note that
    knows it.
    """
    if note.quote and not same_origin(note.quote.uri, instance.origin):
        with suppress(CommunityError):
            await post(instance, note.quote.uri, ancestors=0)
    return await authorizations.checked(instance, await quotes.checked(instance, note))
