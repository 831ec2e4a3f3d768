"""Actor documents to rows: people and communities of other servers, and their keys."""
from __future__ import annotations

from federation.addresses import host_of
from federation.keys import load_multikey, load_public, public_pem
from federation.wire import ActorDocument, PublicKeyEntry
from federation.errors import Malformed
from models import Actor, ActorKey, Host, clock
from models.actor import ActorKind, KeyKind
from moderation import markup

NAME_LIMIT = 100
TITLE_LIMIT = 200


async def save(document: ActorDocument) -> Actor:
    """The row of someone elsewhere, made or brought up to date, with the keys it shows now. Inside a transaction.

    The document has been read from its own id, or sent by its own server: its origin has spoken.
    """
    now, host = clock.now(), host_of(document.id)
    columns = {
        "name": document.preferred_username[:NAME_LIMIT], "host": host, "kind": ActorKind(document.type),
        "display_name": document.name[:TITLE_LIMIT], "summary": markup.clean(document.summary), "url": document.url or "",
        "icon_uri": document.icon or "", "inbox_uri": document.inbox, "shared_inbox_uri": document.shared_inbox or "",
        "outbox_uri": document.outbox or "", "followers_uri": document.followers or "", "following_uri": document.following or "",
        "featured_uri": document.featured or "", "approves_followers": document.manually_approves_followers,
        "discoverable": document.discoverable, "indexable": document.indexable, "moved_to_uri": document.moved_to or "",
        "aliases": list(document.also_known_as), "published_at": document.published, "fetched_at": now,
        "details": [{"name": field.name, "value": markup.clean(field.value)} for field in document.fields],
    }
    actor, is_new = await Actor.get_or_create(columns, uri=document.id)
    if not is_new:
        await actor.change(**columns)
    for entry in (*document.public_keys, *document.assertion_methods):
        await _save_key(actor, entry)
    await _save_host(actor, document)
    return actor


async def _save_key(actor: Actor, entry: PublicKeyEntry) -> None:
    """One key under its own id. An id that belongs to another actor stays with it: the first owner was proven too."""
    try:
        pem = public_pem(load_public(entry.pem) if entry.pem else load_multikey(entry.multibase or ""))
    except Malformed:
        return  # a kind that we cannot verify
    kind = KeyKind.RSA if entry.pem else KeyKind.ED25519
    key, is_new = await ActorKey.get_or_create({"actor": actor, "kind": kind, "public_pem": pem}, uri=entry.id)
    if not is_new and key.actor_id == actor.id:
        key.public_pem, key.kind, key.fetched_at = pem, kind, clock.now()
        await key.save(update_fields=["public_pem", "kind", "fetched_at"])


async def _save_host(actor: Actor, document: ActorDocument) -> None:
    """What an instance actor says about its server: the name that people read, and the audience of its partner messages."""
    host = await Host.called(actor.host)
    if actor.kind is ActorKind.APPLICATION and host.instance_uri in ("", actor.uri):
        await host.change(title=actor.shown_name[:TITLE_LIMIT], instance_uri=actor.uri, partners_uri=document.partners or "")


async def forget(actor: Actor) -> None:
    """Their account is gone: their messages, follows and what they caused go with it; the row stays, so that nobody
    can come back under its id. Inside a transaction.
    """
    await actor.posts.all().delete()  # type: ignore[attr-defined]
    for relation in ("followings", "followers", "likes", "announces", "caused", "keys", "addressed"):
        await getattr(actor, relation).all().delete()
    await actor.change(deleted_at=clock.now(), display_name="", summary="", details=[], icon_uri="")
