"""Messages that people keep on top of their page (`featured`): ours told to those who have them, those of others read."""
from __future__ import annotations

from contextlib import suppress
from typing import Any

from federation import audience, outbox, resolve, values
from federation.addresses import host_of, same_origin
from federation.conversations import read_document
from federation.instance import Instance
from models import Actor, Pin, Post
from models.database import in_transaction
from models.errors import CommunityError

READ_LIMIT = 10  # messages of one person


async def tell(kind: str, actor: Actor, post: Post) -> None:
    """Add or Remove, to the servers of those followers whom the message reached. Inside the act's transaction."""
    goes_to = await audience.readers(actor, post.reach)
    await outbox.send(kind, actor, post.uri, about=post.uri, goes_to=goes_to, to=[actor.followers_uri],
                      extra={"target": actor.featured_uri})


async def read_due(instance: Instance) -> int:
    """Read what somebody elsewhere keeps on top, whose page is looked at here; 1 if there was one."""
    if (uri := instance.profiles.take()) is None:
        return 0
    with suppress(CommunityError):
        actor = await resolve.actor(instance, uri)
        if actor.featured_uri and not actor.is_gone:
            await _take(actor, await _listed(instance, actor))
    return 1


async def _listed(instance: Instance, actor: Actor) -> list[Post]:
    """The messages of theirs that the collection names, each read at its own id; the first page of a long one."""
    document = await read_document(instance, actor.featured_uri)
    found: list[Post] = []
    for uri in values.links(await _items(instance, document, actor), READ_LIMIT):
        if same_origin(uri, actor.uri):
            with suppress(CommunityError):  # one that cannot be had leaves the others
                instance.gaps.origins.spend(host_of(uri))
                found.append(await resolve.post(instance, uri, ancestors=0))
    return [post for post in found if post.author_id == actor.id]


async def _items(instance: Instance, document: dict[str, Any], actor: Actor) -> Any:
    items = document.get("orderedItems") or document.get("items")
    first = document.get("first")
    if items is None and isinstance(first, str) and values.is_id(first) and same_origin(first, actor.uri):
        first = await read_document(instance, first)
    return items if items is not None or not isinstance(first, dict) else first.get("orderedItems") or first.get("items")


async def _take(actor: Actor, posts: list[Post]) -> None:
    async with in_transaction():
        await Pin.filter(actor_id=actor.id).exclude(post_id__in=[post.id for post in posts] or [0]).delete()
        for post in reversed(posts):  # the collection's first stands on top
            await Pin.get_or_create(actor=actor, post=post)
