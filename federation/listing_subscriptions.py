"""Who may read our list: the directories of partners, at once or after a host of ours said yes, and until either side ends it."""
from __future__ import annotations

from federation import directories, outbox
from federation.errors import Refused
from federation.incoming import Incoming
from models import Actor, Community, DirectoryPeer, Follow, clock
from models.community import DirectoryMode
from models.errors import NotHere


async def asked(incoming: Incoming, us: Actor) -> None:
    """Follow of our directory. A partner's first word opens ours too, so that both find each other."""
    sender, community = incoming.sender, await Community.current()
    if await directories.host_of_directory(sender) is None:
        raise Refused("subscribes, and is not the directory of a partner", host=sender.host)
    peer = await DirectoryPeer.of(sender.host)
    follow = await Follow.request(incoming.activity.id, sender, us)
    if community.directory is DirectoryMode.OFF or peer.stopped_at:
        await outbox.reject(follow)
        await follow.delete()
        return
    if community.directory_opened_at is None:
        await community.change(directory_opened_at=clock.now())
    if community.directory is DirectoryMode.AUTOMATIC or follow.accepted_at:
        await follow.accept()
        await outbox.accept(follow)


async def allow(host: str) -> None:
    """A host of ours says yes to a partner's directory that asks. NotHere if it does not. Inside a transaction."""
    us = await directories.ours()
    waiting = Follow.filter(target_id=us.id if us else 0, follower__host=host).select_related("follower", "target")
    follow = await waiting.first()
    if follow is None:
        raise NotHere("no such request")
    await follow.accept()
    await outbox.accept(follow)


async def end(host: str) -> None:
    """Nothing more is exchanged with the directory of this host: it may no longer read, and we no longer subscribe. What it was
    told is taken back by the next round, and what it told us goes. Inside a transaction.
    """
    us = await directories.ours()
    if us is None:
        return
    for follow in await Follow.filter(target_id=us.id, follower__host=host).select_related("follower", "target"):
        await outbox.reject(follow)
        await follow.delete()
    for follow in await Follow.filter(follower_id=us.id, target__host=host).select_related("follower", "target"):
        await outbox.undo_follow(follow)
        await follow.delete()
