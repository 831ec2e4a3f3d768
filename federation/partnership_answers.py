"""What another community says about becoming partners, and what follows."""
from __future__ import annotations

from federation.addresses import origin_of
from federation.incoming import Incoming
from models import Host, clock
from models.actor import ActorKind
from models.host import Standing


async def the_host(incoming: Incoming) -> Host | None:
    """The sender's host, if the sender is its instance actor and names the Offer between us; else None."""
    if incoming.sender.kind is not ActorKind.APPLICATION or not incoming.activity.object_id:
        return None
    return await Host.get_or_none(name=incoming.sender.host, offer_uri=incoming.activity.object_id)


async def accepted(incoming: Incoming) -> bool:
    """They said yes to our Offer: partners from now on. False if this is about something else."""
    host = await the_host(incoming)
    if host is None or not _is_ours(host, incoming):
        return False
    if host.standing is Standing.UNKNOWN:  # a host that we suspended meanwhile stays suspended
        await host.change(standing=Standing.PARTNER, decided_at=clock.now())
    return True


async def refused(incoming: Incoming) -> bool:
    """They said no to our Offer. False if this is about something else."""
    host = await the_host(incoming)
    if host is None or not _is_ours(host, incoming):
        return False
    await host.change(offer_uri="", asked_them_at=None, decided_at=clock.now())
    return True


async def ended(incoming: Incoming) -> bool:
    """Either side took the partnership back. False if this is about something else."""
    host = await the_host(incoming)
    if host is None:
        return False
    standing = Standing.UNKNOWN if host.standing is Standing.PARTNER else host.standing
    await host.change(standing=standing, offer_uri="", asked_us_at=None, asked_them_at=None, decided_at=clock.now())
    return True


def _is_ours(host: Host, incoming: Incoming) -> bool:
    return origin_of(host.offer_uri) == incoming.origin
