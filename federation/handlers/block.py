"""Block: someone elsewhere wants nothing to do with a member of ours. Kept here; we never send one ourselves."""
from __future__ import annotations

from federation.errors import Malformed
from federation.incoming import Incoming
from models import Actor, Block, Follow, Tombstone


async def receive(incoming: Incoming) -> None:
    """Remember it, unless its Undo overtook it, and end the follows between the two. The member is not told."""
    activity, sender = incoming.activity, incoming.sender
    if activity.object_id is None:
        raise Malformed("blocks nobody")
    target = await Actor.local(activity.object_id)
    if await Tombstone.covers(activity.id, sender.uri):
        return
    await Block.get_or_create({"uri": activity.id}, blocker=sender, target=target)
    await Follow.filter(follower_id=sender.id, target_id=target.id).delete()
    await Follow.filter(follower_id=target.id, target_id=sender.id).delete()
