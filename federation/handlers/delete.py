"""Delete: a message, a whole account, or a permission is gone (ActivityPub §7.4). Only its owner can say so.

Somebody else of its server, such as a moderator there, gives a hint: the message is asked about where it lives (FEP-4f05).
"""
from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from federation import approvals, ended_accounts, erasure, origins, votes
from federation.addresses import same_origin
from federation.errors import Malformed, Refused
from federation.incoming import Alone, Incoming, Verdict
from federation.instance import Instance
from models import Actor, Post, acts


async def prepare(instance: Instance, incoming: Incoming) -> Incoming:
    """What stands at the id of a message that is not the sender's, where both are of one server. Of an account that goes, most
    goes now.
    """
    uri, sender = incoming.activity.object_id, incoming.sender
    if uri == sender.uri:
        await ended_accounts.empty(sender)
    post = await Post.kept(uri) if uri and uri != sender.uri and same_origin(uri, sender.uri) else None
    if post is None or post.author_id == sender.id:
        return incoming
    return await origins.ask(instance, incoming, post)


async def receive_all(incoming: Sequence[Incoming]) -> list[Verdict]:
    """Erase it and remember its id, also if it never came: a late Create must not bring it back."""
    uris = {one.activity.object_id for one in incoming if one.activity.object_id}
    owners, more = await acts.owners(uris), await acts.stamps_and_votes(uris, [one.sender.id for one in incoming])
    verdicts = [_verdict(one, owners) for one in incoming]
    gone = [(one.activity.object_id or "", one.sender) for one, verdict in zip(incoming, verdicts, strict=True)
            if verdict is None and not await _is_rare(one)]
    await acts.bury([(uri, sender.uri) for uri, sender in gone])
    await erasure.erase_all([owners[uri][0] for uri, _ in gone if uri in owners])
    await _withdraw(gone, more - owners.keys())
    return verdicts


async def _withdraw(gone: Sequence[tuple[str, Actor]], uris: Collection[str]) -> None:
    """What stands for a permission, or for an answer that somebody chose: `uris`."""
    for uri, sender in gone:
        if uri in uris:
            await approvals.withdraw(uri, sender)
            await votes.withdraw(uri, sender)


def _verdict(one: Incoming, owners: Mapping[str, tuple[int, int]]) -> Verdict:
    """Whether it is the sender's to delete. An account is much to erase; the origin of a neighbour's message is asked first."""
    uri, sender = one.activity.object_id, one.sender
    if uri is None:
        return Malformed("deletes nothing")
    is_own = uri == sender.uri or (owners[uri][1] == sender.id if uri in owners else same_origin(uri, sender.uri))
    if not one.is_alone and (uri == sender.uri or uri in owners and not is_own):
        return Alone()
    return None if is_own or one.known else Refused("deletes what is not theirs", host=sender.host)


async def _is_rare(one: Incoming) -> bool:
    """Carry out what was found at the origin, or that a whole account is gone. False if it is about anything else."""
    if one.known is not None:
        await origins.take(one.known, one.note)
    elif one.activity.object_id == one.sender.uri:
        await ended_accounts.forget(one.sender)
    else:
        return False
    return True
