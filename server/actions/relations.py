"""Keeping one's distance: blocking and no longer seeing."""
from __future__ import annotations

from federation import stamps
from models import Actor, Block, Follow, Mute, Notification
from models.database import in_transaction
from models.errors import NotHere
from server.actions import follows


async def block(actor: Actor, target: Actor) -> None:
    """Neither sees or reaches the other any more. Follows end both ways; the block itself is kept here and never sent.

    Raises: NotHere for blocking oneself.
    """
    if actor.id == target.id:
        raise NotHere("oneself")
    async with in_transaction():
        await Block.get_or_create(blocker=actor, target=target)
        if ours := await Follow.between(actor, target):
            await follows.end(ours)
        if theirs := await Follow.between(target, actor):
            await follows.send_away(theirs)
        if actor.is_local and not target.is_local:
            await stamps.withdraw_all(actor, asker=target)
        await Notification.filter(recipient=actor, actor=target).delete()
        await Notification.filter(recipient=target, actor=actor).delete()


async def unblock(actor: Actor, target: Actor) -> None:
    """Lift a block of one's own. Follows do not come back."""
    await Block.filter(blocker=actor, target=target).delete()


async def mute(actor: Actor, target: Actor) -> None:
    """No longer see someone, who is not told. Raises: NotHere for oneself."""
    if actor.id == target.id:
        raise NotHere("oneself")
    await Mute.get_or_create(owner=actor, target=target)


async def unmute(actor: Actor, target: Actor) -> None:
    """See someone again."""
    await Mute.filter(owner=actor, target=target).delete()
