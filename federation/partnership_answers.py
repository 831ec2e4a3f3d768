"""What another community says about becoming partners, and what follows."""
from __future__ import annotations

from federation import charter_changes, instances
from federation.addresses import same_origin
from federation.incoming import Incoming
from federation.partnership import is_partnership
from models import Charter, Host, clock
from models.actor import ActorKind
from models.host import PARTNERS, Standing


async def the_host(incoming: Incoming) -> Host | None:
    """The sender's host, if the sender is its instance actor and names the Offer between us; else None.

    It is named by the id that we keep, or, where two Offers crossed, by what it holds.
    """
    activity, sender = incoming.activity, incoming.sender
    host = await Host.get_or_none(name=sender.host) if sender.kind is ActorKind.APPLICATION else None
    if not instances.speaks(host, sender):
        return None
    if host and (host.offer_uri and host.offer_uri == activity.object_id or _holds_our_offer(activity.object, incoming)):
        return host
    return None


async def accepted(incoming: Incoming) -> bool:
    """They said yes to our Offer: partners from now on. False if this is about something else."""
    host = await the_host(incoming)
    if host is None or not _is_ours(host, incoming):
        return False
    if host.standing is Standing.UNKNOWN:  # a host that we suspended meanwhile stays suspended
        await host.change(standing=Standing.PARTNER, decided_at=clock.now())
    await charter_changes.take(incoming, host)
    await charter_changes.answer_with_newest(incoming)
    return True


async def refused(incoming: Incoming) -> bool:
    """They said no to our Offer. False if this is about something else."""
    host = await the_host(incoming)
    if host is None or not _is_ours(host, incoming):
        return False
    return await ended(incoming)


async def ended(incoming: Incoming) -> bool:
    """Either side took the partnership back. False if this is about something else."""
    host = await the_host(incoming)
    if host is None:
        return False
    standing = Standing.UNKNOWN if host.own.standing in PARTNERS else host.own.standing
    await Charter.filter(host=host.name).update(agreed_at=None)
    await host.change(standing=standing, offer_uri="", asked_us_at=None, asked_them_at=None, decided_at=clock.now())
    return True


def _holds_our_offer(thing: object, incoming: Incoming) -> bool:
    """Whether this is an embedded Offer of a partnership between the sender and us, whoever made it."""
    if not isinstance(thing, dict) or thing.get("type") != "Offer":
        return False
    ours, theirs = incoming.us.uri, incoming.sender.uri
    return is_partnership(thing.get("object"), ours, theirs) or is_partnership(thing.get("object"), theirs, ours)


def _is_ours(host: Host, incoming: Incoming) -> bool:
    """Whether we have asked them: nobody becomes a partner by saying yes to what was never asked."""
    return host.asked_them_at is not None or bool(host.offer_uri) and same_origin(host.offer_uri, incoming.origin)
