"""Undo: someone takes back a Follow, Like, Announce, Block or Offer, named in any of three ways (fediverse.md §8.10)."""
from __future__ import annotations

from typing import Any

from federation import partnership_answers, values
from federation.errors import Malformed
from federation.incoming import Incoming
from models import Announce, Block, Follow, Like, Tombstone
from models.notification import Notice, Notification


async def receive(incoming: Incoming) -> None:
    """Undo it if it is the sender's and is here. If it has not come yet, remember that it is void.

    A repeated Undo has nothing to wait for: what it names may have been said anew since (fediverse.md §8.7).
    """
    if await partnership_answers.ended(incoming):
        return
    uri, sender = incoming.activity.object_id, incoming.sender
    named = incoming.activity.object if isinstance(incoming.activity.object, dict) else {}
    if uri is None and not named:
        raise Malformed("undoes nothing")
    undone = [await step(incoming, uri, named) for step in (_follow, _like, _announce, _block)]
    if uri and not any(undone) and not incoming.is_repeat:
        await Tombstone.bury(uri, sender.uri)


async def _follow(incoming: Incoming, uri: str | None, named: dict[str, Any]) -> bool:
    """By its id; or by its two ends, as some servers make up a new id for the Undo."""
    theirs = Follow.filter(follower_id=incoming.sender.id)
    found = await theirs.filter(uri=uri).select_related("target").first() if uri else None
    if found is None and named.get("type") == "Follow" and (target := values.link(named.get("object"))):
        found = await theirs.filter(target__uri=target).select_related("target").first()
    if found is None:
        return False
    await found.delete()
    for notice in (Notice.FOLLOW, Notice.FOLLOW_REQUEST):
        await Notification.withdraw(notice, incoming.sender, recipient=found.target)
    return True


async def _like(incoming: Incoming, uri: str | None, named: dict[str, Any]) -> bool:
    theirs = Like.filter(actor_id=incoming.sender.id)
    found = await theirs.filter(uri=uri).select_related("post").first() if uri else None
    if found is None and named.get("type") in ("Like", "EmojiReact") and (thing := values.link(named.get("object"))):
        found = await theirs.filter(post__uri=thing).select_related("post").first()
    if found is None:
        return False
    await found.delete()
    await Notification.withdraw(Notice.THANKS, incoming.sender, found.post)
    return True


async def _announce(incoming: Incoming, uri: str | None, _named: dict[str, Any]) -> bool:
    found = await Announce.filter(actor_id=incoming.sender.id, uri=uri or "").select_related("post").first()
    if found is None:
        return False
    await found.delete()
    await Notification.withdraw(Notice.PASSED_ON, incoming.sender, found.post)
    return True


async def _block(incoming: Incoming, uri: str | None, _named: dict[str, Any]) -> bool:
    return bool(uri) and await Block.filter(blocker_id=incoming.sender.id, uri=uri).delete() > 0
