"""The charter of our own community: a new version, and what a new owner means for every member."""
from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise
from typing import Any

from federation import charters
from federation.instance import Instance
from models import Actor, AuditEntry, Charter, Community, Member, Notification
from models.database import in_transaction
from models.errors import CommunityError
from models.member import MemberState
from models.notification import Notice
from moderation import charters as rules
from server.actions import sharing

AT_ONCE = 200  # members of one transaction


class NeedsCare(CommunityError):
    """Another owner stops what every member agreed to: nobody does that by a slip of the finger."""

    status = 422
    safe = "error.new_owner"


async def change(instance: Instance, columns: dict[str, Any], by: Actor | None, *, is_sure: bool = False,
                 action: str = "charter.change") -> None:
    """Promise something else: a new version that partners are sent. With another owner every yes of a member waits until it is
    renewed; that comes first, so that a stop in between leaves nobody's yes with somebody whom it was not given to.

    Raises NeedsCare for another owner unless `is_sure`.
    """
    row, before = await Community.current(), await Charter.newest()
    owner = columns.get("association", row.association)
    is_other = before is not None and rules.is_material(rules.of_row(before), replace(rules.of_row(before), owner=owner))
    if is_other:
        if not is_sure:
            raise NeedsCare("another owner")
        await sharing.freeze_all()
    async with in_transaction():
        await row.change(**columns)
        await charters.publish(instance.actor)
        await AuditEntry.create(actor_id=by.id if by else None, action=action, target=f"community:{row.id}")
    if is_other:
        await _tell_members()


async def ensure(instance: Instance) -> None:
    """At the start: an open community has a charter, and partners have today's."""
    if (await Community.current()).opened_at is not None:
        async with in_transaction():
            await charters.publish(instance.actor)


@dataclass(frozen=True, slots=True)
class Owner:
    """Who runs a partner now, who did before, and since when we exchange with the new one; None: a person here has to agree."""

    now: str
    before: str
    agreed_at: datetime | None


async def new_owners(hosts: Collection[str]) -> dict[str, Owner]:
    """The partners of these whose owner changed since we know them, by host."""
    rows: dict[str, list[Charter]] = {}
    for row in await Charter.filter(host__in=[*hosts] or ["?"]).order_by("version"):
        rows.setdefault(row.host, []).append(row)
    found = {}
    for host, versions in rows.items():
        for earlier, later in pairwise(versions):
            if rules.is_material(rules.of_row(earlier), rules.of_row(later)):
                since = next((row.agreed_at for row in versions if row.version >= later.version and row.agreed_at), None)
                found[host] = Owner(rules.of_row(later).owner, rules.of_row(earlier).owner, since)
    return found


async def _tell_members() -> None:
    after, active = 0, Member.filter(state=MemberState.ACTIVE).order_by("id").limit(AT_ONCE).select_related("actor")
    while members := await active.filter(id__gt=after):
        async with in_transaction():
            for member in members:
                await Notification.filter(recipient_id=member.actor_id, kind=Notice.OWNER).delete()
                await Notification.tell(member.actor, Notice.OWNER)
        after = members[-1].id
