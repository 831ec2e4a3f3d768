"""Delete: a message, a whole account, or the permission to quote is gone (ActivityPub §7.4). Only its owner can say so."""
from __future__ import annotations

from federation import actors, erasure, quotes, quoting, votes
from federation.addresses import same_origin
from federation.errors import Malformed, Refused
from federation.incoming import Incoming
from models import Post, Tombstone


async def receive(incoming: Incoming) -> None:
    """Erase it and remember its id, also if it never came: a late Create must not bring it back."""
    uri, sender = incoming.activity.object_id, incoming.sender
    if uri is None:
        raise Malformed("deletes nothing")
    if uri == sender.uri:
        await actors.forget(sender)
        return
    post = await Post.get_or_none(uri=uri)
    if post is None:
        if not same_origin(uri, sender.uri):
            raise Refused("deletes what is not theirs", host=sender.host)
        await quotes.withdraw(uri, sender)
        await quoting.end([uri])
        await votes.withdraw(uri, sender)
        await Tombstone.bury(uri, sender.uri)
        return
    if post.author_id != sender.id:
        raise Refused("deletes what is not theirs", host=sender.host)
    await Tombstone.bury(uri, sender.uri)
    await erasure.erase([post])
