"""Keeping one's distance: blocking and no longer seeing."""
from __future__ import annotations

from datetime import timedelta

from federation import stamps
from models import Actor, Block, Follow, Mute, Notification, Remark, clock
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


async def mute(actor: Actor, target: Actor, *, hides_notices: bool = True, seconds: int = 0) -> None:
    """No longer see someone, who is not told. `seconds`: for how long; 0 is until it is lifted. Raises: NotHere for oneself."""
    if actor.id == target.id:
        raise NotHere("oneself")
    ends_at = clock.now() + timedelta(seconds=seconds) if seconds else None
    await Mute.update_or_create(owner=actor, target=target, defaults={"hides_notices": hides_notices, "ends_at": ends_at})


async def unmute(actor: Actor, target: Actor) -> None:
    """See someone again."""
    await Mute.filter(owner=actor, target=target).delete()


async def end_mutes() -> int:
    """A job: lift what was only for a time; how many."""
    return await Mute.filter(ends_at__lte=clock.now()).delete()


async def remark(actor: Actor, target: Actor, text: str) -> None:
    """Write down something about somebody for one's own eyes; nothing deletes it."""
    if text:
        await Remark.update_or_create(owner=actor, target=target, defaults={"text": text})
    else:
        await Remark.filter(owner=actor, target=target).delete()
