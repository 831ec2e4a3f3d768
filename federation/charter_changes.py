"""What follows when another community tells its charter: kept, agreed to quietly, or put before our hosts."""
from __future__ import annotations

import json
from dataclasses import replace

from federation import charters, instances
from federation.errors import Refused
from federation.incoming import Incoming
from federation.instance import Instance
from models import Charter, Host, Notification, clock
from models.actor import ActorKind
from models.host import PARTNERS, Standing
from models.notification import Notice
from moderation.charters import judge, of_row


async def prepare(instance: Instance, incoming: Incoming) -> Incoming:
    """The charter that comes with an activity about a partnership, proven. One without is of a server that has none yet.

    Raises Malformed, Unproven, Unreachable.
    """
    given = json.loads(incoming.body or "{}").get("charter")
    if given is None or incoming.sender.kind is not ActorKind.APPLICATION:
        return incoming
    return replace(incoming, charter=await charters.proven(instance, given, incoming.sender))


async def update(incoming: Incoming) -> None:
    """A new version of a charter. Of servers that are no partners it is kept for the day when somebody has to decide."""
    host = await Host.get_or_none(name=incoming.sender.host)
    if not instances.speaks(host, incoming.sender):
        raise Refused("does not speak for its server", host=incoming.sender.host)
    if host and (host.standing in PARTNERS or host.offer_uri):
        await take(incoming, host)


async def take(incoming: Incoming, host: Host) -> None:
    """Keep the charter that came, if one did, and stand with a partner as it deserves. Inside a transaction."""
    if incoming.charter is None:
        return
    agreed = await Charter.agreed(host.name)
    row = await charters.keep(host.name, incoming.charter)
    if row is None or host.standing not in PARTNERS:
        return
    standing = judge(of_row(agreed) if agreed else None, of_row(row)).standing
    if standing is Standing.PARTNER:
        row.agreed_at = clock.now()
        await row.save(update_fields=["agreed_at"])
    if standing is not host.standing:
        await host.change(standing=standing)
    await (_forget(host) if standing is Standing.PARTNER else _tell_hosts(host))


async def answer_with_newest(incoming: Incoming) -> None:
    """They said yes to an older charter of ours than today's: they get today's."""
    said, newest = json.loads(incoming.body or "{}").get("agreedTo"), await Charter.newest()
    if newest and isinstance(said, dict) and said.get("digest") != newest.digest:
        await charters.send(incoming.us, newest, [incoming.sender])


async def _tell_hosts(host: Host) -> None:
    await _forget(host)  # so that a second weaker version is told of again
    await Notification.tell_hosts(Notice.CHARTER, host.name)


async def _forget(host: Host) -> None:
    await Notification.filter(kind=Notice.CHARTER, host=host.name).delete()
