"""Other communities: asking to become partners, answering, ending it, and closing the door to a server."""
from __future__ import annotations

from typing import Any

from federation import charters, instances, partnership
from federation.errors import FederationError
from federation.instance import Instance
from models import Actor, AuditEntry, Charter, Host, Knock, Notification, clock
from models.database import in_transaction
from models.errors import CommunityError, NotHere
from models.host import PARTNERS, RESTRICTED, Rule, Standing
from models.notification import Notice
from models.turns import take_turn
from server.actions import closures

#: What goes with a restriction, and ends with it.
NO_RESTRICTION: dict[str, Any] = {"public_comment": "", "obfuscates": False, "standing_before": "", "list_id": None}


class OurOwnHost(CommunityError):
    """A community cannot be its own partner."""

    safe = "error.our_own_host"


class StillRestricted(CommunityError):
    """To let in what is shut out takes two decisions."""

    status = 422
    safe = "The domain of the addresses is restricted. Take that back first."


async def ask(instance: Instance, typed: str, by: Actor | None) -> Host:
    """Ask the community at an address to become partners. Network.

    Raises: Malformed for what is no address, Unreachable, NotHere where there is no community, OurOwnHost.
    """
    name = foreign(instance, typed)
    them = await instances.instance_actor(instance, name, anew=True)
    charter = await _charter_of(instance, them)
    async with in_transaction():
        host = await Host.called(name)
        await _now(host)
        if charter:
            await charters.keep(name, charter)
        if host.standing not in PARTNERS:
            await _agree(host)  # who asks says yes to what they promise today
        if host.asked_us_at and host.standing is Standing.UNKNOWN:
            await _accept(instance.actor, them, host)
        elif host.standing not in PARTNERS:
            await host.change(standing=Standing.UNKNOWN, asked_them_at=clock.now(), title=them.shown_name)
            await partnership.offer(instance.actor, them, host)
        await Knock.filter(name=name).delete()
        await _log(by, "host.ask", host)
    return host


async def accept(instance: Instance, host: Host, by: Actor | None) -> None:
    """Say yes to a community that asks. NotHere if it does not ask."""
    async with in_transaction():
        await _now(host)
        await _accept(instance.actor, await _asker(host), host)
        await _log(by, "host.accept", host)


async def refuse(instance: Instance, host: Host, by: Actor | None) -> None:
    """Say no to a community that asks. It may ask again. NotHere if it does not ask."""
    async with in_transaction():
        await _now(host)
        await partnership.answer("Reject", instance.actor, await _asker(host), host)
        await host.change(offer_uri="", asked_us_at=None, decided_at=clock.now())
        await _forget_notices(host)
        await _log(by, "host.refuse", host)


async def end(instance: Instance, host: Host, by: Actor | None, reason: str = "") -> None:
    """End a partnership, or take a request back. What members received stays with them."""
    async with in_transaction():
        await _now(host)
        if host.offer_uri and (them := await Actor.get_or_none(uri=host.instance_uri)):
            await partnership.answer("Undo", instance.actor, them, host)
        await host.change(offer_uri="", asked_us_at=None, asked_them_at=None, reason=reason, **NO_RESTRICTION)
        await closures.follow_through(await host.decide(Rule(Standing.UNKNOWN)))
        await Charter.filter(host=host.name).update(agreed_at=None)
        await _forget_notices(host)
        await _log(by, "host.end", host, reason)


async def allow(instance: Instance, typed: str, by: Actor | None, standing: Standing = Standing.PARTNER,
                reason: str = "", *, addresses: str = "") -> Host:
    """Set how we stand with a host, from our side alone: for servers with other software, which know no handshake. `addresses`:
    the domain in the addresses of its people, if that is another: who is not let in is not asked whose they are.

    Raises: Malformed, OurOwnHost; StillRestricted for a domain that somebody has shut out.
    """
    name, domain = foreign(instance, typed), foreign(instance, addresses) if addresses else ""
    async with in_transaction():
        host = await Host.called(name)
        await set_rule(host, host.own._replace(standing=standing), reason=reason[:500])
        await _log(by, f"host.{standing}", host, reason)
        if domain and domain != name:
            await _let_in_too(domain, standing, by, reason)
            await Actor.filter(host=name, domain="").update(fetched_at=None)  # they are looked up when somebody needs them
    return host


