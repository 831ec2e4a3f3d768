"""Offer: another community asks to become partners. The one thing that a stranger may ask."""
from __future__ import annotations

from federation import partnership
from federation.errors import Refused
from federation.incoming import Incoming
from federation.partnership import is_partnership
from models import Actor, Host, clock
from models.actor import ActorKind
from models.host import Standing
from models.member import MemberState, Role
from models.notification import Notice, Notification


async def receive(incoming: Incoming) -> None:
    """Put the request before our hosts. Nobody becomes a partner without a person's decision."""
    activity, sender = incoming.activity, incoming.sender
    host = await Host.called(sender.host)
    if sender.kind is not ActorKind.APPLICATION or not is_partnership(activity.object, incoming.us.uri, sender.uri):
        raise Refused("offers something that we do not take", host=sender.host)
    if host.standing is not Standing.UNKNOWN:
        return
    both_asked = host.asked_them_at is not None
    await host.change(offer_uri=activity.id, instance_uri=sender.uri, asked_us_at=clock.now(), title=sender.shown_name)
    if both_asked:  # our own host asked too: both have decided
        await host.change(standing=Standing.PARTNER, decided_at=clock.now())
        await partnership.answer("Accept", incoming.us, sender, host)
        return
    for actor in await Actor.filter(member__role=Role.HOST, member__state=MemberState.ACTIVE):
        await Notification.tell(actor, Notice.PARTNER_REQUEST, host=host.name)
