"""Rules for other servers as tools of the fediverse name them: blocks of two severities, and allows.

They are the standings of product.md and nothing beside them, so that a rule can never say two things.
"""
from __future__ import annotations

from federation.instance import Instance
from models import Actor, Host
from models.errors import CommunityError
from models.host import PARTNERS, Standing
from moderation import hosts
from server.actions import partners


class NothingToLimit(CommunityError):
    """A community that exchanges with partners only: to limit a stranger would open the door to it."""

    status = 422
    safe = "Nothing is exchanged with this server, so that there is nothing to limit. Choose the severity suspend."


class Blocked(CommunityError):
    """To allow what is blocked takes two decisions."""

    status = 422
    safe = "This server is blocked. Remove the block first."


async def limit(instance: Instance, typed: str, by: Actor, reason: str) -> Host:
    """Of this server only public messages, shown to those who follow their writers. NothingToLimit for strangers."""
    name = partners.foreign(instance, typed)
    how = await hosts.standing(name)
    if how is Standing.SUSPENDED:
        how = await hosts.of_strangers()
    if not hosts.is_heard(how):
        raise NothingToLimit(name)
    return await partners.allow(instance, name, by, Standing.LIMITED, reason)


async def allow(instance: Instance, typed: str, by: Actor) -> Host:
    """Say yes to a community that asks to be a partner; any other server becomes open: messages for the whole web, both ways.

    Partners stay partners: nobody becomes one without a decision on both sides. Raises: Blocked.
    """
    name = partners.foreign(instance, typed)
    if await hosts.standing(name) in (Standing.SUSPENDED, Standing.LIMITED):
        raise Blocked(name)
    host = await Host.called(name)
    if host.standing in PARTNERS:
        return host
    if host.asked_us_at and host.standing is Standing.UNKNOWN:
        await partners.accept(instance, host, by)
        return host
    return await partners.allow(instance, name, by, Standing.OPEN)
