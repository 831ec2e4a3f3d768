"""Invitations: links with which people may join."""
from __future__ import annotations

from datetime import timedelta

from models import Actor, AuditEntry, F, Invitation, clock
from models.database import in_transaction
from models.ids import digest, new_token
from models.member import Role
from server.actions.links import LinkSpent

USES_LIMIT = 100
DAYS_LIMIT = 90


async def invite(by: Actor | None, role: Role = Role.MEMBER, uses: int = 1, days: int = 14) -> str:
    """The token of a new invitation, good for `uses` people and `days` days. Only its digest is kept: show it now."""
    token = new_token()
    async with in_transaction():
        made = await Invitation.create(
            token_digest=digest(token), made_by=by, role=role, uses_left=min(max(uses, 1), USES_LIMIT),
            expires_at=clock.now() + timedelta(days=min(max(days, 1), DAYS_LIMIT)))
        await AuditEntry.create(actor_id=by.id if by else None, action="invitation.make", target=f"invitation:{made.id}")
    return token


async def find(token: str) -> Invitation:
    """The invitation, with who made it, still usable; LinkSpent otherwise."""
    found = await Invitation.get_or_none(token_digest=digest(token), uses_left__gt=0,
                                         expires_at__gt=clock.now()).select_related("made_by")
    if found is None:
        raise LinkSpent("invitation")
    return found


async def spend(token: str) -> Role:
    """Use an invitation once, inside the caller's transaction; the role that it gives. LinkSpent."""
    found = await find(token)
    if not await Invitation.filter(id=found.id, uses_left__gt=0).update(uses_left=F("uses_left") - 1):
        raise LinkSpent("invitation")
    return found.role


async def current() -> list[Invitation]:
    """The invitations that can still be used, newest first, with who made them."""
    found = Invitation.filter(uses_left__gt=0, expires_at__gt=clock.now())
    return await found.select_related("made_by").order_by("-id").limit(100)


async def withdraw(invitation_id: int, by: Actor) -> None:
    """End an invitation; one that is over already stays so."""
    async with in_transaction():
        if await Invitation.filter(id=invitation_id).update(uses_left=0):
            await AuditEntry.create(actor_id=by.id, action="invitation.withdraw", target=f"invitation:{invitation_id}")
