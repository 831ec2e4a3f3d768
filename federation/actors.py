"""Actor documents to rows: people and communities of other servers, and their keys."""
from __future__ import annotations

from datetime import timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from federation import post_parts, values
from federation.addresses import host_of
from federation.errors import Busy, Malformed, Refused
from federation.keys import load_multikey, load_public, public_pem
from federation.requests import Manner
from federation.wire import ActorDocument, PublicKeyEntry
from models import Actor, ActorKey, Host, Q, clock
from models.actor import ActorKind, KeyKind, Organisation
from models.host import PARTNERS, Standing
from moderation import hosts, markup
from moderation.domain_names import registrable

NAME_LIMIT = 100
TITLE_LIMIT = 200
EMOJI_LIMIT = 10  # of one profile
NEW_ACTORS_PER_HOUR = 1000  # of one registrable domain
NEW_STRANGERS_PER_HOUR = 3  # of one that we do not exchange with
UNTRIED = ("", Manner.CAVAGE)  # hosts that were not asked yet to take anything better


class NoApplication(Malformed):
    """A server names as its instance actor who is no program: that one speaks for nobody else."""


async def save(document: ActorDocument, key_uri: str = "", *, speaks_for_host: bool = False, domain: str | None = None) -> Actor:
    """The row of someone elsewhere, made or brought up to date, with the keys it shows now. Inside a transaction.

    The document has been read from its own id, or sent by its own server: its origin has spoken. Who was deleted stays so.
    `key_uri`: a key that was read at its own id and names this actor as its owner. `speaks_for_host`: its server names it as its
    instance actor (`federation.instances`). `domain`: of its address, as `handles.domain_of` says; None: nobody was asked.

    Raises Refused, also for somebody of ours: whatever shows their document, it is no word from elsewhere. Raises Busy,
    NoApplication.
    """
    actor = await Actor.get_or_none(uri=document.id)
    columns = _columns(document)
    if actor is not None and actor.is_local:
        raise Refused("one of ours", host=columns["host"])
    if speaks_for_host and columns["kind"] is not ActorKind.APPLICATION:
        raise NoApplication("not an instance actor", host=columns["host"])
    columns |= await _said_by_partners(document, columns["host"])
    columns |= _suspended(document, actor)
    columns |= await _address(columns, actor, domain)
    if actor is None:
        if not speaks_for_host:  # which no crowd of programs there can shut out
            await _check_welcome(columns["host"], document)
        actor, _ = await Actor.get_or_create(columns, uri=document.id)
    elif actor.deleted_at is None:
        await actor.change(**columns)
    if actor.domain:  # there it has one owner, whom the domain has just named
        await Host.called(actor.domain)  # what is decided above it holds there
        await Actor.filter(domain=actor.domain, name=actor.name).exclude(id=actor.id).update(domain="")
    await _save_keys(actor, document, key_uri)
    await _save_host(actor, document, speaks_for_host)
    await post_parts.save_emojis(document.emojis[:EMOJI_LIMIT], actor.host)
    return actor


def _columns(document: ActorDocument) -> dict[str, Any]:
    links = {f"{name}_uri": getattr(document, name) or ""
             for name in ("icon", "inbox", "shared_inbox", "outbox", "followers", "following", "featured", "moved_to")}
    return links | {
        "name": values.line(document.preferred_username)[:NAME_LIMIT] or "?", "host": host_of(document.id),
        "kind": ActorKind(document.type),
        "display_name": values.line(document.name)[:TITLE_LIMIT], "summary": markup.clean(document.summary),
        "url": values.on_host_of(document.url, document.id),
        "approves_followers": document.manually_approves_followers, "discoverable": document.discoverable,
        "indexable": document.indexable, "aliases": list(document.also_known_as), "published_at": document.published,
        "fetched_at": clock.now(),
        "details": [{"name": values.line(field.name), "value": markup.clean(field.value)} for field in document.fields],
    }


def _suspended(document: ActorDocument, known: Actor | None) -> dict[str, Any]:
    """Whoever their own server has suspended is hidden here, until it says otherwise; what our team decided stays."""
    if document.suspended and (known is None or known.suspended_at is None):
        return {"suspended_at": clock.now(), "is_suspended_there": True}
    if not document.suspended and known is not None and known.is_suspended_there:
        return {"suspended_at": None, "is_suspended_there": False}
    return {}


