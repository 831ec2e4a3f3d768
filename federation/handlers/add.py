"""Add: somebody pins a message of theirs to their page, or a directory lists people. Any other collection is none of our business
(fediverse.md §8.9).
"""
from __future__ import annotations

from dataclasses import replace

from federation import listing_news, resolve
from federation.addresses import same_origin
from federation.incoming import Incoming
from federation.instance import Instance
from models import Follow, Pin
from models.errors import CommunityError

PINS_LIMIT = 10


async def prepare(instance: Instance, incoming: Incoming) -> Incoming:
    """The message itself, if somebody here follows them."""
    activity, sender = incoming.activity, incoming.sender
    if listing_news.is_between(incoming):
        return await listing_news.prepare(instance, incoming)
    if not is_featured(incoming) or not same_origin(activity.object_id or "", sender.uri):
        return incoming
    if await Pin.filter(actor_id=sender.id).count() >= PINS_LIMIT:
        return incoming
    if not await Follow.exists(target_id=sender.id, follower__host="", accepted_at__isnull=False):
        return incoming
    try:
        return replace(incoming, post=await resolve.post(instance, str(activity.object_id)))
    except CommunityError as error:
        if getattr(error, "retry", False):
            raise
        return incoming


async def receive(incoming: Incoming) -> None:
    """Keep it on top of their page, if it is theirs."""
    if listing_news.is_between(incoming):
        await listing_news.take(incoming)
    if incoming.post and incoming.post.author_id == incoming.sender.id:
        await Pin.get_or_create(actor=incoming.sender, post=incoming.post)


def is_featured(incoming: Incoming) -> bool:
    """Whether this is about the sender's own collection of pinned messages."""
    return bool(incoming.sender.featured_uri) and incoming.activity.target == incoming.sender.featured_uri
