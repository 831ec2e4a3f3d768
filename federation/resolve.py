"""From the name of something elsewhere to a row here: over the network, with budgets, never inside a transaction.

Whatever is stored was read from its own id on its own origin (security.md, rule 2).
"""
from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from contextlib import suppress
from typing import Any
from urllib.parse import quote

from federation import actors, authorizations, new_notes, quotes
from federation.addresses import host_of, same_origin
from federation.answers import JRD
from federation.client import HeadersFor
from federation.errors import Gone, Malformed, Refused, Unreachable
from federation.instance import Instance
from federation.negotiation import Wish
from federation.wire import ActorDocument, Note
from models import Actor, Post
from models.database import in_transaction
from models.errors import CommunityError, NotHere
from moderation import hosts

ADDRESS = re.compile(r"@?(?P<name>[^@\s/]{1,100})@(?P<host>[^@\s/]{1,255})")
ANCESTORS_LIMIT = 5
GONE_FOR_GOOD = 410  # RFC 9110 §15.5.11
REL_SELF = "self"
AS_TYPES = ("application/activity+json", 'application/ld+json; profile="https://www.w3.org/ns/activitystreams"')


async def check_host(uri: str) -> str:
    """The canonical host of a uri; Refused unless it is one that we exchange with. No request goes to a stranger."""
    host = host_of(uri)
    if not hosts.is_heard(await hosts.standing(host)):
        raise Refused("host", host=host)
    return host


def signed(instance: Instance, uri: str, *, stays: bool = False) -> HeadersFor:
    """What signs a fetch and what it is redirected to: an address on the origin of `uri`, or, unless it `stays` there, of a host
    that we exchange with. It raises Refused before any other is asked: a request says who we are.
    """
    async def headers(method: str, url: str, wish: Wish | None) -> dict[str, str]:
        if not same_origin(url, uri):
            host = await check_host(url)
            if stays:
                raise Refused("leads to another server", host=host)
        return await instance.sign_get(method, url, wish)
    return headers


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
            async with in_transaction():
                await actors.forget(known)
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
    async with in_transaction():
        return await actors.save(parsed, key_uri, speaks_for_host=speaks_for_host and parsed.id == uri)


async def actor_at(instance: Instance, address: str) -> Actor:
    """The actor with a member address, "@name@host", by WebFinger (RFC 7033). NotHere if nobody has it.

    Raises Refused, Unreachable, Malformed.
    """
    match = ADDRESS.fullmatch(address.strip())
    if not match:
        raise NotHere("not a member address")
    name, host = match["name"], host_of(f"https://{match['host']}")
    if host == instance.network.host:
        return await Actor.named(name)
    await check_host(f"https://{host}")
    known = await Actor.filter(Actor.present(), name__iexact=name, host=host).limit(2)
    if len(known) == 1 and not known[0].is_stale:  # of two with one name, their server says who has it
        return known[0]
    return await actor(instance, await _webfinger(instance, name, host), fresh=True)


async def _webfinger(instance: Instance, name: str, host: str) -> str:
    """The actor uri behind an address. It must be on a host that we exchange with, which `actor` checks."""
    origin = f"{scheme_for(instance, host)}://{host}"
    url = f"{origin}/.well-known/webfinger?resource={quote(f'acct:{name}@{host}')}"
    try:
        _, document = await instance.client.get_document(url, kind=JRD, headers_for=signed(instance, origin))
    except Gone as error:
        raise NotHere("nobody has this address") from error
    return self_link(document, host)


def self_link(document: Mapping[str, Any], host: str) -> str:
    """The actor's uri in a WebFinger answer; Malformed if there is none."""
    if found := links(document, REL_SELF, AS_TYPES):
        return str(found[0]["href"])
    raise Malformed("no actor in the answer", host=host)


def links(document: Mapping[str, Any], rel: str, types: Collection[str] = ()) -> list[dict[str, Any]]:
    """The links of a JRD (RFC 7033 §4.4.4) with this relation that lead somewhere, to one of these types if any are named."""
    given = document.get("links")
    return [link for link in (given if isinstance(given, list) else [])
            if isinstance(link, dict) and link.get("rel") == rel and isinstance(link.get("href"), str)
            and (not types or link.get("type") in types)]


def scheme_for(instance: Instance, host: str) -> str:
    """HTTPS, but for the development peers of product.md."""
    name, _, port = host.rpartition(":")
    is_dev = bool(name) and port.isdigit() and instance.network.dev_peers.allows(name.strip("[]"), int(port))
    return "http" if is_dev and not instance.network.ca_file else "https"


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
    async with in_transaction():
        return await new_notes.save(note, author)


async def fetch_note(instance: Instance, uri: str) -> Note:
    """A post as its origin shows it to us; its author is on that origin too (FEP-fe34)."""
    return (await read_note(instance, uri))[0]


async def read_note(instance: Instance, uri: str) -> tuple[Note, Mapping[str, Any]]:
    """The same, with the document that it was read from."""
    await check_host(uri)
    url, document = await instance.client.get_document(uri, headers_for=signed(instance, uri))
    if not same_origin(uri, url):
        await check_host(url)
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
