"""No longer reading a whole server in one's lists. Unlike a block, it ends no follow, and its people can still write to one."""
from __future__ import annotations

from datetime import timedelta

from federation.instance import Instance
from models import Actor, HostMute, clock
from server.actions import partners
from server.actions.host_blocks import BLOCKS_LIMIT, TooManyBlocks


async def mute(instance: Instance, member: Actor, typed: str, *, days: int = 0) -> str:
    """Mute a server by its name, as somebody typed it; its canonical name. `days`: for how long; 0 is until it is lifted.

    Raises: Malformed if it is no name, OurOwnHost, TooManyBlocks.
    """
    host = partners.foreign(instance, typed)
    if await HostMute.filter(owner_id=member.id).exclude(host=host).count() >= BLOCKS_LIMIT:
        raise TooManyBlocks("mutes")
    await HostMute.update_or_create(owner=member, host=host, defaults={
        "ends_at": clock.now() + timedelta(days=days) if days else None})
    return host


async def unmute(member: Actor, host: str) -> None:
    """Read it again."""
    await HostMute.filter(owner_id=member.id, host=host).delete()


async def end_due() -> int:
    """A job: lift what was only for a time; how many."""
    return await HostMute.filter(ends_at__lte=clock.now()).delete()
