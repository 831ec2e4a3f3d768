"""Offer: another community asks to become partners, the one thing that a stranger may ask; or its directory, to meet somebody."""
from __future__ import annotations

from federation import charter_changes, instances, introductions, networks, partnership, waiting_meetings
from federation.errors import Refused
from federation.incoming import Incoming
from federation.instance import Instance
from federation.partnership import is_partnership
from models import Host, clock
from models.actor import ActorKind
from models.host import PARTNERS, Standing
from models.notification import Notice, Notification


async def prepare(instance: Instance, incoming: Incoming) -> Incoming:
    """Who speaks for that server, asked there if we do not know; and the charter that comes with the request, proven."""
    await instances.recognise(instance, incoming.sender)
    return await charter_changes.prepare(instance, incoming)


async def receive(incoming: Incoming) -> None:
    """Put the request before our hosts. Nobody becomes a partner without a person's decision."""
    if introductions.is_offer(incoming):
        is_waiting = await waiting_meetings.is_about(incoming)
        await (waiting_meetings.receive(incoming) if is_waiting else introductions.receive(incoming))
        return
    activity, sender = incoming.activity, incoming.sender
    host = await Host.called(sender.host)
    if sender.kind is not ActorKind.APPLICATION or not is_partnership(activity.object, incoming.us.uri, sender.uri):
        raise Refused("offers something that we do not take", host=sender.host)
    if not instances.speaks(host, sender):
        raise Refused("does not speak for its server", host=sender.host)  # a program of one of its people, says its type
    if host.standing is not Standing.UNKNOWN and host.standing not in PARTNERS:
        return
    has_decided = host.asked_them_at or host.standing in PARTNERS  # our own host asked or allowed them
    if has_decided or await networks.opens_to(incoming.us, sender, incoming.charter):
        await _agree(incoming, host)
        return
    await charter_changes.take(incoming, host)
    await host.change(offer_uri=activity.id, asked_us_at=clock.now(), title=sender.shown_name)
    await Notification.tell_hosts(Notice.PARTNER_REQUEST, host.name)


async def _agree(incoming: Incoming, host: Host) -> None:
    """Say yes at once. Where two Offers crossed, both sides keep the id that sorts first, so that both can end it."""
    uri = min(filter(None, (host.offer_uri, incoming.activity.id)))
    standing = host.standing if host.standing in PARTNERS else Standing.PARTNER
    await host.change(standing=standing, offer_uri=uri, decided_at=clock.now(),
                      title=incoming.sender.shown_name)
    await charter_changes.take(incoming, host)
    await partnership.answer("Accept", incoming.us, incoming.sender, host)