async def _let_in_too(domain: str, standing: Standing, by: Actor | None, reason: str) -> None:
    """As the host whose people have their addresses there, if nothing was decided about it. Inside the transaction."""
    other = await Host.called(domain)
    if other.standing in RESTRICTED:
        raise StillRestricted(domain)
    if other.standing is Standing.UNKNOWN:
        await set_rule(other, other.own._replace(standing=standing), reason=reason[:500])
        await _log(by, f"host.{standing}", other, reason)


async def set_rule(host: Host, rule: Rule, **columns: Any) -> None:
    """Set how we stand with a host, and what follows from it for those below its domain. For the caller's transaction."""
    was = host.own.standing
    if rule.standing not in RESTRICTED:
        columns["standing_before"] = ""
    elif was not in RESTRICTED:
        columns["standing_before"] = str(was)
    await closures.follow_through(await host.decide(rule, quarantined_at=None, **columns))
    await host.refresh_from_db()
    await Knock.filter(name=host.name).delete()
    if rule.standing is Standing.PARTNER:
        await _agree(host)
    await _forget_notices(host)


async def lift(instance: Instance, host: Host, by: Actor | None, reason: str = "") -> None:
    """Take back that a host was suspended or limited: we stand as before with it, and what was not erased is there again. Follows
    that were cut stay so; their members may ask again.
    """
    async with in_transaction():
        before = Standing(host.standing_before or Standing.UNKNOWN)
        await set_rule(host, Rule(before), reason=reason[:500], **NO_RESTRICTION)
        await _log(by, "host.lift", host, reason)


async def suspend(instance: Instance, typed: str, by: Actor | None, reason: str) -> Host:
    """Close the door to a server and its subdomains: nothing is taken from it, nothing sent, nothing of it shown, and
    the follows of members with its people end.
    """
    return await allow(instance, typed, by, Standing.SUSPENDED, reason)


async def agree(host: Host, version: int, by: Actor | None) -> None:
    """Say yes to the newer charter of a partner: everything flows again. NotHere if this version is not the one that waits."""
    async with in_transaction():
        newest = await Charter.newest(host.name)
        waits = newest is not None and (newest.agreed_at is None or host.left_network_at is not None)
        if newest is None or newest.version != version or not waits or host.standing not in PARTNERS:
            raise NotHere("no such charter")
        await _agree(host)
        await host.change(standing=Standing.PARTNER, decided_at=clock.now(), left_network_at=None, reason="", network_uri="")
        await _forget_notices(host)
        await _log(by, "host.charter", host, f"version {version}")


def foreign(instance: Instance, typed: str) -> str:
    """The host that somebody typed. Malformed if it is none, OurOwnHost."""
    name = instances.host_named(typed)
    if name == instance.network.host:
        raise OurOwnHost(name)
    return name


async def _accept(us: Actor, them: Actor, host: Host) -> None:
    await partnership.answer("Accept", us, them, host)
    await host.change(standing=Standing.PARTNER, decided_at=clock.now(), title=them.shown_name, quarantined_at=None)
    await _agree(host)
    await _forget_notices(host)


async def _agree(host: Host) -> None:
    """The newest charter of a host is what we exchange under from now on."""
    newest = await Charter.newest(host.name)
    if newest and newest.agreed_at is None:
        newest.agreed_at = clock.now()
        await newest.save(update_fields=["agreed_at"])


async def _charter_of(instance: Instance, them: Actor) -> dict[str, Any] | None:
    """What they promise. A charter that cannot be read stops nobody from asking: it comes with the yes."""
    try:
        return await charters.fetch(instance, them)
    except FederationError:
        return None


async def _now(host: Host) -> None:
    """As it is now, and no other decision of a person comes between: two who decide at once answer once."""
    await take_turn("partner", host.id)
    await host.refresh_from_db()


async def _asker(host: Host) -> Actor:
    """The instance actor of a community that asks us."""
    them = await Actor.get_or_none(uri=host.instance_uri)
    if them is None or host.asked_us_at is None or host.standing is not Standing.UNKNOWN:
        raise NotHere("no such request")
    return them


async def _forget_notices(host: Host) -> None:
    kinds = [Notice.CHARTER, Notice.PARTNER_REQUEST, Notice.QUARANTINE, Notice.SILENT, Notice.CUT_OFF,
             Notice.LEFT_NETWORK]
    await Notification.filter(kind__in=kinds, host=host.name).delete()


async def _log(by: Actor | None, action: str, host: Host, reason: str = "") -> None:
    await AuditEntry.create(actor_id=by.id if by else None, action=action, target=f"host:{host.name}", reason=reason[:500])
