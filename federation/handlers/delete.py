"""Delete: a message, a whole account, or the permission to quote is gone (ActivityPub §7.4). Only its owner can say so.

Somebody else of its server, such as a moderator there, gives a hint: the message is asked about where it lives (FEP-4f05).
"""
from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from federation import actors, erasure, origins, quotes, quoting, votes
from federation.addresses import same_origin
from federation.errors import Malformed, Refused
from federation.incoming import Alone, Incoming, Verdict
from federation.instance import Instance
from models import Post, Tombstone, acts


async def prepare(instance: Instance, incoming: Incoming) -> Incoming:
    """What stands at the id of a message that is not the sender's, where both are of one server."""
    uri, sender = incoming.activity.object_id, incoming.sender
    post = await Post.kept(uri) if uri and uri != sender.uri and same_origin(uri, sender.uri) else None
    if post is None or post.author_id == sender.id or post.author.is_local:
        return incoming
    return await origins.ask(instance, incoming, post)


async def receive(incoming: Incoming) -> None:
    """Erase it and remember its id, also if it never came: a late Create must not bring it back."""
    uri, sender = incoming.activity.object_id, incoming.sender
    if uri is None:
        raise Malformed("deletes nothing")
    if incoming.known is not None:
        await origins.take(incoming.known, incoming.note)
        return
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


async def receive_all(incoming: Sequence[Incoming]) -> list[Verdict]:
    """The same for several, of different senders: messages of their own, or such as we never had. All else is rarer."""
    uris = {one.activity.object_id for one in incoming if one.activity.object_id}
    owners, more = await acts.owners(uris), await acts.stamps_and_votes(uris, [one.sender.id for one in incoming])
    verdicts = [_verdict(one, owners, more) for one in incoming]
    gone = [(uri, one.sender.uri) for one, verdict in zip(incoming, verdicts, strict=True)
            if verdict is None and (uri := one.activity.object_id)]
    await acts.bury(gone)
    await erasure.erase_all([owners[uri][0] for uri, _ in gone if uri in owners])
    return verdicts


def _verdict(one: Incoming, owners: Mapping[str, tuple[int, int]], more: Collection[str]) -> Verdict:
    """Whether it is about a message of the sender's, or may be."""
    uri, sender = one.activity.object_id, one.sender
    if uri is None:
        return Malformed("deletes nothing")
    if uri == sender.uri or uri in more or uri in owners and owners[uri][1] != sender.id:
        return Alone()
    return None if uri in owners or same_origin(uri, sender.uri) else Refused("deletes what is not theirs", host=sender.host)
