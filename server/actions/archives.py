"""Asking for a copy of everything: one at a time for each member."""
from __future__ import annotations

from models import Actor, Archive, AuditEntry, Member
from models.database import in_transaction
from models.rights import ArchiveState
from models.turns import take_turn


async def ask(member: Member, by: Actor | None = None) -> Archive:
    """A copy is made soon; one that waits is not asked for twice, and an older one goes. `by`: a guardian."""
    async with in_transaction():
        await take_turn("archive", member.actor_id)
        known = await Archive.get_or_none(owner_id=member.actor_id)
        if known is not None and known.state is ArchiveState.WAITING:
            return known
        if known is not None:
            await known.delete()  # its file goes with the next cleaning (server.archives.making)
        await AuditEntry.create(actor_id=by.id if by else member.actor_id, action="member.archive", target=f"member:{member.id}")
        return await Archive.create(owner=member.actor)


async def of(member: Member) -> Archive | None:
    """What this member asked for last."""
    return await Archive.get_or_none(owner_id=member.actor_id)
