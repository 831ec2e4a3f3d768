"""The network of an umbrella association: its roster, being in it, and what follows when somebody leaves it."""
from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

import structlog

from federation import charters, instances, networks, rosters
from federation.addresses import host_of
from federation.errors import FederationError, Malformed
from federation.instance import Instance
from models import Actor, AuditEntry, Charter, Community, Host, Notification, Roster, clock
from models.database import in_transaction
from models.errors import CommunityError
from models.host import Standing
from models.notification import Notice
from server.actions import partners

READ_EVERY = timedelta(hours=1)
ASKED_AT_ONCE = 5
REASON = "The network that you share does not list this community any more."
log = structlog.get_logger()


async def publish(instance: Instance, typed: Iterable[str], by: Actor | None) -> Roster:
    """List exactly these communities, by their addresses, in a new version of our roster. Network.

    Raises Malformed, Unreachable, NotHere where there is no community.
    """
    hosts = list(dict.fromkeys(instances.host_named(one) for one in typed if one.strip()))
    if len(hosts) > rosters.MEMBERS_LIMIT:
        raise Malformed("too many for a roster")
    listed = [instance.actor.uri if host == instance.network.host else (await instances.instance_actor(instance, host)).uri
              for host in hosts]
    async with in_transaction():
        row = await rosters.publish(instance.actor, listed)
        await AuditEntry.create(actor_id=by.id if by else None, action="network.publish", target=f"network:{row.version}")
    return row


async def enter(instance: Instance, typed: str, opens: bool, by: Actor | None) -> None:
    """Name a network in our charter. `opens`: its other members become partners without a decision about each. Network.

    Raises NotHere, Malformed, Unproven, Unreachable where no roster can be read.
    """
    host = instances.host_named(typed)
    given = await rosters.fetch(instance, host)
    owner = await Actor.get(uri=given["attributedTo"])
    async with in_transaction():
        await rosters.keep(owner, given)
        row = await Community.current()
        await row.change(network=rosters.address_of(owner), network_opens=opens, network_read_at=clock.now())
        await charters.publish(instance.actor)
        await AuditEntry.create(actor_id=by.id if by else None, action="network.enter", target=f"host:{host}")
    await follow_roster(instance)


async def leave(instance: Instance, by: Actor | None) -> None:
    """Name no network any more. Partners stay partners: they were promised nothing by us about it."""
    async with in_transaction():
        await (await Community.current()).change(network="", network_opens=False, network_read_at=None)
        await charters.publish(instance.actor)
        await AuditEntry.create(actor_id=by.id if by else None, action="network.leave", target="network:")


async def settle(instance: Instance) -> int:
    """A job: renew our own roster before it ends, read the one of our network again, and stand with its members accordingly."""
    own, now = await Roster.newest(), clock.now()
    if own and own.ends_at < now + rosters.RENEWED_BEFORE:
        async with in_transaction():
            await rosters.publish(instance.actor, own.members)
    row = await Community.current()
    if not row.network or row.network_read_at and row.network_read_at > now - READ_EVERY:
        return 0
    await row.change(network_read_at=now)
    try:
        given = await rosters.fetch(instance, host_of(row.network))
        async with in_transaction():
            await rosters.keep(await Actor.get(uri=given["attributedTo"]), given)
    except CommunityError as error:
        log.info("the roster of the network cannot be read", reason=type(error).__name__)
    return await follow_roster(instance)


async def follow_roster(instance: Instance) -> int:
    """Pause what goes to partners that are listed no longer, go on with those that are listed again, and ask new ones where our
    host wants that. How many changed. A roster that has ended lists nobody.
    """
    row = await Community.current()
    roster = await Roster.newest(host_of(row.network)) if row.network else None
    if roster is None:
        return 0
    listed = set(roster.members) if roster.ends_at > clock.now() else set()
    changed = 0
    async with in_transaction():
        for host in await Host.filter(standing__in=[Standing.PARTNER, Standing.NARROWED]).exclude(network_uri=""):
            if host.network_uri == row.network and host.instance_uri not in listed:
                await _pause(host)
                changed += 1
        for host in await Host.filter(instance_uri__in=list(listed) or [""]):
            changed += await _note(instance.actor, host, row.network)
    return changed + (await _ask(instance, listed) if row.network_opens else 0)


async def _pause(host: Host) -> None:
    """Nothing goes there any more; what its people take back is still heard. A person of our team, or the roster, ends it."""
    await host.change(standing=Standing.PAUSED, left_network_at=clock.now(), reason=REASON)
    await Notification.tell_hosts(Notice.LEFT_NETWORK, host.name)


async def _note(us: Actor, host: Host, network: str) -> int:
    """A partner that both sides count to the network is remembered as such; one that is listed again goes on."""
    them, charter = await Actor.get_or_none(uri=host.instance_uri), await Charter.newest(host.name)
    if them is None or not await networks.is_fellow(us, them, charter.document if charter else None):
        return 0
    if host.left_network_at and host.standing is Standing.PAUSED and charter and charter.agreed_at:
        await host.change(standing=Standing.PARTNER, left_network_at=None, reason="", network_uri=network)
        await Notification.filter(kind=Notice.LEFT_NETWORK, host=host.name).delete()
        return 1
    if host.network_uri != network and host.standing in (Standing.PARTNER, Standing.NARROWED):
        await host.change(network_uri=network)
    return 0


async def _ask(instance: Instance, listed: Iterable[str]) -> int:
    """Ask those who are listed, whose charter names the network too, and whom nobody has decided about."""
    asked = 0
    for uri in sorted(set(listed) - {instance.actor.uri}):
        name = host_of(uri)
        host = await Host.get_or_none(name=name)
        if asked == ASKED_AT_ONCE or host and (host.standing is not Standing.UNKNOWN or host.asked_them_at or host.decided_at):
            continue
        try:
            them = await instances.instance_actor(instance, name)
            if them.uri == uri and await networks.is_fellow(instance.actor, them, await charters.fetch(instance, them)):
                await partners.ask(instance, name, None)
                asked += 1
        except (FederationError, CommunityError) as error:
            log.info("a community of the network does not answer", host=name, reason=type(error).__name__)
    return asked
