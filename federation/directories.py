"""The actors that keep the directories of communities: ours, and those of partners (fediverse.md §3, consented listings).

A directory is a Service actor of its own, so that what it says is not mixed with the handshake of partners. Who subscribes to
whose list is an ordinary Follow between two directories.
"""
from __future__ import annotations

import asyncio
import hashlib
import hmac
from typing import Any

from federation import identity, render
from federation.addresses import origin_of
from federation.contexts import actor_context
from federation.instance import Instance
from models import Actor, ActorKey, Community, DirectoryPeer, Follow, Host, Q
from models.actor import ActorKind
from models.community import DirectoryMode
from models.database import in_transaction
from models.host import Standing
from models.turns import take_turn

NAME = "directory"
VIEW = "listings"


def uri_of(origin: str) -> str:
    """The id of the directory of a server of our kind."""
    return f"{origin}/{NAME}"


def view_of(directory_uri: str) -> str:
    """The list that a directory shows to each partner, to each another one."""
    return f"{directory_uri}/{VIEW}"


async def ours() -> Actor | None:
    """Our directory, if anybody has needed it yet."""
    return await Actor.get_or_none(host="", kind=ActorKind.SERVICE, name=NAME)


async def ensure(instance: Instance) -> Actor:
    """Our directory, made with its keys when it is needed for the first time."""
    if actor := await ours():
        return actor
    keys = await asyncio.to_thread(identity.make_keys)
    async with in_transaction():
        await take_turn(NAME)  # a partner and a job may need it at the same moment
        return await ours() or await identity.new_actor(instance.origin, NAME, keys, kind=ActorKind.SERVICE, path=NAME)


def document(actor: Actor, keys: list[ActorKey], title: str) -> dict[str, Any]:
    """Our directory as partners read it: no profile, only where to speak to it and how to prove what it says."""
    words = {VIEW: {"@id": f"dazzle:{VIEW}", "@type": "@id"}}
    return {"@context": [*actor_context(origin_of(actor.uri)), words], "id": actor.uri, "type": str(ActorKind.SERVICE),
            "preferredUsername": NAME, "name": title, "inbox": actor.inbox_uri, "outbox": actor.outbox_uri,
            "followers": actor.followers_uri, VIEW: view_of(actor.uri), "manuallyApprovesFollowers": True,
            "discoverable": False, "indexable": False} | render.key_properties(actor, keys)


async def is_open() -> bool:
    """Whether this community takes part."""
    community = await Community.current()
    return community.directory is not DirectoryMode.OFF and community.directory_opened_at is not None


async def host_of_directory(actor: Actor) -> Host | None:
    """The partner whose directory this actor is; None for everybody else."""
    if actor.kind is not ActorKind.SERVICE or actor.is_local:
        return None
    return await Host.get_or_none(name=actor.host, directory_uri=actor.uri, standing=Standing.PARTNER)


async def subscribers(us: Actor) -> list[Actor]:
    """The directories of partners that may read our list now."""
    return await _reading(us, Q())


async def subscriber(us: Actor, host: str) -> Actor | None:
    """The directory of this host, if it may read our list now. Asked for each page, so that nobody else's is looked at."""
    return next(iter(await _reading(us, Q(host=host))), None)


async def _reading(us: Actor, some: Q) -> list[Actor]:
    theirs = Actor.filter(Actor.present(), some, followings__target_id=us.id, followings__accepted_at__isnull=False)
    found = await theirs.exclude(host="").order_by("id")
    names = [one.host for one in found] or [""]
    partners = {host.name: host for host in await Host.filter(name__in=names, standing=Standing.PARTNER)}
    stopped = DirectoryPeer.filter(host__in=names, stopped_at__isnull=False)
    barred = {str(name) for name in await stopped.values_list("host", flat=True)}
    return [one for one in found if one.host in partners and partners[one.host].directory_uri == one.uri
            and one.host not in barred]


async def subscription(us: Actor, them: Actor) -> Follow | None:
    """Our subscription to their list, once they said yes."""
    return await Follow.get_or_none(follower_id=us.id, target_id=them.id, accepted_at__isnull=False)


def pairwise(peer: DirectoryPeer, *parts: str) -> str:
    """A name that only this peer knows: two peers cannot find out that they speak of one person, and nobody can guess it."""
    text = "\n".join(parts)
    return hmac.new(peer.secret.encode(), text.encode(), hashlib.sha256).hexdigest()[:44]