async def _address(columns: dict[str, Any], known: Actor | None, domain: str | None) -> dict[str, Any]:
    """The domain of the address. Whoever has theirs on a suspended one is suspended like those who live there, and comes back
    when they do: saying something else afterwards does not end it. Raises Refused for somebody new.
    """
    if known is not None and known.domain and await hosts.standing(known.domain) is Standing.SUSPENDED:
        domain = known.domain
    elif domain is None:
        return {"domain": ""} if known is not None and known.name != columns["name"] else {}
    if not domain or await hosts.standing(domain) is not Standing.SUSPENDED:
        return {"domain": domain}
    if known is None:
        raise Refused("host", host=domain)
    host = await Host.called(domain)
    if host.shut_at is None:
        await host.change(shut_at=clock.now())
    is_gone = columns.get("suspended_at", known.suspended_at) is not None
    return {"domain": domain} | ({} if is_gone else {"suspended_at": host.shut_at, "is_suspended_there": False})


async def _said_by_partners(document: ActorDocument, host: str) -> dict[str, Any]:
    """A badge is worth what the server is that has given it: those of partners are shown, as theirs."""
    is_partner = await hosts.standing(host) in PARTNERS
    kept = (document.badge, values.line(document.profession)) if is_partner else ("", "")
    return {"badge": kept[0], "profession": kept[1], "organisation": Organisation(document.organisation)}


async def _check_welcome(host: str, document: ActorDocument) -> None:
    """Raise Refused for a person of a server that we do not exchange with, as only its instance actor may speak to us, and
    Busy for more new people than a server can honestly have (CVE-2022-46405: wildcard names, bots that follow bots).
    """
    is_heard = hosts.is_heard(await hosts.standing(host))
    if not is_heard and document.type != ActorKind.APPLICATION:
        raise Refused("host", host=host)
    theirs = Q(host=host) | Q(host__endswith=f".{registrable(host)}")
    known = Actor.filter(theirs, created_at__gt=clock.now() - timedelta(hours=1))
    if await known.count() >= (NEW_ACTORS_PER_HOUR if is_heard else NEW_STRANGERS_PER_HOUR):
        raise Busy("too many new actors", host=host)


async def _save_keys(actor: Actor, document: ActorDocument, key_uri: str) -> None:
    """The keys that the document shows now; those it shows no longer are dead.

    A key whose id is elsewhere on that server (GoToSocial) is kept only where it was found from its own id, `key_uri`:
    else a neighbour could sit on the id of somebody's key.
    """
    entries = [entry for entry in (*document.public_keys, *document.assertion_methods)
               if entry.id.partition("#")[0] == document.id or entry.id == key_uri]
    for entry in entries:
        await _save_key(actor, entry)
    if document.public_keys or document.assertion_methods:
        shown = [entry.id for entry in (*document.public_keys, *document.assertion_methods)]
        await ActorKey.filter(actor=actor).exclude(uri__in=shown).delete()


async def _save_key(actor: Actor, entry: PublicKeyEntry) -> None:
    """One key under its own id."""
    try:
        public = load_public(entry.pem) if entry.pem else load_multikey(entry.multibase or "")
    except Malformed:
        return  # a kind that we cannot verify
    pem, kind = public_pem(public), KeyKind.RSA if isinstance(public, RSAPublicKey) else KeyKind.ED25519
    key, is_new = await ActorKey.get_or_create({"actor": actor, "kind": kind, "public_pem": pem}, uri=entry.id)
    if not is_new:
        if key.public_pem != pem:
            key.changed_at = clock.now()
        key.actor_id, key.public_pem, key.kind, key.fetched_at = actor.id, pem, kind, clock.now()
        await key.save(update_fields=["actor_id", "public_pem", "kind", "fetched_at", "changed_at"])


async def _save_host(actor: Actor, document: ActorDocument, is_named: bool) -> None:
    """What an instance actor says about its server: the name that people read, and the audience of its partner messages.
    The first program that we see of a server is not believed to be that: `is_named` says that its server has named it.
    """
    host = await Host.called(actor.host)
    is_program, is_known = actor.kind is ActorKind.APPLICATION, bool(host.instance_uri)
    if is_program and (is_named and not is_known or host.instance_uri == actor.uri):
        await host.change(title=actor.shown_name[:TITLE_LIMIT], instance_uri=actor.uri, partners_uri=document.partners or "",
                          directory_uri=document.directory or "", takes_withdrawals=document.takes_withdrawals,
                          takes_responses=document.takes_responses, read_at=clock.now())
    elif is_program and not is_known and host.read_at:
        await host.change(read_at=None)  # there may be somebody to ask who it is: `withdrawal_watch.learn_due`
    if document.takes_ed25519 and host.signature in UNTRIED:
        await host.change(signature=str(Manner.ED25519))
