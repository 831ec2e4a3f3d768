"""People who came without an invitation: their first messages wait until the team knows them."""
from __future__ import annotations

from models import Actor, AuditEntry, Community, Member, clock
from models.database import in_transaction
from server.actions import signals


async def trust(member: Member, by: Actor | None) -> None:
    """From now on this member writes like everybody else."""
    async with in_transaction():
        await _set(member, by, is_new=False)


async def doubt(member: Member, by: Actor | None) -> None:
    """The team wants to read the next messages of this member first. What was let go before counts no more."""
    async with in_transaction():
        await _set(member, by, is_new=True)


async def read(actor_id: int, by: Actor | None, *, trusts: bool) -> None:
    """The team has let a message of somebody go. Inside the transaction."""
    member = await Member.get_or_none(actor_id=actor_id)
    if member is None or member.newcomer_since is None:
        return
    enough = (await Community.current()).first_held
    if trusts or 0 < enough <= await signals.let_go_count(actor_id, member.newcomer_since):
        await _set(member, by, is_new=False)


async def _set(member: Member, by: Actor | None, *, is_new: bool) -> None:
    if (member.newcomer_since is not None) == is_new:
        return
    member.newcomer_since = clock.now() if is_new else None
    await member.save(update_fields=["newcomer_since"])
    await AuditEntry.create(actor_id=by.id if by else None, action="member.doubt" if is_new else "member.trust",
                            target=f"member:{member.id}")
