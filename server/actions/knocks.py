"""Servers that we know nothing of and that knocked: a person decides about each, with a look at whom they could be taken for."""
from __future__ import annotations

import asyncio
from collections.abc import Iterable

from federation.instance import Instance
from models import Actor, AuditEntry, Host, Knock, Q, clock
from models.errors import NotHere
from models.host import PARTNERS, RESTRICTED, Standing
from moderation.domain_names import Alike, alike
from server.actions import domains, partners
from server.actions.domains import Restriction, Severity

KNOWN_LIMIT = 20_000
ALIKE_LIMIT = 3  # that are named


async def waiting(limit: int, offset: int = 0) -> list[Knock]:
    """Those that knocked last come first."""
    return await Knock.filter(ignored_at__isnull=True).order_by("-last_at").offset(offset).limit(limit)


async def likenesses(instance: Instance, names: Iterable[str]) -> dict[str, list[tuple[Alike, Standing]]]:
    """Whom each of these names could be taken for: us, our partners, or servers that we restrict."""
    rows = Host.filter(Q(standing__in=[*PARTNERS, *RESTRICTED])).limit(KNOWN_LIMIT)
    known = {str(name): Standing(standing) for name, standing in await rows.values_list("name", "standing")}
    known[instance.network.host] = Standing.PARTNER
    found = await asyncio.to_thread(alike, list(names), list(known))
    return {name: [(one, known[one.name]) for one in them[:ALIKE_LIMIT]] for name, them in found.items()}


async def decide(instance: Instance, name: str, do: str, by: Actor, reason: str = "", addresses: str = "") -> None:
    """Open to it, limit it, keep it out, or hear no more of it. `addresses`: as for `partners.allow`.

    Raises NotHere; NothingToLimit; Malformed; StillRestricted.
    """
    knock = await Knock.get_or_none(name=name)
    if knock is None:
        raise NotHere("no such knock")
    match do:
        case "open":
            await partners.allow(instance, name, by, Standing.OPEN, reason, addresses=addresses)
        case "limit":
            await domains.restrict(instance, name, by, Restriction(Severity.SILENCE, reason=reason))
        case "suspend":
            await partners.suspend(instance, name, by, reason)
        case "ignore":
            await Knock.filter(id=knock.id).update(ignored_at=clock.now())
            await AuditEntry.create(actor_id=by.id, action="host.ignore", target=f"host:{name}")
            return
        case _:
            raise NotHere("no such decision")
    await knock.delete()
